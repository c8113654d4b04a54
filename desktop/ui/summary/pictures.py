"""The pictures of a session as cards: a tap chooses which go with the summary."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.session import FileEntry
from desktop.core.summary import PICTURES_CAP
from desktop.core.text import clean_line
from desktop.ui.icons import paint_icon
from desktop.ui.picture_view import paint_file_card, paint_picture
from desktop.ui.plain_label import PlainLabel
from desktop.ui.text_block import paint_text
from desktop.ui.theme import appearance, theme

_FRAME = 3
_SHOWN = 24
"""A session may hold 50 files; the newest pictures are what a summary is about."""


class PictureCard(QAbstractButton):
    """One picture with its time and a tick."""

    def __init__(self, entry: FileEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._image: QImage | None = None
        self._is_refused = False
        self._name = clean_line(entry.name)
        self.setObjectName("pictureCard")
        self.setCheckable(True)
        self.setAccessibleName(f"Include {self._name}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    @property
    def image(self) -> QImage | None:
        """The picture, once it is shown."""
        return self._image

    def set_image(self, image: QImage | None) -> None:
        """Show the picture; None says that it cannot be shown: then the file's name stands in its place."""
        self._image, self._is_refused = image, image is None
        self.setAccessibleName(
            f"Include {self._name}, which cannot be shown" if image is None else f"Include {self._name}"
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Return a card of the panel's column."""
        return QSize(theme().pick(kiosk=250, desktop=160), theme().pick(kiosk=144, desktop=92))

    def minimumSizeHint(self) -> QSize:
        """Return a card that still shows something."""
        return QSize(theme().pick(kiosk=140, desktop=100), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint picture, time, tick and frame."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self.rect().adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)
        radius = look.radius("control")
        if self._image is not None:
            paint_picture(painter, place, self._image, fill=True, radius=radius)
        elif self._is_refused:
            paint_file_card(painter, place, self._name)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("surface-sunken"))
            painter.drawRoundedRect(place, radius, radius)
            px = look.size("icon")
            middle = QRect(0, 0, px, px)
            middle.moveCenter(place.center())
            paint_icon(painter, middle, "image", look.color("text-muted"))
        self._paint_time(painter, place)
        self._paint_tick(painter, place)
        if self.isChecked():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("accent"), _FRAME))
            painter.drawRoundedRect(QRectF(place).adjusted(-1, -1, 1, 1), radius, radius)

    def _paint_time(self, painter: QPainter, place: QRect) -> None:
        look = theme()
        font = look.font("label", tabular=True)
        words = f"{self.entry.created_at.astimezone():%H:%M}"
        height = look.pick(kiosk=30, desktop=22)
        plate = QRect(place.left() + 8, place.bottom() - height - 8, look.pick(kiosk=76, desktop=56), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.plate_color)
        painter.drawRoundedRect(plate, look.radius("small"), look.radius("small"))
        paint_text(painter, plate, words, font, look.color("video-label-text"), Qt.AlignmentFlag.AlignHCenter)

    def _paint_tick(self, painter: QPainter, place: QRect) -> None:
        look = theme()
        px = look.pick(kiosk=40, desktop=26)
        ring = QRectF(place.right() - px - 8, place.top() + 8, px, px)
        chosen = self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen if chosen else QPen(look.color("video-label-text"), 2))
        painter.setBrush(look.color("accent") if chosen else look.plate_color)
        painter.drawEllipse(ring)
        if chosen:
            inner = ring.adjusted(px * 0.2, px * 0.2, -px * 0.2, -px * 0.2)
            paint_icon(painter, inner, "check", look.color("accent-text"))


class PicturesPart(QWidget):
    """The cards under their heading. `edited` tells that the choice changed, `picture_requested` asks for an image."""

    edited = Signal()
    picture_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: list[str] = []
        self._cards: dict[str, PictureCard] = {}
        self._entries: tuple[FileEntry, ...] = ()
        self._count = PlainLabel("", "label", "text-muted", tabular=True, parent=self)
        self._count.setObjectName("pictureCount")
        self._none = PlainLabel("No pictures in this session.", role="text-muted", wrap=True, parent=self)
        head = QHBoxLayout()
        head.addWidget(PlainLabel("Pictures to include", "title", parent=self), 1)
        head.addWidget(self._count)
        self._grid = QGridLayout()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(head)
        self._column.addWidget(self._none)
        self._column.addLayout(self._grid)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of the chosen pictures, in the order of the session."""
        return tuple(self._chosen)

    @property
    def chosen_images(self) -> tuple[QImage, ...]:
        """The chosen pictures as far as they are shown."""
        shown = (self._cards[key].image for key in self._chosen if key in self._cards)
        return tuple(image for image in shown if image is not None)

    def load(self, chosen: tuple[str, ...]) -> None:
        """Choose these, and no others."""
        self._chosen = list(chosen)
        self._show_choice()

    def show_entries(self, entries: tuple[FileEntry, ...]) -> None:
        """Show a card for each picture."""
        entries = entries[-_SHOWN:]
        if entries == self._entries:
            return
        self._entries = entries
        wanted = {entry.id: self._cards.get(entry.id) or self._new_card(entry) for entry in entries}
        for key, card in self._cards.items():
            self._grid.removeWidget(card)
            if key not in wanted:
                card.hide()
                card.deleteLater()
        self._cards = wanted
        for place, card in enumerate(wanted.values()):
            self._grid.addWidget(card, place // 2, place % 2)
        self._none.setVisible(not entries)
        self._show_choice()

    def show_picture(self, file_id: str, image: QImage | None) -> None:
        """Put an image on its card."""
        card = self._cards.get(file_id)
        if card is not None:
            card.set_image(image)

    def _new_card(self, entry: FileEntry) -> PictureCard:
        card = PictureCard(entry, self)
        card.clicked.connect(self._choose)
        self.picture_requested.emit(entry.id)
        return card

    def _choose(self) -> None:
        ticked = [key for key, card in self._cards.items() if card.isChecked()]
        self._chosen = ticked[:PICTURES_CAP]
        self._show_choice()
        self.edited.emit()

    def _show_choice(self) -> None:
        for key, card in self._cards.items():
            card.setChecked(key in self._chosen)
        shown = sum(card.isChecked() for card in self._cards.values())
        self._count.set_text(f"{shown} of {len(self._cards)}" if self._cards else "")

    def _take_theme(self) -> None:
        gap = theme().pick(kiosk=16, desktop=8)
        self._grid.setSpacing(gap)
        self._column.setSpacing(gap)
