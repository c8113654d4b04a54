"""The long proof that devices come and go: a hundred times everything is pulled out in a call and plugged in again."""

from pathlib import Path

import pytest

from tests.faults.conftest import Soak
from tests.rtc.test_hotplug_live import BACK_WITHIN_S, SILENT_AT_MOST_S, play

pytestmark = [pytest.mark.server, pytest.mark.soak, pytest.mark.timeout(0)]

_CYCLE_S = 23.0
_START_S = 60.0


def test_a_hundred_times_everything_comes_back_and_nothing_crashes(soak: Soak, tmp_path: Path) -> None:
    cycles = soak.times(100, 7)
    back = play(cycles, tmp_path, _START_S + cycles * _CYCLE_S)
    silences = back.pop("speaker_silence")
    for what, times in sorted(back.items()):
        soak.bars.add(f"pulled out and back: {what.replace('_', ' ')}", times, at_most=BACK_WITHIN_S, of="p95")
    soak.bars.add("another speaker chosen: silence", silences, at_most=SILENT_AT_MOST_S, of="p95")
