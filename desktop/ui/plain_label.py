"""The only label of the program: shows text literally, cut or wrapped, and keeps the whole text for screen readers."""

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.ui.text_block import NAME_CLUSTERS, TextBlock, elided, lay_out, paint_text, shortened
from desktop.ui.theme import appearance, theme

_LEFT = Qt.AlignmentFlag.AlignLeft
_LONGEST_HINT = 100_000


class PlainLabel(QLabel):
    """Text in one style (`body`, `title`, ...) and colour role, drawn literally whatever it holds.

    One line that is cut with an ellipsis, or with `wrap` as many as needed (at most `max_lines`, 0: no limit).
    `name=True` also cuts at 40 grapheme clusters, as names are. `text()` and the accessible name stay whole.
    """

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        role: str = "text",
        *,
        wrap: bool = False,
        max_lines: int = 0,
        name: bool = False,
        tabular: bool = False,
        weight: int | None = None,
        px: int | None = None,
        align: Qt.AlignmentFlag = _LEFT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._style = style
        self._role = role
        self._wrap = wrap
        self._max_lines = max_lines
        self._is_name = name
        self._tabular = tabular
        self._weight = weight
        self._px = px
        self._align = align
        self._strong_length = 0
        self._block: tuple[object, TextBlock] | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self.set_text(text)

    def set_text(self, text: str, *, lead: str = "") -> None:
        """Show `text`, after `lead` in strong type if one is given. The text has been cleaned by core/text.py."""
        whole = f"{lead}  {text}" if lead and text else lead or text
        if whole == self.text() and self._strong_length == len(lead):
            return
        self._strong_length = len(lead)
        super().setText(whole)
        self.setAccessibleName(whole)
        self._block = None
        self.updateGeometry()
        self.update()

    def set_role(self, role: str) -> None:
        """Draw in another colour role."""
        if role != self._role:
            self._role = role
            self.update()

    def setText(self, text: str) -> None:
        """Qt's name for `set_text`."""
        self.set_text(text)

    @property
    def text_font(self) -> QFont:
        """The font of the label's style."""
        return theme().font(self._style, tabular=self._tabular, weight=self._weight, px=self._px)

    @property
    def is_cut(self) -> bool:
        """Whether the label shows less than its text at its present size."""
        if self._wrap:
            return self._laid_out(self.width()).last_line is not None
        shown = self._shown()
        return shown != self.text() or elided(shown, self.text_font, self.width()) != shown

    def _take_theme(self) -> None:
        self.setFont(self.text_font)
        self._block = None
        self.updateGeometry()

    def _line_height(self) -> int:
        token = theme().line_height(self._style)
        if self._wrap or self._tabular:
            return token
        # Big type is set tighter than it is high: what hangs below the line must not be cut.
        return max(token, math.ceil(QFontMetricsF(self.text_font).height()))

    def _shown(self) -> str:
        return shortened(self.text(), NAME_CLUSTERS) if self._is_name else self.text()

    def _laid_out(self, width: int) -> TextBlock:
        key = (width, theme())
        if self._block is None or self._block[0] != key:
            block = lay_out(
                self._shown(),
                self.text_font,
                width,
                self._line_height(),
                max_lines=self._max_lines,
                align=self._align,
                strong_length=self._strong_length,
            )
            self._block = (key, block)
        return self._block[1]

    def sizeHint(self) -> QSize:
        """As wide as the text in one line."""
        if self._wrap:
            block = self._laid_out(_LONGEST_HINT)
            return QSize(min(round(block.width) + 1, 2_000), round(block.height))
        width = QFontMetricsF(self.text_font).horizontalAdvance(self._shown())
        return QSize(round(width + 0.5) + 1, self._line_height())

    def minimumSizeHint(self) -> QSize:
        """One line and a few letters: what does not fit is cut."""
        least = min(self.sizeHint().width(), round(QFontMetricsF(self.text_font).horizontalAdvance("Mmm…")))
        return QSize(least, self._line_height())

    def hasHeightForWidth(self) -> bool:
        """Whether the height depends on the width: yes when it wraps."""
        return self._wrap

    def heightForWidth(self, width: int) -> int:
        """How high the wrapped text is in `width` pixels."""
        return round(self._laid_out(width).height) if self._wrap else -1

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text literally."""
        painter = QPainter(self)
        color = theme().color(self._role if self.isEnabled() else "disabled-text")
        if not self._wrap and not self._strong_length:
            paint_text(painter, self.rect(), self._shown(), self.text_font, color, self._align)
            return
        block = self._laid_out(self.width())
        top = max(0.0, (self.height() - block.height) / 2)
        block.paint(painter, QPointF(0, top), color)
