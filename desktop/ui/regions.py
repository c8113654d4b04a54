"""Regions of a page: the parts that F6 visits in turn, in the order of reading."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

_PROPERTY = "region"


def mark_region(*parts: QWidget) -> None:
    """Make parts the regions of their page, in this order: header, content, panel, bar."""
    for place, part in enumerate(parts, start=1):
        part.setProperty(_PROPERTY, place)


def regions_of(page: QWidget) -> list[QWidget]:
    """Return the visible regions of a page in their order."""
    parts = [part for part in page.findChildren(QWidget) if part.property(_PROPERTY) and part.isVisible()]
    return sorted(parts, key=lambda part: int(part.property(_PROPERTY)))


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
