"""TalkKeys: keys that are held to be heard or to be silent, wherever in the window the focus is."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_KEY_EVENTS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})
_SCAN = "scan:"
_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R,
    }
)  # fmt: skip
_TAKEN = frozenset(
    {
        Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space,
        Qt.Key.Key_F6, Qt.Key.Key_F11,
    }
)  # fmt: skip
DEFAULT_TALK_KEY = "T"


def program() -> QApplication:
    """Return the running program; raises TypeError without one, for keys belong to a program with widgets."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("there is no program with widgets")
    return app


def key_text(event: QKeyEvent) -> str:
    """Return the lasting name of a key: Qt's portable name, or the scan code of a foot switch that Qt cannot name.

    "" for what cannot be held to talk: modifiers alone, and keys that the window itself lives by.
    """
    key = Qt.Key(event.key())
    if key in _MODIFIERS or key in _TAKEN:
        return ""
    if key not in {Qt.Key.Key_unknown, Qt.Key(0)}:
        return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    return f"{_SCAN}{event.nativeScanCode()}" if event.nativeScanCode() else ""


def spoken_key(text: str) -> str:
    """Return a key's name for people; a foot switch without one is called by its number."""
    return f"Switch {text.removeprefix(_SCAN)}" if text.startswith(_SCAN) else text


class TalkKeys(QObject):
    """Watches the whole program's keys while `is_active`; made in the GUI thread.

    `talk_changed(True)` when a talk key goes down, `(False)` when it comes up - also when the window loses the
    keyboard meanwhile: a key let go elsewhere must not leave a microphone open. `mute_changed` is the same for the key
    that is held to be silent. A key that writes text writes while a text field has the focus.
    """

    talk_changed = Signal(bool)
    mute_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin to watch, inactive."""
        super().__init__(parent)
        self._is_active = False
        self._keys: dict[str, str] = {}
        self._held: dict[str, str] = {}
        self.set_keys("", "")
        program().installEventFilter(self)

    @property
    def is_active(self) -> bool:
        """Whether keys are obeyed now."""
        return self._is_active

    def set_active(self, active: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Obey the keys, or let go of them."""
        self._is_active = active
        if not active:
            self._let_go()

    def set_keys(self, talk: str, mute: str) -> None:
        """Obey these keys; the letter T is always one to talk, unless it was learnt for silence."""
        self._let_go()
        self._keys = {DEFAULT_TALK_KEY: "talk"}
        for text, act in ((talk, "talk"), (mute, "mute")):
            if text:
                self._keys[text] = act

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See keys before anybody else does."""
        kind = event.type()
        if kind in {QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate}:
            self._let_go()
        elif self._is_active and kind in _KEY_EVENTS and isinstance(event, QKeyEvent):
            return self._take(watched, event)
        return False

    def _take(self, watched: QObject, event: QKeyEvent) -> bool:
        text = key_text(event)
        if event.type() is QEvent.Type.KeyRelease:
            return text in self._held and (event.isAutoRepeat() or self._release(text))
        if text not in self._keys or _has_modifiers(event) or self._writes(watched, event):
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            # Accepted, so that a shortcut on the same key does not act as well: the key itself comes next.
            event.accept()
            return True
        if not event.isAutoRepeat() and text not in self._held:
            self._held[text] = self._keys[text]
            self._tell(self._keys[text], is_down=True)
        return True

    def _release(self, text: str) -> bool:
        act = self._held.pop(text)
        if act not in self._held.values():
            self._tell(act, is_down=False)
        return True

    def _let_go(self) -> None:
        for text in tuple(self._held):
            self._release(text)

    def _tell(self, act: str, *, is_down: bool) -> None:
        (self.talk_changed if act == "talk" else self.mute_changed).emit(is_down)

    def _writes(self, watched: QObject, event: QKeyEvent) -> bool:
        """Whether this key is somebody's text."""
        focus = watched if isinstance(watched, QWidget) else QApplication.focusWidget()
        is_field = isinstance(focus, QLineEdit | QPlainTextEdit | QTextEdit) and not focus.isReadOnly()
        return is_field and event.text().isprintable() and bool(event.text())


def _has_modifiers(event: QKeyEvent) -> bool:
    """Whether this is a combination such as Ctrl+T; a number pad's key has a modifier of its own."""
    return bool(event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier))
