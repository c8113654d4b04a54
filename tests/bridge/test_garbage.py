"""Garbage: a page that was dropped in a circle ends in the GUI thread, whichever thread makes the next objects."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.bridge.garbage import Garbage


class Page(QObject):
    """Something of Qt's that refers to itself, and notes the thread in which it ends."""

    def __init__(self, ends: list[str]) -> None:
        super().__init__()
        self.circle = self
        self.end = End(ends)


class End:
    """Goes with the page that holds it."""

    def __init__(self, ends: list[str]) -> None:
        self._ends = ends

    def __del__(self) -> None:
        self._ends.append(threading.current_thread().name)


@pytest.fixture
def _automatic() -> Iterator[None]:
    """Let Python collect by itself, as it does in a program that has just begun."""
    gc.collect()
    gc.enable()
    yield
    gc.disable()


def fill(kept: list[list[int]]) -> None:
    """Make far more objects than Python's thresholds allow without a collection."""
    kept.extend([number] for number in range(100_000))


@pytest.mark.usefixtures("_automatic")
def test_a_dropped_page_ends_in_the_gui_thread_while_another_thread_is_busy(qtbot: QtBot) -> None:
    ends: list[str] = []
    garbage = Garbage()
    garbage.start()
    Page(ends)
    kept: list[list[int]] = []
    thread = threading.Thread(target=fill, args=(kept,), name="busy")
    thread.start()
    thread.join()
    assert ends == []
    qtbot.waitUntil(lambda: bool(ends), timeout=10_000)
    garbage.stop()
    assert ends == [threading.main_thread().name]


@pytest.mark.usefixtures("_automatic")
def test_python_collects_by_itself_again_after_the_program(qtbot: QtBot) -> None:
    garbage = Garbage()
    garbage.start()
    assert not gc.isenabled()
    garbage.stop()
    assert gc.isenabled()
