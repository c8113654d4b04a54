"""A small picture at the edge of the stage: one's own, a camera beside a shared screen, or one of several people."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.core.people import Person
from desktop.ui.avatar import paint_avatar
from desktop.ui.call.plates import Plate, paint_plate
from desktop.ui.call.tile_button import TileButton
from desktop.ui.text_block import lay_out
from desktop.ui.theme import appearance, theme
from desktop.ui.video_tile import VideoTile

_EDGE_PX = 2
_EDGE_ALPHA = 0.85
_SPEAKING_PX = 3
_AVATAR_SHARE = 0.5


class SmallTile(VideoTile):
    """A video tile with a white frame and a plate; without a picture it says why, or shows who it is.

    `chosen`: the tile was tapped; only while `set_pin` has given it something to say. `button` is what is tapped, and
    dragged where the tile may move.
    """

    chosen = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, opaque=False)
        self.setObjectName(name)
        self._words = ""
        self._person: Person | None = None
        self._is_speaking = False
        self._plate = Plate(f"{name}Plate", self)
        self.button = TileButton(f"{name}Pin", self)
        self.button.hide()
        self.button.clicked.connect(self.chosen)
        appearance().changed.connect(self._take_theme)
        self.resize(*theme().extent("pip"))
        self._take_theme()

    @property
    def words(self) -> str:
        """What is said while there is no present picture."""
        return self._words

    def set_title(self, title: str, icon: str = "", spoken: str = "") -> None:
        """Say whose picture it is, and of which state the microphone is."""
        before = self._plate.size()
        self._plate.show_words(title, icon, spoken)
        if self._plate.size() != before:
            self._place()

    def set_words(self, words: str, person: Person | None = None) -> None:
        """Set what is said while there is no present picture; with `person` their avatar says it without words."""
        if (words, person) != (self._words, self._person):
            self._words, self._person = words, person
            self.setAccessibleDescription(words)
            self.repaint_soon()

    def set_pin(self, label: str) -> None:
        """Let a tap choose this tile, under a name for screen readers; without one a tap does nothing."""
        self.button.setAccessibleName(label)
        self.button.setVisible(bool(label))

    def set_speaking(self, speaking: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Frame whoever speaks."""
        self._is_speaking = speaking
        self._show_edge()

    def set_grey(self, grey: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Show the picture as one of the past, on the ground of a picture in every theme."""
        super().set_grey(grey)
        self._show_ground()

    def paint_tile(self, painter: QPainter) -> None:
        """Paint the picture, or what stands in its place."""
        super().paint_tile(painter)
        if self.has_picture and not self.is_grey:
            return
        look = theme()
        pad = look.pick(kiosk=14, desktop=9)
        room = QRectF(self.rect()).adjusted(pad, pad, -pad, -(self._plate.height() + pad))
        if self._person is not None and not self.has_picture:
            side = min(room.width(), self.height() * _AVATAR_SHARE)
            area = QRectF(0, 0, side, side)
            area.moveCenter(QPointF(room.center().x(), max(room.center().y(), side / 2)))
            paint_avatar(painter, area, self._person.initials, self._person.role)
        elif self._words:
            line = look.line_height("caption")
            most = max(1, int(room.height() / line))
            block = lay_out(self._words, look.font("caption"), room.width(), line, max_lines=most)
            ink = look.color("text")
            if self.has_picture:
                ink = look.color("video-label-text")
                ground = QRectF(room.left(), room.top(), block.width, block.height).adjusted(-6, -4, 6, 4)
                paint_plate(painter, ground, look.radius("small"))
            block.paint(painter, room.topLeft(), ink)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit plate and button into the tile."""
        super().resizeEvent(event)
        self._place()

    def _take_theme(self) -> None:
        look = theme()
        self.set_radius(look.radius("control"))
        self._show_ground()
        self._show_edge()
        self.repaint_soon()
        self._place()

    def _show_ground(self) -> None:
        look = theme()
        self.set_colours(look.color("video-letterbox" if self.is_grey else "control"), look.color("video-letterbox"))

    def _show_edge(self) -> None:
        edge = QColor(Qt.GlobalColor.white)
        edge.setAlphaF(_EDGE_ALPHA)
        if self._is_speaking:
            self.set_edge(theme().color("success"), _SPEAKING_PX)
        else:
            self.set_edge(edge, _EDGE_PX)

    def _place(self) -> None:
        self._plate.set_max_width(self.width() - 16)
        self._plate.move(8, self.height() - self._plate.height() - 8)
        self.button.setGeometry(self.rect())
        self.button.raise_()
