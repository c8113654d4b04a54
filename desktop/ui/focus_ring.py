"""The focus ring: one see-through widget a window that frames whatever has the focus, once the keyboard is used."""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.theme import theme


class FocusRing(QWidget):
    """Frames the focused widget of `window`: 3 px ring, 2 px gap, over everything, letting the mouse through.

    It shows only after `by_keyboard`, which the window calls when Tab, Backtab or a shortcut moves the focus, and goes
    with the next focus that a finger sets.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._target: QWidget | None = None
        self._keyboard = False
        self.hide()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._move_on)

    @property
    def target(self) -> QWidget | None:
        """The widget that is framed, if any."""
        return self._target

    def by_keyboard(self) -> None:
        """Say that the next change of focus comes from the keyboard."""
        self._keyboard = True

    def _move_on(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._target is not None:
            self._target.removeEventFilter(self)
            self._target.destroyed.disconnect(self._forget)
        keyboard, self._keyboard = self._keyboard, False
        if new is None or not keyboard or not self._window.isAncestorOf(new):
            self._target = None
            self.hide()
            return
        self._target = new
        new.installEventFilter(self)
        new.destroyed.connect(self._forget)
        self._follow()

    def _forget(self) -> None:
        self._target = None
        self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the framed widget when it moves, changes size, hides or shows."""
        if event.type() in {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}:
            self._follow()
        return False

    def _follow(self) -> None:
        if self._target is None or not self._target.isVisible():
            self.hide()
            return
        reach = theme().border("focus") + theme().border("focus-gap")
        top_left = self._target.mapTo(self._window, self._target.rect().topLeft())
        frame = QRect(top_left, self._target.size()).adjusted(-reach, -reach, reach, reach)
        self.setGeometry(frame.intersected(self._window.rect()))
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring."""
        look = theme()
        width = look.border("focus")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("focus"), width))
        radius = look.radius("control") + width
        area = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(area, radius, radius)
