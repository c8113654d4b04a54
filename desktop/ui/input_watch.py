"""InputWatch: notices that somebody uses the program, in whichever of its windows the input lands."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QMouseEvent

from desktop.ui.talk_keys import program

_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease})
_OTHERS = frozenset(
    {
        QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel, QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd,
        QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease, QEvent.Type.NativeGesture,
    }
)  # fmt: skip
_LOOKED_AT = _KEYS | _OTHERS | {QEvent.Type.MouseMove, QEvent.Type.InputMethod}
_ONCE_IN_S = 1.0


class InputWatch(QObject):
    """Sees every event of the program while `is_active`; made in the GUI thread.

    `noticed` is called for an input, once a second at most. Where it returns True that input goes to nobody. A key
    that something lies on, and moves that Qt makes because a widget came or went under the pointer, are no input.
    """

    def __init__(self, noticed: Callable[[], bool], clock: Callable[[], float], parent: QObject | None = None) -> None:
        """Begin inactive: then no event comes by here."""
        super().__init__(parent)
        self._noticed = noticed
        self._clock = clock
        self._last_s: float | None = None
        self._place = QPointF()
        self._is_active = False

    @property
    def is_active(self) -> bool:
        """Whether input is looked for."""
        return self._is_active

    def set_active(self, active: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Look for input, or cost nothing."""
        if active is not self._is_active:
            self._is_active = active
            self._last_s = None
            (program().installEventFilter if active else program().removeEventFilter)(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """See input before anybody else does."""
        kind = event.type()
        if kind not in _LOOKED_AT or not self._is_input(kind, event):
            return False
        now = self._clock()
        if self._last_s is not None and now - self._last_s < _ONCE_IN_S:
            return False
        self._last_s = now
        return self._noticed()

    def _is_input(self, kind: QEvent.Type, event: QEvent) -> bool:
        if isinstance(event, QInputMethodEvent):
            # Sent by an input method and not by the window system; what it sends by itself is empty.
            return bool(event.commitString() or event.preeditString())
        if not event.spontaneous():
            return False
        if kind is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            before, self._place = self._place, event.globalPosition()
            return before != self._place
        return not (isinstance(event, QKeyEvent) and event.isAutoRepeat())
