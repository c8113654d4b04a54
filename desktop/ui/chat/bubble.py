"""One chat message laid out for a column: where day, name, bubble, files and status stand, and how they are painted."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen

from desktop.core.chat import Delivery
from desktop.models.chat_row import ChatRow
from desktop.ui.icons import paint_icon
from desktop.ui.text_block import TextBlock, elided, lay_out, paint_text, shortened
from desktop.ui.theme import Theme, theme

_MAX_SHARE = 0.88
_TAIL_RADIUS = 4
_LINE_GAP = 3
_IN_GROUP_GAP = 4
_WORD_GAP = 8
_RETRY = "Try again"
_STATUS_ICONS = {
    Delivery.SENDING: "clock",
    Delivery.SENT: "check",
    Delivery.FAILED: "circle-alert",
    Delivery.NOT_SAVED: "info",
}


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message in place; all rectangles start at the row's top left corner, in device-independent pixels."""

    row: ChatRow
    look: Theme
    column: float
    text: TextBlock | None
    day: QRectF
    who: QRectF
    body: QRectF
    status: QRectF
    retry: QRectF
    row_height: int

    def retry_area(self) -> QRectF:
        """Return where a press tries a failed message again: never smaller than a gloved finger; empty if sent."""
        if self.retry.isEmpty():
            return QRectF()
        grow = max(0.0, (self.look.size("control") - self.retry.height()) / 2)
        return self.retry.adjusted(-_WORD_GAP, -grow, _WORD_GAP, grow)

    def paint(self, painter: QPainter, origin: QPointF, *, focused: bool) -> None:
        """Paint everything at `origin`; `focused` frames the bubble for the keyboard."""
        painter.save()
        painter.translate(origin)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.row.day:
            font = self.look.font("caption")
            align = Qt.AlignmentFlag.AlignHCenter
            paint_text(painter, self.day, self.row.day, font, self.look.color("text-muted"), align)
        if self.row.is_head:
            self._paint_who(painter)
        self._paint_body(painter, focused=focused)
        if self.row.status:
            self._paint_status(painter)
        painter.restore()

    def _paint_who(self, painter: QPainter) -> None:
        look = self.look
        bold, plain = look.font("caption", weight=600), look.font("caption", tabular=True)
        facts = f"{self.row.role_word}  {self.row.time}" if self.row.role_word else self.row.time
        facts_width = QFontMetricsF(plain).horizontalAdvance(facts) + 1
        name = elided(shortened(self.row.name), bold, self.who.width() - facts_width - _WORD_GAP)
        name_width = QFontMetricsF(bold).horizontalAdvance(name) + 1
        left = self.who.left()
        if self.row.is_own:
            left = self.who.right() - name_width - _WORD_GAP - facts_width
        area = QRectF(left, self.who.top(), name_width + 1, self.who.height())
        paint_text(painter, area, name, bold, look.color(f"role-{self.row.role.value}"))
        area = QRectF(left + name_width + _WORD_GAP, self.who.top(), facts_width + 1, self.who.height())
        paint_text(painter, area, facts, plain, look.color("text-muted"))

    def _paint_body(self, painter: QPainter, *, focused: bool) -> None:
        look = self.look
        kind = f"bubble-{self.row.role.value}"
        painter.setPen(QPen(look.color("focus"), 2) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(look.color(kind))
        painter.drawPath(bubble_path(self.body, look.radius("bubble"), tail_right=self.row.is_own))
        ink = look.color(f"{kind}-text")
        pad_x, pad_y = padding(look)
        top = self.body.top() + pad_y
        if self.text is not None:
            self.text.paint(painter, QPointF(self.body.left() + pad_x, top), ink)
            top += self.text.height
        line, px = look.line_height("body"), look.size("icon-small")
        for name in self.row.attachments:
            left = self.body.left() + pad_x
            paint_icon(painter, QRectF(left, top + (line - px) / 2, px, px), "paperclip", ink)
            width = self.body.right() - pad_x - left - px - _WORD_GAP
            paint_text(painter, QRectF(left + px + _WORD_GAP, top, width, line), name, look.font("label"), ink)
            top += line

    def _paint_status(self, painter: QPainter) -> None:
        look = self.look
        has_failed = self.row.delivery is Delivery.FAILED
        ink = look.color("danger-fg" if has_failed else "text-muted")
        px = look.size("icon-small")
        area = QRectF(self.status)
        if self.row.delivery is not None:
            icon = _STATUS_ICONS[self.row.delivery]
            paint_icon(painter, QRectF(area.left(), area.center().y() - px / 2, px, px), icon, ink)
        area.setLeft(area.left() + px + 6)
        paint_text(painter, area, status_words(self.row), look.font("caption"), ink)
        if has_failed:
            paint_text(painter, self.retry, _RETRY, look.font("caption", weight=600), look.color("accent"))


def padding(look: Theme) -> tuple[int, int]:
    """Return the room between a bubble's edge and its text: left and right, above and below, in pixels."""
    return look.pick(kiosk=16, desktop=12), look.pick(kiosk=12, desktop=8)


def status_words(row: ChatRow) -> str:
    """Return what stands below a bubble."""
    return f"{row.status}." if row.delivery is Delivery.FAILED else row.status


def lay_out_bubble(row: ChatRow, column: float, *, is_first: bool, known: Bubble | None = None) -> Bubble:
    """Place a message in a column of `column` pixels; `known` may lend the text it has laid out before."""
    look = theme()
    pad_x, pad_y = padding(look)
    widest = max(120.0, column * _MAX_SHARE) - 2 * pad_x
    text = _text_of(row, widest, look, known)
    caption = look.line_height("caption")
    y = 0.0 if is_first else float(look.pick(kiosk=14, desktop=10) if row.is_head else _IN_GROUP_GAP)
    day = QRectF(0, y, column, caption if row.day else 0)
    y += day.height() + (look.pick(kiosk=14, desktop=10) if row.day else 0)
    who = QRectF(0, y, column, caption if row.is_head else 0)
    y += who.height() + (_LINE_GAP if row.is_head else 0)
    inner_width, inner_height = _content_size(row, text, widest, look)
    width, height = inner_width + 2 * pad_x, inner_height + 2 * pad_y
    body = QRectF(column - width if row.is_own else 0.0, y, width, height)
    y = body.bottom()
    status, retry = _status_places(row, column, y + _LINE_GAP, look)
    if row.status:
        y = status.bottom()
    return Bubble(row, look, column, text, day, who, body, status, retry, round(y + 0.5))


def _text_of(row: ChatRow, widest: float, look: Theme, known: Bubble | None) -> TextBlock | None:
    if not row.text:
        return None
    if known is not None and known.text is not None and known.look == look and known.row.text == row.text:
        return known.text
    return lay_out(row.text, look.font("body"), widest, look.line_height("body"))


def _content_size(row: ChatRow, text: TextBlock | None, widest: float, look: Theme) -> tuple[float, float]:
    width = text.width + 1 if text is not None else 0.0
    height = text.height if text is not None else 0.0
    metrics = QFontMetricsF(look.font("label"))
    for name in row.attachments:
        width = max(width, metrics.horizontalAdvance(name) + look.size("icon-small") + _WORD_GAP + 1)
        height += look.line_height("body")
    return min(width, widest), height


def _status_places(row: ChatRow, column: float, top: float, look: Theme) -> tuple[QRectF, QRectF]:
    if not row.status:
        return QRectF(), QRectF()
    height = float(max(look.line_height("caption"), look.size("icon-small")))
    words = QFontMetricsF(look.font("caption")).horizontalAdvance(status_words(row))
    width = look.size("icon-small") + 6 + words + 2
    retry_width = 0.0
    if row.delivery is Delivery.FAILED:
        retry_width = QFontMetricsF(look.font("caption", weight=600)).horizontalAdvance(_RETRY) + 2
    gap = 2 * _WORD_GAP if retry_width else 0
    left = column - width - gap - retry_width if row.is_own else 0.0
    status = QRectF(left, top, width, height)
    return status, QRectF(status.right() + gap, top, retry_width, height if retry_width else 0)


def bubble_path(rect: QRectF, radius: float, *, tail_right: bool) -> QPainterPath:
    """Return a rounded rectangle whose upper corner on the speaker's side is tight."""
    wide = min(radius, rect.width() / 2, rect.height() / 2)
    left = wide if tail_right else float(_TAIL_RADIUS)
    right = float(_TAIL_RADIUS) if tail_right else wide
    path = QPainterPath(QPointF(rect.left() + left, rect.top()))
    path.lineTo(rect.right() - right, rect.top())
    path.arcTo(QRectF(rect.right() - 2 * right, rect.top(), 2 * right, 2 * right), 90, -90)
    path.lineTo(rect.right(), rect.bottom() - wide)
    path.arcTo(QRectF(rect.right() - 2 * wide, rect.bottom() - 2 * wide, 2 * wide, 2 * wide), 0, -90)
    path.lineTo(rect.left() + wide, rect.bottom())
    path.arcTo(QRectF(rect.left(), rect.bottom() - 2 * wide, 2 * wide, 2 * wide), 270, -90)
    path.lineTo(rect.left(), rect.top() + left)
    path.arcTo(QRectF(rect.left(), rect.top(), 2 * left, 2 * left), 180, -90)
    path.closeSubpath()
    return path
