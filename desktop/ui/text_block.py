"""Text laid out and painted literally: lines of the token's height, cut with an ellipsis; never read as markup."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTextBoundaryFinder
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
NAME_CLUSTERS = 40


def shortened(text: str, clusters: int = NAME_CLUSTERS) -> str:
    """Return `text` cut to at most `clusters` grapheme clusters, with an ellipsis where something was cut."""
    if len(text) <= clusters:
        return text
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    for _ in range(clusters):
        if finder.toNextBoundary() < 0:
            return text
    # Qt counts UTF-16 units, Python code points.
    units = text.encode("utf-16-le")
    cut = finder.position() * 2
    return text if cut >= len(units) else units[:cut].decode("utf-16-le").rstrip() + "…"


def elided(text: str, font: QFont, width: float) -> str:
    """Return `text` cut at its end to fit `width` pixels."""
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def paint_text(
    painter: QPainter,
    rect: QRect | QRectF,
    text: str,
    font: QFont,
    color: QColor,
    align: Qt.AlignmentFlag = _LEFT,
) -> None:
    """Paint one line, vertically centred in `rect` and cut with an ellipsis at its end."""
    area = QRectF(rect)
    painter.setFont(font)
    painter.setPen(color)
    flags = align | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine
    painter.drawText(area, int(flags), elided(text, font, area.width()))


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Laid-out text, ready to be painted as often as needed. `width` and `height` are pixels."""

    layout: QTextLayout
    last_line: tuple[str, QRectF] | None
    font: QFont
    width: float
    height: float
    line_count: int

    def paint(self, painter: QPainter, top_left: QPointF, color: QColor) -> None:
        """Paint in one colour at a place; the font is that of the layout."""
        painter.setPen(color)
        shown = self.line_count - (1 if self.last_line else 0)
        for index in range(shown):
            self.layout.lineAt(index).draw(painter, top_left)
        if self.last_line is not None:
            text, rect = self.last_line
            paint_text(painter, rect.translated(top_left), text, self.font, color, self.layout.textOption().alignment())


def lay_out(
    text: str,
    font: QFont,
    width: float,
    line_height: float,
    *,
    max_lines: int = 0,
    align: Qt.AlignmentFlag = _LEFT,
    strong_length: int = 0,
) -> TextBlock:
    """Lay out `text` (line breaks stay) in `width` pixels; what exceeds `max_lines` (0: no limit) is cut.

    The first `strong_length` characters are set in weight 600.
    """
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption(align)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    if strong_length:
        layout.setFormats([_strong(font, strong_length)])
    leading = (line_height - QFontMetricsF(font).height()) / 2
    layout.beginLayout()
    count, widest, cut = 0, 0.0, None
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, count * line_height + leading))
        count += 1
        widest = max(widest, line.naturalTextWidth())
        if count == max_lines:
            cut = _cut_rest(layout, line.textStart(), line.textLength(), count, width, line_height)
            break
    layout.endLayout()
    return TextBlock(layout, cut, font, widest, count * line_height, count)


def _strong(font: QFont, length: int) -> QTextLayout.FormatRange:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    char_format = QTextCharFormat()
    char_format.setFont(bold)
    span = QTextLayout.FormatRange()
    span.start = 0
    span.length = length
    span.format = char_format
    return span


def _cut_rest(
    layout: QTextLayout, start: int, length: int, count: int, width: float, line_height: float
) -> tuple[str, QRectF] | None:
    units = layout.text().encode("utf-16-le")
    if (start + length) * 2 >= len(units):
        return None
    rest = units[start * 2 : (start + length) * 2].decode("utf-16-le", "ignore").rstrip("\u2028 ") + "… "
    return rest, QRectF(0, (count - 1) * line_height, width, line_height)
