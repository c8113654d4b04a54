"""Where every picture of the stage lies, and how much of it is worth fetching: plain geometry, no widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPoint, QRect, QSize

from desktop.core.call import PictureLayer, VideoKey
from desktop.core.corner import Corner

LOW_BELOW_PX = 240
MEDIUM_BELOW_PX = 480
_OVERLAID = 2
"""So many small pictures may lie on the large one; more get a strip beside it and cover nothing."""
_SHAPE = QSize(16, 9)
_WORTH_MOVING = 1.35
"""So many times larger must the large picture become before a strip that stands moves to another side."""


@dataclass(frozen=True, slots=True)
class StageSizes:
    """The lengths of a look, in device-independent pixels: `least` is the smallest small picture."""

    small: QSize
    least: QSize
    margin: int
    gap: int


class Strip(Enum):
    """On which side of the large picture the small ones stand."""

    BELOW = "below"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class StagePlan:
    """Where the pictures lie. `small` is in order of place, the last one in the corner.

    `strip`: the small pictures lie beside the large one, and the corner is the lower right one. `hidden` are those for
    which there is no room.
    """

    main: VideoKey | None
    main_rect: QRect
    small: tuple[tuple[VideoKey, QRect], ...] = ()
    hidden: tuple[VideoKey, ...] = ()
    strip: Strip | None = None
    corner: Corner = Corner.LOWER_RIGHT

    @property
    def can_move(self) -> bool:
        """Whether the small pictures may lie in any corner."""
        return self.strip is None

    def layers(self, scale: float = 1.0) -> Mapping[VideoKey, PictureLayer]:
        """Return how much of each picture is wanted; `scale` is the screen's pixels for each of ours."""
        wanted = dict.fromkeys(self.hidden, PictureLayer.OFF)
        wanted |= {key: layer_for(rect.height() * scale) for key, rect in self.small}
        if self.main is not None:
            wanted[self.main] = layer_for(self.main_rect.height() * scale)
        return wanted


def layer_for(height_px: float) -> PictureLayer:
    """Return which layer a tile of this height can show."""
    if height_px < LOW_BELOW_PX:
        return PictureLayer.LOW
    return PictureLayer.MEDIUM if height_px < MEDIUM_BELOW_PX else PictureLayer.HIGH


def plan_stage(
    main: VideoKey | None,
    small: Sequence[VideoKey],
    stage: QSize,
    sizes: StageSizes,
    before: Strip | None = None,
    corner: Corner = Corner.LOWER_RIGHT,
) -> StagePlan:
    """Lay out one large picture and the small ones; the last of `small` always has its place, in `corner` if it can.

    A strip that stood `before` stays on its side unless another one is much better: a band that comes and goes must
    not move everybody.
    """
    if len(small) <= _OVERLAID:
        return StagePlan(main, QRect(QPoint(0, 0), stage), _overlaid(small, stage, sizes, corner), corner=corner)
    plans = (_with_row(main, small, stage, sizes), _with_column(main, small, stage, sizes))

    def worth(plan: StagePlan) -> tuple[int, float]:
        bonus = _WORTH_MOVING if plan.strip is before else 1.0
        return len(plan.small), _area(plan.main_rect.size()) * bonus

    return max(plans, key=worth)


def _overlaid(
    small: Sequence[VideoKey], stage: QSize, sizes: StageSizes, corner: Corner
) -> tuple[tuple[VideoKey, QRect], ...]:
    count = max(1, len(small))
    size = _shrunk(sizes.small, (stage.width() - 2 * sizes.margin - sizes.gap * (count - 1)) // count)
    top = sizes.margin if corner.is_upper else stage.height() - sizes.margin - size.height()
    first = sizes.margin if corner.is_left else stage.width() - sizes.margin - size.width()
    step = (size.width() + sizes.gap) * (1 if corner.is_left else -1)
    inwards = [QRect(QPoint(first + step * place, top), size) for place in range(len(small))]
    return tuple(zip(small, inwards[::-1], strict=True))


def _with_row(main: VideoKey | None, small: Sequence[VideoKey], stage: QSize, sizes: StageSizes) -> StagePlan:
    fitting, hidden = _split(small, _count(stage.width(), sizes.least.width(), sizes.gap))
    size = _shrunk(sizes.small, (stage.width() - sizes.gap * (len(fitting) - 1)) // len(fitting))
    top, step = stage.height() - size.height(), size.width() + sizes.gap
    first = stage.width() - step * len(fitting) + sizes.gap
    placed = tuple((key, QRect(QPoint(first + step * at, top), size)) for at, key in enumerate(fitting))
    return StagePlan(main, QRect(0, 0, stage.width(), top - sizes.gap), placed, hidden, Strip.BELOW)


def _with_column(main: VideoKey | None, small: Sequence[VideoKey], stage: QSize, sizes: StageSizes) -> StagePlan:
    fitting, hidden = _split(small, _count(stage.height(), sizes.least.height(), sizes.gap))
    height = (stage.height() - sizes.gap * (len(fitting) - 1)) // len(fitting)
    size = _shrunk(sizes.small, height * sizes.small.width() // sizes.small.height())
    left, step = stage.width() - size.width(), size.height() + sizes.gap
    first = stage.height() - step * len(fitting) + sizes.gap
    placed = tuple((key, QRect(QPoint(left, first + step * at), size)) for at, key in enumerate(fitting))
    return StagePlan(main, QRect(0, 0, left - sizes.gap, stage.height()), placed, hidden, Strip.BESIDE)


def _count(room: int, least: int, gap: int) -> int:
    return max(1, (room + gap) // (least + gap))


def _split(small: Sequence[VideoKey], count: int) -> tuple[Sequence[VideoKey], tuple[VideoKey, ...]]:
    """Return who has a place and who has none: the last one is one's own, or stands in for it, and stays."""
    if len(small) <= count:
        return small, ()
    return (*small[: count - 1], small[-1]), tuple(small[count - 1 : -1])


def _shrunk(size: QSize, width: int) -> QSize:
    return size if width >= size.width() else QSize(width, width * size.height() // size.width())


def _area(room: QSize) -> int:
    """Return how many pixels a usual picture has in a room."""
    width = min(room.width(), room.height() * _SHAPE.width() // _SHAPE.height())
    return width * width
