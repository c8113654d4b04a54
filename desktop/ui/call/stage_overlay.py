"""The small parts that lie on the large picture: plates, the preview of a message, and buttons, each in its place."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from desktop.core.corner import Corner
from desktop.ui.call.layout import StagePlan
from desktop.ui.call.message_preview import MessagePreview
from desktop.ui.call.plates import OverlayButton, Plate
from desktop.ui.call.seats import OWN
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

    def place(self, plan: StagePlan) -> None:
        """Lie on the large picture of a plan, and leave the small ones on it free."""
        margin, gap = theme().pick(kiosk=16, desktop=10), theme().size("gap")
        inside = plan.main_rect.adjusted(margin, margin, -margin, -margin)
        self._place_own_buttons(inside, plan, gap)
        taken = [rect for _key, rect in plan.small] if plan.can_move else []
        if not self.unhide.isHidden():
            taken.append(self.unhide.geometry())
        elif not plan.can_move:
            taken.append(self.swap.geometry())
        left = inside.left()
        right = top_right = inside.right() + 1
        match plan.corner:
            case Corner.LOWER_LEFT:
                left = max((rect.right() + 1 + gap for rect in taken), default=left)
            case Corner.LOWER_RIGHT:
                right = min((rect.left() - margin for rect in taken), default=right)
            case Corner.UPPER_RIGHT:
                top_right = min((rect.left() - gap for rect in taken), default=right)
        self.normal.move(max(inside.left(), top_right - self.normal.width()), inside.top())
        self._place_plates(left, inside.bottom() + 1, right - left)
        self.preview.set_max_width(max(_LEAST_PREVIEW_PX, right - left))
        self.place_preview()

    def place_preview(self) -> None:
        """Put the first words of a new message above the plates."""
        self.preview.move(self.name.x(), self.name.y() - theme().size("gap") - self.preview.height())

    def _place_own_buttons(self, inside: QRect, plan: StagePlan, gap: int) -> None:
        """Put the buttons of one's own picture beside it, and the way back to a hidden one into its place."""
        hide, swap, unhide = self.hide, self.swap, self.unhide
        if not plan.can_move or not plan.small:
            right, bottom = inside.right() + 1, inside.bottom() + 1
            hide.move(right - hide.width(), bottom - hide.height())
            swap.move(hide.x() - gap - swap.width(), hide.y())
            unhide.move(right - unhide.width(), bottom - unhide.height())
            return
        key, tile = plan.small[-1]
        corner = plan.corner
        beside = tile.bottom() + 1 + gap if corner.is_upper else tile.top() - gap - hide.height()
        pair = swap.width() + gap + hide.width()
        swap.move(tile.left() if corner.is_left else tile.right() + 1 - pair, beside)
        hide.move(swap.x() + swap.width() + gap, beside)
        left = tile.left() if corner.is_left else tile.right() + 1 - unhide.width()
        top = tile.top() if corner.is_upper else tile.bottom() + 1 - unhide.height()
        # Somebody else may have the place of a picture that is hidden.
        unhide.move(left, top if key == OWN else beside)

    def _place_plates(self, left: int, bottom: int, room: int) -> None:
        gap = theme().size("gap")
        beside = [plate for plate in (self.photo, self.more) if not plate.isHidden()]
        rest = sum(plate.width() + gap for plate in beside)
        self.name.set_max_width(max(_LEAST_PLATE_PX, room - rest))
        for plate in (self.name, *beside):
            plate.move(left, bottom - plate.height())
            left += plate.width() + gap
