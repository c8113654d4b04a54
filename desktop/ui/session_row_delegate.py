"""Paints the rows of the session list: heads, cards, and the one button of each, which it also hit-tests."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.core.people import Role
from desktop.core.session import SessionRow
from desktop.core.text import initials
from desktop.models.session_words import RowWords, plan_of
from desktop.models.sessions import GroupHead, SessionListModel
from desktop.ui.avatar import paint_avatar
from desktop.ui.button_face import ButtonFace, paint_button
from desktop.ui.chip import chip_size, paint_chip
from desktop.ui.text_block import elided, paint_text, shortened
from desktop.ui.theme import Theme, theme

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of a card lie, in pixels of the view."""

    card: QRectF
    avatar: QRectF
    text: QRectF
    time: QRectF
    button: QRectF


def _places(rect: QRect, look: Theme) -> _Places:
    gap_below = look.pick(kiosk=8, desktop=6)
    pad = look.pick(kiosk=20, desktop=12)
    gap = look.pick(kiosk=18, desktop=12)
    card = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5 - gap_below)
    middle = card.center().y()
    avatar_px, control = look.size("avatar"), look.size("control")
    # Whole pixels for what has straight edges, half ones only for the card's hairline.
    middle = float(int(middle))
    avatar = QRectF(rect.left() + pad, middle - avatar_px // 2, avatar_px, avatar_px)
    width = look.pick(kiosk=196, desktop=132)
    button = QRectF(rect.left() + rect.width() - pad - width, middle - control // 2, width, control)
    time_width = look.pick(kiosk=200, desktop=128)
    time = QRectF(button.left() - gap - time_width, card.top(), time_width, card.height())
    left = avatar.right() + gap
    text = QRectF(left, card.top(), max(0.0, time.left() - gap - left), card.height())
    return _Places(card, avatar, text, time, button)


class SessionRowDelegate(QStyledItemDelegate):
    """Draws heads and sessions of a `SessionListModel`; everything remote is painted literally."""

    pressed = Signal(QModelIndex)
    """The button of a session was pressed and released, and may be pressed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: QPersistentModelIndex | None = None

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a head or a row; the view gives the width."""
        look = theme()
        if index.data(SessionListModel.HEAD) is not None:
            return QSize(0, look.pick(kiosk=48, desktop=38))
        return QSize(0, look.size("list-row"))

    def button_rect(self, rect: QRect) -> QRect:
        """Return where the button lies within a row's rectangle, as large as a finger may hit it."""
        places = _places(rect, theme())
        reach = QRectF(places.button.left() - 6, places.card.top(), places.button.width() + 12, places.card.height())
        return reach.toAlignedRect()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a head or a session."""
        painter.save()
        rect: QRect = option.rect
        head = index.data(SessionListModel.HEAD)
        row, words = index.data(SessionListModel.ROW), index.data(SessionListModel.WORDS)
        if isinstance(head, GroupHead):
            _paint_head(painter, rect, head)
        elif isinstance(row, SessionRow) and isinstance(words, RowWords):
            state: QStyle.StateFlag = option.state
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            held = self._held is not None and self._held == index
            _paint_session(painter, _places(rect, theme()), row, words, chosen=chosen, held=held)
        painter.restore()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Take presses of the painted button; everything else goes to the view, which chooses the row."""
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return super().editorEvent(event, model, option, index)
        words = index.data(SessionListModel.WORDS)
        rect: QRect = option.rect
        inside = self.button_rect(rect).contains(event.position().toPoint())
        usable = isinstance(words, RowWords) and words.enabled and inside
        if event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick}:
            self._held = QPersistentModelIndex(index) if usable else None
        elif event.type() is QEvent.Type.MouseButtonRelease:
            held, self._held = self._held, None
            if held is not None and held == index and usable:
                self.pressed.emit(model.index(index.row(), 0))
        return False


def _paint_head(painter: QPainter, rect: QRect, head: GroupHead) -> None:
    look = theme()
    line = QRectF(
        rect.left(), rect.top() + look.pick(kiosk=10, desktop=8), rect.width(), look.pick(kiosk=30, desktop=24)
    )
    font = look.font("label", weight=600)
    paint_text(painter, line, head.title, font, look.color("text-muted"))
    left = QFontMetricsF(font).horizontalAdvance(head.title) + look.space("x3")
    count = look.font("label", tabular=True)
    paint_text(painter, line.adjusted(left, 0, 0, 0), str(head.count), count, look.color("text-muted"))


def _paint_session(
    painter: QPainter, places: _Places, row: SessionRow, words: RowWords, *, chosen: bool, held: bool
) -> None:
    look = theme()
    _paint_card(painter, places.card, chosen=chosen)
    paint_avatar(painter, places.avatar, initials(row.customer_name), Role.CUSTOMER)
    title, caption = look.line_height("title"), look.line_height("caption")
    top = places.text.center().y() - (title + caption) / 2
    _paint_name(painter, QRectF(places.text.left(), top, places.text.width(), title), row.customer_name, words)
    small = look.font("caption", tabular=True)
    spread = _note_spread(places, words.note, small)
    _paint_facts(painter, QRectF(places.text.left(), top + title, places.text.width() - spread, caption), row)
    figures = look.font("strong", tabular=True, px=look.pick(kiosk=22, desktop=15))
    line = look.line_height("strong")
    top = places.time.center().y() - (line + caption) / 2
    time = QRectF(places.time.left(), top, places.time.width(), line)
    paint_text(painter, time, words.time, figures, look.color("text"), _RIGHT)
    note = QRectF(places.time.left() - spread, top + line, places.time.width() + spread, caption)
    paint_text(painter, note, words.note, small, look.color(words.note_role), _RIGHT)
    face = ButtonFace(
        text=words.button, icon=words.button_icon, kind=words.button_kind, enabled=words.enabled, pressed=held
    )
    paint_button(painter, places.button, face)


def _note_spread(places: _Places, note: str, font: QFont) -> float:
    """Return by how much a long note reaches into the facts: it says what to do first, they are in the detail too."""
    wanted = QFontMetricsF(font).horizontalAdvance(note) + 1 - places.time.width()
    return min(max(0.0, wanted), places.text.width() / 2)


def _paint_card(painter: QPainter, card: QRectF, *, chosen: bool) -> None:
    look = theme()
    width = look.border("field") if chosen else look.border("hairline")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(look.color("surface-raised"))
    painter.setPen(QPen(look.color("accent" if chosen else "border"), width))
    inset = (width - 1) / 2
    painter.drawRoundedRect(card.adjusted(inset, inset, -inset, -inset), look.radius("panel"), look.radius("panel"))


def _paint_name(painter: QPainter, line: QRectF, name: str, words: RowWords) -> None:
    look = theme()
    font = look.font("title")
    room = line.width()
    chip = None
    if words.chip is not None:
        chip = chip_size(words.chip[0], words.chip[1], small=True)
        room -= chip.width() + look.space("x3")
    shown = elided(shortened(name), font, max(0.0, room))
    paint_text(painter, QRectF(line.left(), line.top(), room, line.height()), shown, font, look.color("text"))
    if words.chip is None or chip is None or room < 0:
        return
    left = line.left() + QFontMetricsF(font).horizontalAdvance(shown) + look.space("x3")
    corner = QPointF(left, line.center().y() - chip.height() / 2)
    text, icon, level = words.chip
    paint_chip(painter, QRect(corner.toPoint(), chip), text, icon, level)


def _paint_facts(painter: QPainter, line: QRectF, row: SessionRow) -> None:
    """Paint "{vehicle}  ·  {type and plan}  ·  {concern}": what is known of them, the first in full ink."""
    look = theme()
    font = look.font("caption")
    vehicle = shortened(row.vehicle.title) if row.vehicle else ""
    first, *rest = [fact for fact in (vehicle, plan_of(row), " ".join(row.concern.split())) if fact]
    shown = elided(first, font, line.width())
    paint_text(painter, line, shown, font, look.color("text"))
    if rest:
        left = QFontMetricsF(font).horizontalAdvance(shown)
        words = "".join(f"  ·  {fact}" for fact in rest)
        paint_text(painter, line.adjusted(left, 0, 0, 0), words, font, look.color("text-muted"))
