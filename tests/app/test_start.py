"""The window is up before anything of LiveKit, HTTP or Qt Multimedia is loaded: a shared PC is slow enough."""

import subprocess
import sys

LATER = ("livekit", "numpy", "httpx", "keyring", "PySide6.QtMultimedia")


def test_what_the_first_page_does_not_need_is_loaded_after_it() -> None:
    look = f"import sys, desktop.app; print([name for name in {LATER!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
