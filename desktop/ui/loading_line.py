"""The loading line: three accent pixels under the header while an answer takes longer than a blink."""

from PySide6.QtCore import QRectF, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.theme import theme

_HEIGHT = 3
_SHOWN_AFTER_MS = 300
_SHARE = 0.3


class LoadingLine(QWidget):
    """Three pixels over the page, painted after 300 ms of `set_busy(True)`; the page says where by `lay`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loadingLine")
        self.setAccessibleName("Working")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._later = QTimer(self, singleShot=True, interval=_SHOWN_AFTER_MS)
        self._later.timeout.connect(self._start)
        self._move = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._move.setLoopCount(-1)
        self._move.valueChanged.connect(self._step)
        self._running = False

    @property
    def is_running(self) -> bool:
        """Whether the line is to be seen."""
        return self._running

    def lay(self, top: int, width: int) -> None:
        """Lie across the page at `top`, above everything."""
        self.setGeometry(0, top, width, _HEIGHT)
        self.raise_()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as Qt's own setters
        """Start to wait, or stop."""
        if not busy:
            self._later.stop()
            self._move.stop()
            self._running = False
            self.update()
        elif not self._running and not self._later.isActive():
            self._later.start()

    def _start(self) -> None:
        self._running = True
        if theme().ms("pulse"):
            self._move.setDuration(theme().ms("pulse"))
            self._move.start()
        self.update()

    def _step(self) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the moving part, or the whole line where motion is reduced."""
        if not self._running:
            return
        painter = QPainter(self)
        if self._move.state() is not QVariantAnimation.State.Running:
            painter.fillRect(self.rect(), theme().color("accent"))
            return
        width = self.width() * _SHARE
        left = float(self._move.currentValue()) * (self.width() + width) - width
        painter.fillRect(QRectF(left, 0, width, _HEIGHT), theme().color("accent"))
