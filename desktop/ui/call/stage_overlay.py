"""The small parts that lie on the large picture: plates, the preview of a message, and buttons, each in its place."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from desktop.ui.call.layout import StagePlan
from desktop.ui.call.message_preview import MessagePreview
from desktop.ui.call.plates import OverlayButton, Plate
from desktop.ui.theme import theme

_LEAST_PLATE_PX = 80
_LEAST_PREVIEW_PX = 120


class StageOverlay:
    """Parts of a stage; the stage says what they show, and `place` where they lie. GUI thread only."""

    def __init__(self, stage: QWidget) -> None:
        self.name = Plate("remotePlate", stage)
        self.photo = Plate("photoPlate", stage)
        self.more = Plate("morePeople", stage)
        self.preview = MessagePreview(stage)
        self.swap = OverlayButton("arrow-left-right", name="swapPictures", label="Swap pictures", parent=stage)
        self.hide = OverlayButton("eye-off", name="hideOwnPicture", label="Hide my picture", parent=stage)
        self.unhide = OverlayButton(
            "eye", name="showOwnPicture", label="Show my picture", text="Show my picture", parent=stage
        )
        self.normal = OverlayButton(
            "minimize", name="normalView", label="Normal view", text="Normal view", parent=stage
        )
        for part in (self.photo, self.more, self.normal):
            part.hide()

    def show_photo(self, words: str) -> None:
        """Say when a picture that stands still was taken; nothing with empty words."""
        self.photo.show_words(words, "image")
        self.photo.setVisible(bool(words))

    def show_buttons(self, *, shows_own: bool, is_own_hidden: bool) -> None:
        """Offer what can be done with one's own picture now."""
        self.hide.setVisible(not is_own_hidden)
        self.swap.setVisible(shows_own and not is_own_hidden)
        self.unhide.setVisible(is_own_hidden)

    def place(self, plan: StagePlan, corner: QRect) -> None:
        """Lie on the large picture of a plan; `corner` is the small picture in the lower right corner."""
        area = plan.main_rect
        margin, gap = theme().pick(kiosk=16, desktop=10), theme().size("gap")
        right, bottom = area.x() + area.width() - margin, area.y() + area.height() - margin
        is_overlaid = plan.strip is None
        side, above = (corner.right() + 1, corner.top() - gap) if is_overlaid else (right, bottom)
        self.hide.move(side - self.hide.width(), above - self.hide.height())
        self.swap.move(self.hide.x() - gap - self.swap.width(), self.hide.y())
        self.unhide.move(right - self.unhide.width(), bottom - self.unhide.height())
        self.normal.move(right - self.normal.width(), margin)
        taken = [rect.left() for _key, rect in plan.small] if is_overlaid else [self.swap.x()]
        room = min(taken, default=area.right()) - 2 * margin
        self._place_plates(area, margin, room)
        self.preview.set_max_width(max(_LEAST_PREVIEW_PX, room))
        self.place_preview()

    def place_preview(self) -> None:
        """Put the first words of a new message above the plates."""
        self.preview.move(self.name.x(), self.name.y() - theme().size("gap") - self.preview.height())

    def _place_plates(self, area: QRect, margin: int, room: int) -> None:
        gap, left = theme().size("gap"), area.x() + margin
        beside = [plate for plate in (self.photo, self.more) if not plate.isHidden()]
        rest = sum(plate.width() + gap for plate in beside)
        self.name.set_max_width(max(_LEAST_PLATE_PX, room - rest))
        for plate in (self.name, *beside):
            plate.move(left, area.y() + area.height() - margin - plate.height())
            left += plate.width() + gap
