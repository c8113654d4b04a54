"""A film for the cameras of both sides: some seconds of the practice camera in a .y4m file."""

from pathlib import Path

from desktop.practice.camera import SyntheticCamera

_SIZE = (1280, 720)


def write_film(path: Path, seconds: float = 3.0, *, fps: int = 30) -> None:
    """Write 720p pictures that play for so long; about 41 MB a second."""
    camera = SyntheticCamera(width=_SIZE[0], height=_SIZE[1], fps=fps)
    with path.open("wb") as film:
        film.write(b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n" % (*_SIZE, fps))
        for _ in range(round(seconds * fps)):
            film.write(b"FRAME\n")
            film.write(camera.next_frame().data)
