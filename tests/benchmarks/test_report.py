"""The table and the JSON that readers of a benchmark get."""

import json

import pytest

from benchmarks.report import MEASURES, Aim, rows_of, table, to_json

_OURS = {"first_frame_s": [0.2, 0.3, 0.25], "memory_mb": [120.0], "gui_gap_p99_ms": [8.0, 9.0], "start_s": [0.9]}
_PEER = {"first_frame_s": [0.8, 0.9, 0.7, 1.0], "memory_mb": [600.0, 640.0]}


def test_the_json_holds_medians_ratio_and_the_count_of_the_runs_compared() -> None:
    entries = {entry["name"]: entry for entry in json.loads(to_json(rows_of(_OURS, _PEER)))}

    assert entries["first_frame_s"] == {
        "name": "first_frame_s",
        "unit": "s",
        "ours": 0.25,
        "peer": 0.85,
        "ratio": pytest.approx(0.25 / 0.85, abs=1e-4),
        "runs": 3,
    }
    assert entries["memory_mb"]["runs"] == 1


def test_where_a_browser_has_no_figure_peer_and_ratio_are_null() -> None:
    entries = {entry["name"]: entry for entry in json.loads(to_json(rows_of(_OURS, _PEER)))}

    assert (entries["start_s"]["peer"], entries["start_s"]["ratio"]) == (None, None)
    assert entries["gui_gap_p99_ms"]["ours"] == 8.5


def test_rows_come_in_the_order_of_the_measures_and_only_those_that_were_taken() -> None:
    names = [row.measure.name for row in rows_of(_OURS, _PEER)]

    assert names == ["first_frame_s", "memory_mb", "start_s", "gui_gap_p99_ms"]


def test_every_name_that_was_promised_is_measured() -> None:
    promised = "first_frame_s latency_p50_ms latency_p95_ms cpu_720_pct cpu_1080_pct memory_mb start_s"
    assert {*promised.split(), "gui_gap_p99_ms", "gui_gap_max_ms"} <= {measure.name for measure in MEASURES}


@pytest.mark.parametrize(
    ("aim", "ours", "peer", "met"),
    [
        (Aim(ratio=0.8), 20.0, 25.0, True),
        (Aim(ratio=0.8), 20.1, 25.0, False),
        (Aim(ratio=0.8), 20.0, None, None),
        (Aim(extra=10), 60.0, 50.0, True),
        (Aim(extra=10), 60.1, 50.0, False),
        (Aim(limit=20), 19.9, None, True),
        (Aim(limit=20), 20.0, None, False),
        (Aim(), 1.0, 1.0, None),
    ],
)
def test_an_aim_says_whether_it_is_met(aim: Aim, ours: float, peer: float | None, met: bool | None) -> None:
    assert aim.met(ours, peer) is met


def test_the_table_says_which_aims_are_missed() -> None:
    lines = table(rows_of({"cpu_720_pct": [30.0], "start_s": [1.0]}, {"cpu_720_pct": [30.0]})).splitlines()

    assert lines[0].split()[:4] == ["measure", "unit", "app", "browser"]
    assert "missed" in lines[1]
    assert "1.00" in lines[1]
    assert "missed" not in lines[2]
