"""The small picture at the edge of the stage: one's own, or the camera beside a shared screen."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from desktop.ui.call.plates import Plate
from desktop.ui.text_block import lay_out
from desktop.ui.theme import appearance, theme
from desktop.ui.video_tile import VideoTile

_EDGE_PX = 2
_EDGE_ALPHA = 0.85


class SmallTile(VideoTile):
    """A video tile of the token's size with a white frame and a plate; without a picture it says why."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, opaque=False)
        self.setObjectName(name)
        self._words = ""
        self._plate = Plate(f"{name}Plate", self)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def words(self) -> str:
        """What is said while there is no picture."""
        return self._words

    def set_title(self, title: str) -> None:
        """Say whose picture it is."""
        self._plate.show_words(title)
        self._place()

    def set_words(self, words: str) -> None:
        """Set what is said while there is no picture."""
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words)
            self.repaint_soon()

    def paint_tile(self, painter: QPainter) -> None:
        """Paint the picture, or the words in its place."""
        super().paint_tile(painter)
        if not self._words or self.has_picture:
            return
        look = theme()
        pad = look.pick(kiosk=14, desktop=9)
        room = QRectF(self.rect()).adjusted(pad, pad, -pad, -(self._plate.height() + pad))
        most = max(1, int(room.height() / look.line_height("caption")))
        font = look.font("caption")
        block = lay_out(self._words, font, room.width(), look.line_height("caption"), max_lines=most)
        block.paint(painter, QPointF(room.left(), room.top()), look.color("text"))

    def _take_theme(self) -> None:
        look = theme()
        self.setFixedSize(*look.extent("pip"))
        self.set_radius(look.radius("control"))
        self.set_colours(look.color("control"), look.color("video-letterbox"))
        edge = QColor(Qt.GlobalColor.white)
        edge.setAlphaF(_EDGE_ALPHA)
        self.set_edge(edge, _EDGE_PX)
        self.repaint_soon()
        self._place()

    def _place(self) -> None:
        self._plate.set_max_width(self.width() - 16)
        self._plate.move(8, self.height() - self._plate.height() - 8)
