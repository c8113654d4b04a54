"""How a button looks, painted the same in widgets and in list delegates: ground, frame, icon, word, badge."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from desktop.ui.icons import paint_icon
from desktop.ui.text_block import paint_text
from desktop.ui.theme import Theme, theme

KINDS = ("plain", "accent", "danger", "outline", "quiet")
_BOLD_KINDS = ("accent", "danger")


@dataclass(frozen=True, slots=True)
class ButtonFace:
    """Everything that decides how a button is painted. `kind` is one of KINDS; `mark` frames it as `on` or `warn`."""

    text: str = ""
    icon: str = ""
    kind: str = "plain"
    mark: str = ""
    enabled: bool = True
    hovered: bool = False
    pressed: bool = False
    stacked: bool = False
    strong: bool = False

    @property
    def font(self) -> QFont:
        """The font of the word."""
        strong = self.strong or self.kind in _BOLD_KINDS
        return theme().font("label", tabular=True, weight=600 if strong else None)

    @property
    def colors(self) -> tuple[QColor | None, QColor]:
        """The ground (None: see-through) and the ink."""
        look = theme()
        if not self.enabled:
            return look.color("disabled"), look.color("disabled-text")
        if self.mark == "on":
            return look.color("accent-soft"), look.color("accent-soft-text")
        if self.mark == "warn":
            return look.color("warning-soft"), look.color("warning-soft-text")
        if self.kind in _BOLD_KINDS:
            return look.color(self._step(self.kind)), look.color(f"{self.kind}-text")
        if self.kind in {"quiet", "outline"} and not self.pressed and not self.hovered:
            return None, look.color("text")
        return look.color(self._step("control")), look.color("text")

    def _step(self, role: str) -> str:
        if self.pressed and role != "danger":
            return f"{role}-pressed"
        return f"{role}-hover" if self.hovered or self.pressed else role

    def frame(self, look: Theme) -> QPen | None:
        """Return the frame line: marked buttons 2 px, outline 1 px."""
        if not self.enabled:
            return None
        if self.mark:
            role = "accent" if self.mark == "on" else ("warning" if look.name == "bay" else "warning-fg")
            return QPen(look.color(role), look.border("field"))
        return QPen(look.color("border-strong"), look.border("hairline")) if self.kind == "outline" else None

    def content_width(self) -> int:
        """How wide icon and word are together, in pixels."""
        word = QFontMetricsF(self.font).horizontalAdvance(self.text) if self.text else 0.0
        icon = theme().size("icon") if self.icon else 0
        if self.stacked:
            return round(max(word, icon) + 0.5)
        return round(word + icon + (icon_gap() if word and icon else 0) + 0.5)


def icon_gap() -> int:
    """Return the space between icon and word, in pixels."""
    return theme().pick(kiosk=10, desktop=8)


def paint_button(painter: QPainter, rect: QRectF, face: ButtonFace) -> None:
    """Paint a button into `rect`."""
    look = theme()
    ground, ink = face.colors
    radius = look.radius("control")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if ground is not None:
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, radius, radius)
    frame = face.frame(look)
    if frame is not None:
        inset = frame.widthF() / 2
        painter.setPen(frame)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)
    _paint_content(painter, rect, face, ink)


def _paint_content(painter: QPainter, rect: QRectF, face: ButtonFace, ink: QColor) -> None:
    look = theme()
    icon_px = look.size("icon") if face.icon else 0
    if face.stacked and face.icon and face.text:
        line = look.line_height("label")
        top = rect.center().y() - (icon_px + line + 1) / 2
        paint_icon(painter, QRectF(rect.center().x() - icon_px / 2, top, icon_px, icon_px), face.icon, ink)
        word = QRectF(rect.left() + 4, top + icon_px + 1, rect.width() - 8, line)
        paint_text(painter, word, face.text, face.font, ink, Qt.AlignmentFlag.AlignHCenter)
        return
    width = min(face.content_width(), rect.width() - 8)
    left = rect.center().x() - width / 2
    if face.icon:
        paint_icon(painter, QRectF(left, rect.center().y() - icon_px / 2, icon_px, icon_px), face.icon, ink)
        left += icon_px + (icon_gap() if face.text else 0)
    if face.text:
        right = rect.center().x() + width / 2
        word = QRectF(left, rect.top(), right - left + 2, rect.height())
        paint_text(painter, word, face.text, face.font, ink)


def paint_badge(painter: QPainter, corner: QPointF, count: int, ground: QColor) -> None:
    """Paint a count in an accent pill whose top right corner is at `corner`; `ground` is the colour it stands on."""
    look = theme()
    height = look.pick(kiosk=26, desktop=20)
    font = look.font("label", weight=700, px=look.pick(kiosk=18, desktop=12), tabular=True)
    text = str(count) if count < 100 else "99+"  # noqa: PLR2004 - two digits fit
    width = max(height, QFontMetricsF(font).horizontalAdvance(text) + 12)
    pill = QRectF(corner.x() - width, corner.y(), width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ground, 3))
    painter.setBrush(look.color("accent"))
    painter.drawRoundedRect(pill, height / 2, height / 2)
    paint_text(painter, pill, text, font, look.color("accent-text"), Qt.AlignmentFlag.AlignHCenter)
