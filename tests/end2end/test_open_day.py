"""`make demo` with a display: the window opens for a person, and everything ends when the program is told to."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from desktop.practice.virtual_display import VirtualDisplay

_INTERRUPTED = 130


@pytest.mark.timeout(200)
@pytest.mark.skipif(not VirtualDisplay.is_available(), reason="Xvfb stands in for a person's display")
def test_a_day_for_a_person_opens_the_window_and_ends_whole(tmp_path: Path) -> None:
    async def story() -> tuple[str, int]:
        display = await VirtualDisplay.start(tmp_path)
        environment = {**os.environ, **display.environment, "TMPDIR": str(tmp_path)}
        try:
            day = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "desktop.practice",
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment,
            )
            assert day.stdout is not None
            said = ""
            while "Opening the window" not in said:
                line = await asyncio.wait_for(day.stdout.readline(), 90)
                assert line, said
                said += line.decode()
            day.send_signal(signal.SIGTERM)
            return said, await asyncio.wait_for(day.wait(), 60)
        finally:
            await display.stop()

    said, code = asyncio.run(story())
    assert "Serving sessions at http://127.0.0.1:" in said
    assert code in {0, _INTERRUPTED}
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if str(tmp_path) in line], "programs of the day are still running"
    assert not list(tmp_path.glob("baylink-practice-*")), "files of the day are still there"
