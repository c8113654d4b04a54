"""A walk over every widget of a page: what has no name, what may read text as markup, what is too small to touch."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from desktop.ui.plain_label import PlainLabel

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QAbstractItemView)


def widgets(page: QWidget) -> Iterator[QWidget]:
    """Iterate over a page and everything in it."""
    yield page
    yield from page.findChildren(QWidget)


def visible(page: QWidget) -> list[QWidget]:
    """Return what is to be seen of a page."""
    return [widget for widget in widgets(page) if widget.isVisible()]


def controls(page: QWidget) -> list[QWidget]:
    """Return what a mechanic can operate."""
    return [widget for widget in visible(page) if isinstance(widget, CONTROLS)]


def unnamed_controls(page: QWidget) -> list[str]:
    """Return the controls without an object name or without words for a screen reader."""
    return [repr(widget) for widget in controls(page) if not (widget.objectName() and widget.accessibleName())]


def markup_risks(page: QWidget) -> list[str]:
    """Return the widgets that could read remote text as markup, or show it in a tooltip."""
    risks = [repr(label) for label in page.findChildren(QLabel) if not isinstance(label, PlainLabel)]
    risks += [
        repr(label) for label in page.findChildren(PlainLabel) if label.textFormat() is not Qt.TextFormat.PlainText
    ]
    risks += [repr(edit) for edit in page.findChildren(QTextEdit)]
    risks += [repr(widget) for widget in widgets(page) if widget.toolTip()]
    return risks


def too_small(page: QWidget, floor: int) -> list[str]:
    """Return the controls that are smaller than `floor` pixels on a side."""
    small = (widget for widget in controls(page) if min(widget.width(), widget.height()) < floor)
    return [f"{widget.objectName()} {widget.width()}x{widget.height()}" for widget in small]


def too_close(page: QWidget, gap: int) -> list[str]:
    """Return pairs of buttons that stand nearer to each other than `gap` pixels."""
    buttons = [widget for widget in controls(page) if isinstance(widget, QAbstractButton)]
    places = [(b.objectName(), QRect(b.mapTo(page, QPoint(0, 0)), b.size())) for b in buttons]
    near = []
    for at, (name, place) in enumerate(places):
        grown = place.adjusted(-gap + 1, -gap + 1, gap - 1, gap - 1)
        near += [f"{name} and {other}" for other, there in places[at + 1 :] if grown.intersects(there)]
    return near


def tab_stops(page: QWidget) -> list[QWidget]:
    """Return what Tab reaches, in its order."""
    stops: list[QWidget] = []
    widget = page.nextInFocusChain()
    while widget is not None and widget is not page:
        takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes and widget.isVisible() and widget.isEnabled() and page.isAncestorOf(widget):
            stops.append(widget)
        widget = widget.nextInFocusChain()
    return stops


def unreachable_controls(page: QWidget) -> list[str]:
    """Return the usable controls that Tab does not reach."""
    stops = tab_stops(page)
    return [c.objectName() for c in controls(page) if c.isEnabled() and c not in stops]


def shown_texts(page: QWidget) -> list[str]:
    """Return every text of a page: labels, buttons, fields, and the cells of its lists."""
    texts = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    texts += [button.text() for button in page.findChildren(QAbstractButton) if button.isVisible()]
    for view in page.findChildren(QAbstractItemView):
        model = view.model()
        texts += [str(model.index(row, 0).data()) for row in range(model.rowCount())]
    return [text for text in texts if text]
