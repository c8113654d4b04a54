"""TalkDesk: keys that are held to talk or to be silent, and the voice that speaks into a closed microphone."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice

from desktop.core.call import CallPhase, CallState, OwnDevice
from desktop.core.cues import TALK_CUE, TALK_OVER_CUE, Cue
from desktop.core.devices import DevicesState
from desktop.media.voice_watch import VoiceWatch
from desktop.ui.talk_keys import TalkKeys

_USABLE = frozenset({OwnDevice.ON, OwnDevice.OFF})


class TalkDesk(QObject):
    """In the GUI thread. `mute_wished(True)` asks to mute; `spoke_muted` says that somebody talks while muted.

    A key changes only what it finds: held while muted it opens the microphone until it is let go, held while heard
    it does nothing; the key for silence is its mirror image.
    """

    mute_wished = Signal(bool)
    spoke_muted = Signal()

    def __init__(
        self,
        keys: TalkKeys,
        voice: VoiceWatch,
        find: Callable[[str], QAudioDevice],
        play: Callable[[Cue], None],
        parent: QObject | None = None,
    ) -> None:
        """Begin outside of a call.

        `find` returns the microphone of a name; `play` gets the tones at the beginning and the end of talking.
        """
        super().__init__(parent)
        self._keys = keys
        self._voice = voice
        self._find = find
        self._play = play
        self._devices = DevicesState()
        self._microphone = OwnDevice.MISSING
        self._is_live = False
        self._opened_by_key = False
        self._closed_by_key = False
        self._listens_to = ""
        keys.talk_changed.connect(self._talk_key)
        keys.mute_changed.connect(self._mute_key)
        voice.voice_heard.connect(self._voice_heard)

    @Slot(object)
    def devices_changed(self, devices: DevicesState) -> None:
        """Take the keys as they were learnt, and the microphone in use."""
        if (devices.talk_key, devices.mute_key) != (self._devices.talk_key, self._devices.mute_key):
            self._keys.set_keys(devices.talk_key, devices.mute_key)
        self._devices = devices
        self._listen()

    @Slot(object)
    def call_changed(self, state: CallState) -> None:
        """Obey keys while a call has a microphone, and listen while it is closed."""
        is_open = state.kind.has_video and state.phase not in {CallPhase.ENDED, CallPhase.ENDING}
        self._microphone = state.microphone if is_open else OwnDevice.MISSING
        self._is_live = is_open and state.phase is CallPhase.LIVE and state.customer.in_room
        self._keys.set_active(self._microphone in _USABLE)
        self._listen()

    @Slot()
    def leave(self) -> None:
        """Let go of keys and microphone: no call is on screen any more."""
        self._microphone, self._is_live = OwnDevice.MISSING, False
        self._keys.set_active(False)
        self._listen()

    @Slot(bool)
    def _talk_key(self, down: bool) -> None:  # noqa: FBT001 - a slot's one argument
        if down and self._microphone is OwnDevice.OFF:
            self._opened_by_key = True
            self.mute_wished.emit(False)
            self._play(TALK_CUE)
        elif not down and self._opened_by_key:
            self._opened_by_key = False
            self.mute_wished.emit(True)
            self._play(TALK_OVER_CUE)
        self._listen()

    @Slot(bool)
    def _mute_key(self, down: bool) -> None:  # noqa: FBT001 - a slot's one argument
        if down and self._microphone is OwnDevice.ON:
            self._closed_by_key = True
            self.mute_wished.emit(True)
        elif not down and self._closed_by_key:
            self._closed_by_key = False
            self.mute_wished.emit(False)

    @Slot()
    def _voice_heard(self) -> None:
        if self._listens_to:
            self.spoke_muted.emit()

    def _listen(self) -> None:
        """Hold the microphone while it is muted in a running call by choice, and not for the moment of a key."""
        is_wanted = (
            self._is_live and self._microphone is OwnDevice.OFF and not self._opened_by_key and not self._closed_by_key
        )
        name = self._devices.microphone.used if is_wanted else ""
        if name == self._listens_to:
            return
        self._listens_to = name
        self._voice.listen(self._find(name) if name else None)
