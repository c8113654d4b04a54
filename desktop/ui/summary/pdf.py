"""Draws a summary as a PDF: plain text on paper, nothing of it interpreted, as many pages as it takes."""

from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextOption,
)

from desktop.core.text import clean_block, clean_line

_DPI: Final = 150
_MARGIN_MM: Final = 18.0
_TITLE_CAP: Final = 120
_TEXT_CAP: Final = 40_000
_PICTURE_WIDTH: Final = 0.48
"""Of the width of the text, for each picture: two stand beside each other."""


def summary_pdf(title: str, facts: str, parts: tuple[tuple[str, str], ...], pictures: tuple[QImage, ...] = ()) -> bytes:
    """Return the bytes of a PDF with headline, facts, headed texts and pictures; parts without words are left out.

    Runs on the GUI thread: some tens of milliseconds.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setTitle(clean_line(title, _TITLE_CAP))
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    paper_size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(
        QPageLayout(paper_size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)
    )
    painter = QPainter(writer)
    paper = _Paper(writer, painter)
    paper.write(clean_line(title, _TITLE_CAP), 17, bold=True)
    paper.write(clean_line(facts, _TEXT_CAP), 9, color="#555555")
    for heading, words in parts:
        if words.strip():
            paper.rest(12)
            paper.write(heading, 11, bold=True)
            paper.write(clean_block(words, _TEXT_CAP), 11)
    paper.rest(12)
    paper.place(pictures)
    painter.end()
    buffer.close()
    return bytes(buffer.data().data())


class _Paper:
    """The place where the next line goes; a full page gives way to a new one."""

    def __init__(self, writer: QPdfWriter, painter: QPainter) -> None:
        self._writer = writer
        self._painter = painter
        self._width = float(writer.width())
        self._height = float(writer.height())
        self._top = 0.0

    def write(self, text: str, points: int, *, bold: bool = False, color: str = "#111111") -> None:
        """Write a text, broken into lines; a word wider than the page is broken too."""
        font = QFont(self._painter.font())
        font.setPointSize(points)
        font.setBold(bold)
        self._painter.setFont(font)
        self._painter.setPen(QColor(color))
        line_height = QFontMetricsF(font, self._writer).lineSpacing()
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        for line in text.split("\n"):
            space = QRectF(0, 0, self._width, 1e6)
            needed = self._painter.boundingRect(space, line or " ", option)
            self._take(max(line_height, min(needed.height(), self._height)))
            self._painter.drawText(QRectF(0, self._top, self._width, needed.height()), line, option)
            self._top += max(line_height, needed.height())

    def rest(self, points: float) -> None:
        """Leave a space."""
        self._top += points * _DPI / 72

    def place(self, pictures: tuple[QImage, ...]) -> None:
        """Draw pictures two beside each other, whole."""
        width = self._width * _PICTURE_WIDTH
        for start in range(0, len(pictures), 2):
            pair = pictures[start : start + 2]
            heights = [width * image.height() / max(1, image.width()) for image in pair]
            height = min(max(heights), self._height)
            self._take(height)
            for place, image in enumerate(pair):
                shown = image.size().scaled(int(width), int(height), Qt.AspectRatioMode.KeepAspectRatio)
                left = place * (self._width - width)
                self._painter.drawImage(QRectF(left, self._top, shown.width(), shown.height()), image)
            self._top += height
            self.rest(8)

    def _take(self, height: float) -> None:
        if self._top and self._top + height > self._height:
            self._writer.newPage()
            self._top = 0.0
