"""Turn a drawing (SVG) into the stored planes of a scene; run by hand when a drawing changed.

`python -m desktop.practice.bake_scene resources/practice/engine-bay.svg` writes `engine-bay.npz` beside it. A browser
draws the SVG, because its blur filters are beyond the small SVG profile of Qt.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from desktop.practice.scene import scene_from_bgra

WIDTH, HEIGHT = 1440, 810


def main() -> int:
    """Bake the drawing named on the command line; return 0."""
    parser = argparse.ArgumentParser(description="Draw an SVG with Chromium and store it as the planes of a scene.")
    parser.add_argument("drawing", type=Path)
    drawing: Path = parser.parse_args().drawing.resolve()
    with tempfile.TemporaryDirectory() as folder:
        picture = _draw(drawing, Path(folder))
        image = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.width(), 4)
    scene = scene_from_bgra(pixels[:HEIGHT, :WIDTH])
    np.savez_compressed(drawing.with_suffix(".npz"), luma=scene.luma & 0xFE, chroma=scene.chroma)
    return 0


def _draw(drawing: Path, folder: Path) -> Path:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("A Chromium browser is needed to draw the SVG.")
    page = folder / "page.html"
    style = f"width:{WIDTH}px;height:{HEIGHT}px;display:block"
    page.write_text(f'<body style="margin:0;background:#000"><img src="{drawing.as_uri()}" style="{style}">')
    picture = folder / "picture.png"
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    size = f"--window-size={WIDTH},{HEIGHT}"
    subprocess.run([browser, *flags, size, f"--screenshot={picture}", page.as_uri()], check=True, timeout=120)  # noqa: S603 - a browser found on PATH draws a file of this project
    return picture


if __name__ == "__main__":
    sys.exit(main())
