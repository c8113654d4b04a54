"""Regions of a page: the parts that F6 visits in turn, from the top left to the bottom right."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

_PROPERTY = "region"


def mark_region(*parts: QWidget) -> None:
    """Make each part a region of its page: header, content, panel, bar."""
    for part in parts:
        part.setProperty(_PROPERTY, True)


def regions_of(page: QWidget) -> list[QWidget]:
    """Return the visible regions of a page in reading order."""
    parts = [part for part in page.findChildren(QWidget) if part.property(_PROPERTY) and part.isVisible()]

    def place(part: QWidget) -> tuple[int, int]:
        corner = part.mapTo(page, QPoint(0, 0))
        return corner.y(), corner.x()

    return sorted(parts, key=place)


def first_control(region: QWidget) -> QWidget | None:
    """Return the first control of a region that Tab reaches, the region itself included."""
    for part in (region, *region.findChildren(QWidget)):
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isEnabled() and part.isVisible():
            return part
    return None


def next_control(page: QWidget, focused: QWidget | None) -> QWidget | None:
    """Return where F6 leads from the focused widget: the first control of the next region that has one."""
    regions = regions_of(page)
    here = -1
    if focused is not None:
        inside = (at for at, part in enumerate(regions) if part is focused or part.isAncestorOf(focused))
        here = next(inside, -1)
    for step in range(1, len(regions) + 1):
        control = first_control(regions[(here + step) % len(regions)])
        if control is not None:
            return control
    return None
