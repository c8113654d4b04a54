"""The corner that the small picture lies in, and its ways to another one: a drag, a tap, an arrow key."""

from PySide6.QtCore import QObject, QPoint, QRect, Signal
from PySide6.QtWidgets import QWidget

from desktop.core.corner import Corner, corner_at
from desktop.ui.call.layout import StagePlan
from desktop.ui.call.small_tile import SmallTile


class CornerPlace(QObject):
    """Moves one tile of a stage; GUI thread only. `chosen` carries the Corner that somebody moved it to."""

    chosen = Signal(object)

    def __init__(self, tile: SmallTile, stage: QWidget) -> None:
        super().__init__(stage)
        self._tile = tile
        self._stage = stage
        self._home = QRect()
        self._way: QPoint | None = None
        self.corner = Corner.LOWER_RIGHT
        tile.button.dragged.connect(self._drag)
        tile.button.dropped.connect(self._drop)
        tile.button.pushed.connect(self._push)

    def follow(self, plan: StagePlan) -> None:
        """Take what a plan has given the tile for its home; a drag goes on from there."""
        is_movable = plan.can_move and self._tile.isVisibleTo(self._stage)
        self._tile.button.set_movable(is_movable)
        self._home = plan.small[-1][1] if plan.small else QRect()
        if not is_movable:
            self._way = None
        elif self._way is not None:
            self._drag(self._way)

    def step(self) -> None:
        """Move on to the next corner."""
        self._choose(self.corner.following)

    def _drag(self, way: QPoint) -> None:
        self._way = way
        room = self._stage.rect()
        place = self._home.topLeft() + way
        x = max(0, min(place.x(), room.width() - self._home.width()))
        y = max(0, min(place.y(), room.height() - self._home.height()))
        self._tile.move(x, y)

    def _drop(self) -> None:
        self._way = None
        centre, middle = self._tile.geometry().center(), self._stage.rect().center()
        self._choose(corner_at(left=centre.x() < middle.x(), upper=centre.y() < middle.y()))

    def _push(self, way: QPoint) -> None:
        left = way.x() < 0 if way.x() else self.corner.is_left
        upper = way.y() < 0 if way.y() else self.corner.is_upper
        self._choose(corner_at(left=left, upper=upper))

    def _choose(self, corner: Corner) -> None:
        self.corner = corner
        self.chosen.emit(corner)
