"""A start shows its window before anything of LiveKit, HTTP or Qt Multimedia is loaded, and can be had once more."""

import subprocess
import sys

LATER = ("livekit", "numpy", "httpx", "keyring", "PySide6.QtMultimedia")


def test_what_the_first_page_does_not_need_is_loaded_after_it() -> None:
    look = f"import sys, desktop.app; print([name for name in {LATER!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_new_start_keeps_its_arguments_but_opens_no_link_a_second_time() -> None:
    prints = "import sys; from desktop.__main__ import start_again; "
    code = f"{prints}sys.orig_argv = ['python', '-c', 'import sys; print(sys.argv[1:])', *sys.argv[1:]]; start_again()"
    link = "baylink://video/5d1f4f8e-0000-4000-8000-000000000001"
    told = subprocess.run(
        [sys.executable, "-c", code, "--kiosk", link, "--verbose"], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "['--kiosk', '--verbose']"
