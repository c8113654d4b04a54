"""The one widget that touches pixels: paints the newest picture of a `LatestFrame`, whole, upright and letterboxed."""

import time
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

from desktop.core.frames import Frame, LatestFrame
from desktop.ui.rounded_frame import RoundedFrame
from desktop.ui.shown_picture import ShownPicture

GREY_OPACITY = 0.34
_SMOOTH_BUDGET_S = 0.008
_SMOOTH_TRIES = 30
_QUARTER_TURNS = frozenset({90, 270})


@dataclass(frozen=True, slots=True)
class PaintedPicture:
    """What was painted last: the frame's own size and rotation, its number, and the monotonic time of painting."""

    number: int
    width: int
    height: int
    rotation: int
    painted_at_s: float


class VideoTile(QWidget):
    """A picture that is never cropped, never stretched and never older than the newest one at hand.

    The GUI thread only. `wake` is called once a frame was put into an empty mailbox. With `opaque` the corners are
    painted in the colour around the tile, which costs least; without it they are left out, for a tile over a tile.
    When frames stop the last picture stays; `clear` removes it.
    """

    def __init__(self, parent: QWidget | None = None, *, opaque: bool = True) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, opaque)
        self._opaque = opaque
        self._picture = ShownPicture()
        self._kept: QPixmap | None = None
        self._rounded = RoundedFrame()
        self._grey = False
        self._radius = 16
        self._backdrop = QColor(Qt.GlobalColor.black)
        self._surface = QColor(Qt.GlobalColor.black)
        self._edge: QColor | None = None
        self._edge_width = 3
        self._frames_painted = 0
        self._last_painted: PaintedPicture | None = None
        self._smooth = True
        self._slow_paints = 0
        self.setAccessibleName("Video")

    # What it shows

    def set_source(self, latest: LatestFrame | None) -> None:
        """Read pictures from `latest` from now on; the picture shown so far stays until a newer one comes."""
        if latest is self._picture.source:
            return
        self._picture.set_source(latest)
        self.catch_up()

    def show_picture(self, picture: ShownPicture) -> None:
        """Show another picture from now on, with all that it holds; its former tile must show something else."""
        if picture is not self._picture:
            self._picture = picture
            self.repaint_soon()

    @Slot()
    def wake(self) -> None:
        """Ask for a repaint, because the mailbox holds a new frame."""
        self._picture.wake()
        self.repaint_soon()

    def catch_up(self) -> None:
        """Take at once what already waits in the mailbox, for which no wake-up will come any more."""
        self._picture.catch_up()
        if self._picture.is_unpainted:
            self.repaint_soon()

    def clear(self) -> None:
        """Forget the picture; only the backdrop is left until a new frame comes."""
        self._picture.clear()
        self.repaint_soon()

    @property
    def picture(self) -> ShownPicture:
        """What is shown."""
        return self._picture

    @property
    def source(self) -> LatestFrame | None:
        """The mailbox that is read."""
        return self._picture.source

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown, or waits to be painted."""
        return self._picture.has_picture

    @property
    def frames_painted(self) -> int:
        """How many different frames were painted so far."""
        return self._frames_painted

    @property
    def last_painted(self) -> PaintedPicture | None:
        """What was painted last; None before the first picture."""
        return self._last_painted

    def picture_rect(self) -> QRect:
        """Return where the picture is, in device-independent pixels of this widget; empty without a picture."""
        frame = self._picture.frame
        return QRect() if frame is None else fitted(QSize(*frame.shown_size), self.rect())

    # How it looks

    def set_person(self, name: str, *, camera_on: bool) -> None:
        """Tell screen readers whose picture this is; `name` is a clean display name."""
        self.setAccessibleName(f"Video from {name}, camera {'on' if camera_on else 'off'}")

    def set_colours(self, backdrop: QColor, surface: QColor) -> None:
        """Set the letterbox colour and the colour around the rounded corners."""
        if (backdrop, surface) != (self._backdrop, self._surface):
            self._backdrop, self._surface = backdrop, surface
            self.repaint_soon()

    def set_radius(self, radius: int) -> None:
        """Set the corner radius in device-independent pixels."""
        if radius != self._radius:
            self._radius = radius
            self.repaint_soon()

    def set_edge(self, colour: QColor | None, width: int = 3) -> None:
        """Draw a frame of `width` pixels inside the edge, or none: it says who is speaking."""
        if (colour, width) != (self._edge, self._edge_width):
            self._edge, self._edge_width = colour, width
            self.repaint_soon()

    def set_grey(self, grey: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Show the picture faintly and without colour: it is not the present any more."""
        if grey != self._grey:
            self._grey = grey
            self.repaint_soon()

    @property
    def is_grey(self) -> bool:
        """Whether the picture is shown as one of the past."""
        return self._grey

    # Painting

    def repaint_soon(self) -> None:
        """Ask Qt for a repaint, because what is to be seen has changed."""
        self._kept = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the tile; the newest frame is taken if there was a wake-up.

        A tile over another one is repainted with every picture of that one, so it keeps what it has painted.
        """
        started_s = time.monotonic()
        self._picture.take_newest()
        if self._opaque:
            with QPainter(self) as painter:
                self.paint_tile(painter)
        else:
            with QPainter(self) as painter:
                painter.drawPixmap(0, 0, self._kept_or_painted())
        frame = self._picture.frame
        if self._picture.is_unpainted and frame is not None:
            self._picture.is_unpainted = False
            self._note_painted(frame, started_s)

    def paint_tile(self, painter: QPainter) -> None:
        """Paint everything of the tile: backdrop, picture, corners, edge."""
        place, frame = self.picture_rect(), self._picture.frame
        for bar in _bars(self.rect(), place):
            painter.fillRect(bar, self._backdrop)
        if frame is not None:
            self._paint_picture(painter, frame, place)
        if self._opaque:
            self._paint_edge(painter)
            self._paint_corners(painter)
        else:
            self._rounded.paint(painter, self.size(), self._radius, self._edge, self._edge_width)

    def _kept_or_painted(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._kept is None or self._kept.deviceIndependentSize().toSize() != self.size():
            kept = QPixmap(self.size() * ratio)
            kept.setDevicePixelRatio(ratio)
            kept.fill(Qt.GlobalColor.transparent)
            with QPainter(kept) as painter:
                self.paint_tile(painter)
            self._kept = kept
        return self._kept

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give smooth scaling another chance: the new size may afford it."""
        super().resizeEvent(event)
        self._smooth = True
        self._slow_paints = 0

    def _paint_picture(self, painter: QPainter, frame: Frame, target: QRect) -> None:
        image = self._picture.image
        if self._grey:
            painter.fillRect(target, self._backdrop)
            image = self._picture.grey_image
        painter.save()
        if frame.rotation:
            image = self._turned(image, frame.rotation, target.size() * self.devicePixelRatioF())
        painter.setOpacity(GREY_OPACITY if self._grey else 1.0)
        is_scaled = image.size() != target.size()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth and is_scaled)
        painter.drawImage(target, image)
        painter.restore()

    def _turned(self, image: QImage, rotation: int, size: QSize) -> QImage:
        """Return the picture upright in `size` pixels: scaled first and turned then, the cheaper order by far."""
        lying = size.transposed() if rotation in _QUARTER_TURNS else size
        scaled = QImage(lying, image.format())
        with QPainter(scaled) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
            painter.drawImage(scaled.rect(), image)
        return scaled.transformed(QTransform().rotate(rotation))

    def _paint_edge(self, painter: QPainter) -> None:
        if self._edge is None:
            return
        half = self._edge_width / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._edge, self._edge_width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(half, half, -half, -half), self._radius - half, self._radius - half
        )

    def _paint_corners(self, painter: QPainter) -> None:
        if self._radius <= 0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = float(self._radius)
        width, height = float(self.width()), float(self.height())
        path = QPainterPath()
        for x, y, start in ((0.0, 0.0, 90), (width, 0.0, 0), (width, height, 270), (0.0, height, 180)):
            circle = QRectF(x - (2 * size if x else 0), y - (2 * size if y else 0), 2 * size, 2 * size)
            path.moveTo(x, y)
            path.arcTo(circle, start, 90)
            path.closeSubpath()
        painter.fillPath(path, self._surface)

    def _note_painted(self, frame: Frame, started_s: float) -> None:
        now_s = time.monotonic()
        self._frames_painted += 1
        self._last_painted = PaintedPicture(self._frames_painted, frame.width, frame.height, frame.rotation, now_s)
        if self._smooth:
            self._slow_paints = self._slow_paints + 1 if now_s - started_s > _SMOOTH_BUDGET_S else 0
            # A PC that is too slow for smooth scaling shows a rougher picture rather than a late one.
            self._smooth = self._slow_paints < _SMOOTH_TRIES


def fitted(content: QSize, room: QRect) -> QRect:
    """Return the largest rectangle of `content`'s shape, centred in `room`: letterboxed, never cropped."""
    size = content.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRect(
        room.x() + (room.width() - size.width()) // 2,
        room.y() + (room.height() - size.height()) // 2,
        size.width(),
        size.height(),
    )


def _bars(room: QRect, picture: QRect) -> tuple[QRect, ...]:
    """Return what of `room` is not covered by the picture, which is centred in it: two bars, or everything."""
    if picture.isEmpty():
        return (room,)
    if picture.width() < room.width():
        right = picture.x() + picture.width()
        return (
            QRect(room.x(), room.y(), picture.x() - room.x(), room.height()),
            QRect(right, room.y(), room.x() + room.width() - right, room.height()),
        )
    bottom = picture.y() + picture.height()
    return (
        QRect(room.x(), room.y(), room.width(), picture.y() - room.y()),
        QRect(room.x(), bottom, room.width(), room.y() + room.height() - bottom),
    )
