"""The comparison of pictures lets rendering differ a little and a page differ not at all."""

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.ui.theme import theme
from tests.ui.snapshots import SHARE_TOLERANCE, different_share


def _picture(text: str, shade: int = 0) -> QImage:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(20 + shade, 20 + shade, 20 + shade))
    painter = QPainter(image)
    painter.setFont(theme().font("title"))
    painter.setPen(QColor("white"))
    painter.drawText(20, 100, text)
    painter.end()
    return image


@pytest.mark.usefixtures("qapp")
class TestComparison:
    def test_equal_pictures_are_equal(self) -> None:
        assert different_share(_picture("Join"), _picture("Join")) == 0.0

    def test_a_shade_that_nobody_sees_passes(self) -> None:
        assert different_share(_picture("Join"), _picture("Join", shade=3)) == 0.0

    def test_another_word_is_seen(self) -> None:
        assert different_share(_picture("Join"), _picture("Rejoin")) > SHARE_TOLERANCE / 2

    def test_another_size_is_seen(self) -> None:
        assert different_share(_picture("Join"), _picture("Join").scaled(200, 150)) == 1.0
