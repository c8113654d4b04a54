"""How the harness talks with the app it measures."""

import asyncio
import sys
from pathlib import Path

import pytest

from benchmarks.app_side import AppSide, Layout, next_event
from desktop.practice.children import ChildFailedError, start_child
from desktop.practice.picture_code import Rect

_HERE, _THERE = Rect(10, 70, 1280, 720), Rect(10, 118, 1280, 720)


def test_the_window_that_fitted_is_used_again_and_the_places_in_it_are_remembered() -> None:
    layout = Layout()
    layout.learn((1644, 868), [Rect(8, 60, 1000, 563)])
    assert (layout.window, layout.places) == ((1644, 868), [])

    layout.learn((1644, 916), [_HERE])
    layout.learn((1644, 868), [_THERE, _HERE])
    assert (layout.window, layout.places) == ((1644, 868), [_HERE, _THERE])


async def _answer(lines: list[str], folder: Path) -> dict[str, object]:
    script = "import sys; print(sys.argv[1])"
    child = await start_child("app", [sys.executable, "-c", script, "\n".join(lines)], log=folder / "log", talks=True)
    try:
        return await next_event(child, "usable")
    finally:
        await child.stop()


def test_the_harness_hears_the_probe_through_whatever_else_is_printed(tmp_path: Path) -> None:
    lines = ["a warning of a library", '{"event": "other"}', "[1]", '{"event": "usable", "at": 3.5}']

    assert asyncio.run(_answer(lines, tmp_path))["at"] == 3.5


def test_an_app_that_ends_early_is_told_instead_of_waited_for(tmp_path: Path) -> None:
    with pytest.raises(ChildFailedError, match="ended before it said 'usable'"):
        asyncio.run(_answer(["nothing"], tmp_path))


async def _follow(lines: list[str], folder: Path) -> list[Rect]:
    script = "import sys; sys.stdin.readline(); print(sys.argv[1])"
    child = await start_child("app", [sys.executable, "-c", script, "\n".join(lines)], log=folder / "log", talks=True)
    places: list[Rect] = []
    try:
        await AppSide(child, Layout(), 0.0).follow(places.append)
    finally:
        await child.stop()
    return places


def test_every_place_of_a_moving_picture_is_followed(tmp_path: Path) -> None:
    lines = ['{"event": "place", "picture": [10, 70, 1280, 720]}', '{"event": "other"}', "a warning"]
    lines += ['{"event": "place", "picture": [10, 118, 1280, 720]}']

    assert asyncio.run(_follow(lines, tmp_path)) == [_HERE, _THERE]
