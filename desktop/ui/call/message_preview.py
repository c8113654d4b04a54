"""The first words of a new message, shown on the stage for a few seconds while the chat is closed."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.core.people import Role
from desktop.ui.chat.bubble import bubble_path
from desktop.ui.text_block import TextBlock, lay_out, paint_text, shortened
from desktop.ui.theme import theme

_MAX_LINES = 2
_MAX_CHARS = 240


class MessagePreview(QWidget):
    """A bubble with the sender's first name and at most two lines; it goes by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messagePreview")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._name = ""
        self._text = ""
        self._role = Role.CUSTOMER
        self._max_width = 600
        self._gone = QTimer(self, singleShot=True)
        self._gone.timeout.connect(self.hide)
        self.hide()

    def show_message(self, name: str, text: str, role: Role) -> None:
        """Show a message for the toast time; `text` is clean."""
        self._name, self._text, self._role = name, text[:_MAX_CHARS], role
        self.setAccessibleName(f"{name}: {self._text}")
        self.resize(self.sizeHint())
        self.show()
        self.update()
        self._gone.start(theme().ms("toast-hold"))

    def set_max_width(self, width: int) -> None:
        """Keep within `width` pixels."""
        width = min(width, theme().pick(kiosk=620, desktop=420))
        if width != self._max_width:
            self._max_width = width
            self.resize(self.sizeHint())

    def _block(self) -> TextBlock:
        look = theme()
        room = self._max_width - 2 * look.pick(kiosk=20, desktop=12)
        return lay_out(self._text, look.font("body"), room, look.line_height("body"), max_lines=_MAX_LINES)

    def sizeHint(self) -> QSize:
        """Return the room for name and words."""
        look = theme()
        pad_x, pad_y = look.pick(kiosk=20, desktop=12), look.pick(kiosk=12, desktop=8)
        block = self._block()
        name = QFontMetricsF(look.font("strong")).horizontalAdvance(shortened(self._name)) + 2
        wide = min(self._max_width, max(block.width, name) + 2 * pad_x + 2)
        return QSize(round(wide), round(block.height + look.line_height("strong") + 2 * pad_y))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bubble, name and words."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        kind = f"bubble-{self._role.value}"
        painter.setBrush(look.color(kind))
        painter.drawPath(bubble_path(QRectF(self.rect()), look.radius("bubble"), tail_right=False))
        pad_x, pad_y = look.pick(kiosk=20, desktop=12), look.pick(kiosk=12, desktop=8)
        line = look.line_height("strong")
        area = QRectF(pad_x, pad_y, self.width() - 2 * pad_x + 2, line)
        ink = look.color(f"role-{self._role.value}")
        paint_text(painter, area, shortened(self._name), look.font("strong"), ink)
        self._block().paint(painter, QPointF(pad_x, pad_y + line), look.color(f"{kind}-text"))
