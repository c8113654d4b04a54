"""What the stage shows instead of a picture: a large avatar, a headline, a sentence and chips."""

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.people import Person
from desktop.ui.avatar import paint_avatar
from desktop.ui.call.words import ChipFact
from desktop.ui.chip import Chip
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme

_INNER_RING_ALPHA = 0.55
_OUTER_RING_ALPHA = 0.28


class RingedAvatar(QWidget):
    """A large avatar; with `set_waiting` two rings around it, which breathe slowly unless motion is reduced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._person: Person | None = None
        self._is_waiting = False
        self._pulse = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._pulse.setLoopCount(-1)
        self._pulse.valueChanged.connect(self._beat)
        appearance().changed.connect(self.updateGeometry)

    def show_person(self, person: Person, *, is_waiting: bool) -> None:
        """Show somebody, with rings while they are waited for."""
        if (person, is_waiting) != (self._person, self._is_waiting):
            self._person = person
            self._is_waiting = is_waiting
            self.setAccessibleName(person.display_name)
            self.update()
        self._run()

    def sizeHint(self) -> QSize:
        """Return the room for avatar and rings."""
        px = theme().pick(kiosk=224, desktop=152)
        return QSize(px, px)

    def showEvent(self, event: QShowEvent) -> None:
        """Breathe only while seen."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while hidden."""
        super().hideEvent(event)
        self._pulse.stop()

    def _run(self) -> None:
        duration = theme().ms("pulse")
        wanted = self._is_waiting and duration > 0 and self.isVisible()
        if wanted is (self._pulse.state() is QVariantAnimation.State.Running):
            return
        if wanted:
            self._pulse.setDuration(duration)
            self._pulse.start()
        else:
            self._pulse.stop()
            self.update()

    def _beat(self) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint rings and avatar."""
        if self._person is None:
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        full = QRectF(self.rect())
        inner = look.pick(kiosk=24, desktop=24)
        if self._is_waiting:
            phase = abs(2 * float(self._pulse.currentValue() or 0.0) - 1)
            if self._pulse.state() is not QVariantAnimation.State.Running:
                phase = 1.0
            rings = ((8, _INNER_RING_ALPHA, 3.0), (1, _OUTER_RING_ALPHA * phase, 2.0))
            for inset, alpha, width in rings:
                color = look.color(f"role-{self._person.role.value}")
                color.setAlphaF(alpha)
                painter.setPen(QPen(color, width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(full.adjusted(inset, inset, -inset, -inset))
        area = full.adjusted(inner, inner, -inner, -inner)
        paint_avatar(painter, area, self._person.initials, self._person.role)


class PersonNotice(QWidget):
    """Avatar, headline, sentence and chips, centred on the stage."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stageNotice")
        self._avatar = RingedAvatar(self)
        centred = Qt.AlignmentFlag.AlignHCenter
        self._headline = PlainLabel(style="headline", align=centred, wrap=True, max_lines=2, parent=self)
        self._headline.setObjectName("stageHeadline")
        self._text = PlainLabel(role="text-muted", wrap=True, align=centred, parent=self)
        self._text.setObjectName("stageText")
        self._chips = [Chip(name=f"stageChip{number}", parent=self) for number in (1, 2)]
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._column.addWidget(self._avatar, 0, centred)
        self._column.addSpacing(theme().pick(kiosk=30, desktop=18))
        self._column.addWidget(self._headline, 0)
        self._column.addSpacing(theme().pick(kiosk=24, desktop=16))
        self._column.addWidget(self._text, 0)
        self._column.addSpacing(theme().pick(kiosk=24, desktop=16))
        row = QHBoxLayout()
        row.setSpacing(theme().space("x3"))
        row.addStretch(1)
        for chip in self._chips:
            row.addWidget(chip)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addStretch(1)

    def show_notice(
        self, person: Person, headline: str, text: str, chips: tuple[ChipFact, ...] = (), *, is_waiting: bool = False
    ) -> None:
        """Show other words; all texts are clean."""
        self._avatar.show_person(person, is_waiting=is_waiting)
        self._headline.set_text(headline)
        self._text.set_text(text)
        self._text.setVisible(bool(text))
        for chip, fact in zip(self._chips, (*chips, None, None), strict=False):
            chip.setVisible(fact is not None)
            if fact is not None and fact.text != chip.text():
                chip.set_fact(fact.text, fact.icon, fact.level)

    def fit(self, width: int, room_right: int) -> None:
        """Keep the words to a readable width and clear of what stands at the right."""
        wanted = theme().pick(kiosk=700, desktop=480)
        side = max(24, (width - wanted) // 2)
        self._column.setContentsMargins(side, 8, max(side, min(side, room_right)), 8)
