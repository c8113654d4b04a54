"""The countdown page: asks whoever stands there whether they are there, before a mechanic is signed out."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QGuiApplication, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.clock import waiting_words
from desktop.core.idle import COUNTDOWN_S, IdleState
from desktop.ui.buttons import Button
from desktop.ui.countdown_ring import CountdownRing
from desktop.ui.plain_label import PlainLabel
from desktop.ui.regions import mark_region
from desktop.ui.text_block import shortened
from desktop.ui.theme import appearance, set_surface, theme
from desktop.ui.tokens import ThemeName

_FIRST_NAME_LENGTH = 20
_MIDDLE = Qt.AlignmentFlag.AlignHCenter
_SAVED = "Your notes and drafts are saved."
_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})
_PRESSES = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick})
_MOVING = frozenset(
    {
        Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
    }
)  # fmt: skip
"""Keys that lead to the other button."""
_CHOOSING = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select})


class IdlePage(QWidget):
    """Draws an `IdleState`; GUI thread only. Every touch and key but those for [Sign out now] means "I am here".

    It stays until the finger is lifted and a moment longer: what lies below gets neither the end of that touch nor
    the second tap of an impatient one.
    """

    pressed = Signal()
    """A touch or key has begun: somebody is there."""
    stay_requested = Signal()
    """It is over, and the page may go."""
    sign_out_requested = Signal()
    """Sign out now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("idlePage")
        self._struck: int | None = None
        self._ring = CountdownRing(COUNTDOWN_S, self)
        self._title = PlainLabel(style="headline", align=_MIDDLE, parent=self)
        self._title.setObjectName("idleTitle")
        self._line = PlainLabel(style="title", role="text-muted", weight=400, wrap=True, align=_MIDDLE, parent=self)
        self._line.setObjectName("idleLine")
        self._foot = QWidget(self)
        self._leave = Button("Sign out now", "log-out", name="idleSignOut", primary=True, parent=self._foot)
        self._leave.clicked.connect(self.sign_out_requested)
        self._stay = Button("I am here", "check", name="idleStay", kind="accent", primary=True, parent=self._foot)
        self._stay.clicked.connect(self._end)
        self._after = QTimer(self, singleShot=True)
        self._after.timeout.connect(self.stay_requested)
        for part in (self, self._leave, self._stay):
            part.installEventFilter(self)
        self._lay_out()
        mark_region(self._foot)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self.render_state(IdleState())

    def _lay_out(self) -> None:
        self._buttons = QHBoxLayout(self._foot)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._leave)
        self._buttons.addWidget(self._stay)
        self._buttons.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._column.addWidget(self._ring, 0, _MIDDLE)
        self._below_ring = self._gap()
        self._column.addWidget(self._title)
        self._below_title = self._gap()
        self._column.addWidget(self._line)
        self._below_line = self._gap()
        self._column.addWidget(self._foot)
        self._column.addStretch(1)

    def _gap(self) -> QWidget:
        gap = QWidget(self)
        self._column.addWidget(gap)
        return gap

    def render_state(self, state: IdleState) -> None:
        """Draw a state."""
        first = shortened(state.first_name, _FIRST_NAME_LENGTH)
        left = state.seconds_left
        self._ring.show_seconds(left)
        self._title.set_text(f"Still there, {first}?" if first else "Still there?")
        when = f"You will be signed out in {waiting_words(left)}." if left else "You are being signed out."
        self._line.set_text(f"{when} {_SAVED}")
        self.setAccessibleName(f"{self._title.text()} {self._line.text()}")
        for button in (self._leave, self._stay):
            button.setEnabled(left > 0)

    def focus_entry(self) -> None:
        """Put the focus on [I am here]."""
        self._stay.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with nothing pressed, and say it to who cannot see it."""
        super().showEvent(event)
        self._struck = None
        self._after.stop()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See what happens on the page and on its buttons before they do."""
        kind = event.type()
        if kind in _KEYS and isinstance(event, QKeyEvent):
            return self._take_key(event)
        if kind in _PRESSES:
            self._begin()
        elif kind is QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            if not self._presses_leave(watched, event):
                self._end()
        elif kind is QEvent.Type.WindowDeactivate and self._struck is not None:
            # Its end goes to another window.
            self._struck = None
            self._end()
        return False

    def _presses_leave(self, watched: QObject, event: QMouseEvent) -> bool:
        is_left = event.button() is Qt.MouseButton.LeftButton
        return watched is self._leave and is_left and self._leave.rect().contains(event.position().toPoint())

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.key() in _MOVING:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            # The window's shortcuts are keys like all others here.
            event.accept()
        elif not event.isAutoRepeat() and event.type() is QEvent.Type.KeyPress:
            self._struck = event.key()
            self._begin()
        elif not event.isAutoRepeat() and self._struck == event.key():
            self._struck = None
            if self._leave.hasFocus() and event.key() in _CHOOSING:
                self._leave.click()
            else:
                self._end()
        return True

    def _begin(self) -> None:
        self._after.stop()
        self.pressed.emit()

    def _end(self) -> None:
        self._after.start(QGuiApplication.styleHints().mouseDoubleClickInterval())

    def _take_theme(self) -> None:
        look = theme()
        # In the light theme the sunken ground has the shade of the controls that stand on it.
        set_surface(self, "sunken" if look.name is ThemeName.BAY else "raised")
        self.style().polish(self)
        margin = look.size("page-margin")
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._below_ring.setFixedHeight(look.pick(kiosk=48, desktop=32))
        self._below_title.setFixedHeight(look.pick(kiosk=12, desktop=8))
        self._below_line.setFixedHeight(look.pick(kiosk=38, desktop=28))
        self._buttons.setSpacing(look.space("x4"))
        self._leave.setMinimumWidth(look.pick(kiosk=211, desktop=150))
        self._stay.setMinimumWidth(look.pick(kiosk=300, desktop=200))
