"""A mechanic's hands: taps and keys on widgets, and the way to find a part by its name."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

_LEFT = Qt.MouseButton.LeftButton
_NONE = Qt.KeyboardModifier.NoModifier


def find[Part: QWidget](page: QWidget, kind: type[Part], name: str = "") -> Part:
    """Return the part of a page with this class and object name; it must be there."""
    part = page.findChild(kind, name) if name else page.findChild(kind)
    assert part is not None, f"{kind.__name__} {name} is not in {page.objectName()}"
    return part


def tap(widget: QWidget, place: QPoint | None = None) -> None:
    """Press and release at a place, or in the middle."""
    QTest.mouseClick(widget, _LEFT, _NONE, place or widget.rect().center())


def hold(widget: QWidget, place: QPoint) -> None:
    """Press and stay."""
    QTest.mousePress(widget, _LEFT, _NONE, place)


def let_go(widget: QWidget, place: QPoint) -> None:
    """Release at a place."""
    QTest.mouseRelease(widget, _LEFT, _NONE, place)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
    """Strike a key."""
    QTest.keyClick(widget, key, modifiers)


def write(widget: QWidget, text: str) -> None:
    """Type a text."""
    QTest.keyClicks(widget, text)
