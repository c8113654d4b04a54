"""The plain verdict: what the chip says about the connection, and that it does not flicker."""

from dataclasses import replace

import pytest

from desktop.core.call import Quality
from desktop.core.link import LinkStats, Verdict
from desktop.flows.verdict import Evidence, SteadyVerdict, verdict_of

CLEAN = LinkStats(rx_kbps=1700, round_trip_ms=40)
LOSSY = replace(CLEAN, rx_loss=0.15)
FULL = replace(LOSSY, round_trip_ms=206)
"""Seen on a line capped to 300 kbit/s whose usual round trip is 5 ms."""
SLOW_ALONE = replace(CLEAN, round_trip_ms=206)
SLOW = replace(CLEAN, round_trip_ms=900)
WELL = Evidence(is_connected=True, own=Quality.GOOD, theirs=Quality.GOOD, stats=CLEAN)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (WELL, Verdict.GOOD),
        (Evidence(is_connected=True), Verdict.UNKNOWN),
        (replace(WELL, is_connected=False), Verdict.NONE),
        (replace(WELL, own=Quality.LOST), Verdict.NONE),
        (replace(WELL, theirs=Quality.FAIR), Verdict.FAIR),
        (replace(WELL, stats=replace(CLEAN, rx_loss=0.05)), Verdict.FAIR),
        (replace(WELL, own=Quality.WEAK), Verdict.WEAK_OWN),
        (replace(WELL, stats=SLOW), Verdict.WEAK_OWN),
        (replace(WELL, stats=replace(CLEAN, tx_loss=0.2)), Verdict.WEAK_OWN),
        (replace(WELL, stats=LOSSY), Verdict.WEAK_OWN),
        (replace(WELL, theirs=Quality.WEAK), Verdict.WEAK_THEIRS),
        (replace(WELL, theirs=Quality.LOST), Verdict.WEAK_THEIRS),
        (replace(WELL, theirs=Quality.WEAK, stats=LOSSY), Verdict.WEAK_THEIRS),
        (replace(WELL, theirs=Quality.WEAK, stats=LOSSY, usual_round_trip_ms=35), Verdict.WEAK_THEIRS),
        (replace(WELL, theirs=Quality.WEAK, stats=FULL, usual_round_trip_ms=5), Verdict.WEAK_OWN),
        (replace(WELL, theirs=Quality.WEAK, stats=SLOW_ALONE, usual_round_trip_ms=5), Verdict.WEAK_THEIRS),
        (replace(WELL, own=Quality.WEAK, theirs=Quality.WEAK, stats=SLOW), Verdict.WEAK_OWN),
        (replace(WELL, own=Quality.WEAK, theirs=Quality.WEAK), Verdict.SERVER),
        (replace(WELL, platform_answers=False), Verdict.SERVER),
    ],
)
def test_the_verdict_names_who_is_weak(evidence: Evidence, verdict: Verdict) -> None:
    assert verdict_of(evidence) is verdict


def test_a_weak_moment_is_not_said_and_a_weak_link_soon() -> None:
    steady = SteadyVerdict()
    weak = replace(WELL, own=Quality.WEAK)
    assert steady.take(WELL, 0) is Verdict.GOOD
    assert steady.take(weak, 1) is Verdict.GOOD
    assert steady.take(WELL, 2) is Verdict.GOOD
    assert steady.take(weak, 3) is Verdict.GOOD
    assert steady.take(weak, 5) is Verdict.WEAK_OWN


def test_better_is_said_only_after_five_good_seconds() -> None:
    steady = SteadyVerdict()
    steady.take(replace(WELL, theirs=Quality.WEAK), 0)
    assert steady.take(WELL, 1) is Verdict.WEAK_THEIRS
    assert steady.take(WELL, 5.9) is Verdict.WEAK_THEIRS
    assert steady.take(WELL, 6) is Verdict.GOOD


def test_no_connection_is_said_at_once_and_taken_back_at_once() -> None:
    steady = SteadyVerdict()
    steady.take(WELL, 0)
    assert steady.take(Evidence(is_connected=False), 1) is Verdict.NONE
    assert steady.take(WELL, 2) is Verdict.GOOD
