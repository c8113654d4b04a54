"""Desks: what the GUI thread has besides pages - devices, cues, flashes, keys to talk, an ear for a muted voice."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices

from desktop.check_desk import CheckDesk
from desktop.core.board import BoardState
from desktop.core.call import CallState
from desktop.core.devices import DevicesState
from desktop.cue_desk import CueDesk
from desktop.gateways import Gateways
from desktop.idle_desk import IdleDesk
from desktop.media.cue_player import CuePlayer
from desktop.media.devices import Devices
from desktop.media.sound_check import SoundCheck, named
from desktop.media.sound_server import SoundServer
from desktop.media.voice_watch import VoiceWatch
from desktop.session_pages import SessionPages
from desktop.talk_desk import TalkDesk
from desktop.ui.edge_flash import EdgeFlash
from desktop.ui.main_window import MainWindow
from desktop.ui.talk_keys import TalkKeys
from desktop.ui.talk_keys_panel import TalkKeysPanel


class Desks(QObject):
    """Builds the desks over one window and connects them; in the GUI thread, after Qt Multimedia may be loaded."""

    def __init__(
        self,
        window: MainWindow,
        gateways: Gateways,
        pages: SessionPages,
        check: CheckDesk,
        idle: IdleDesk,
        parent: QObject,
    ) -> None:
        """Start with nobody signed in."""
        super().__init__(parent)
        self.devices = Devices(self)
        self.devices.changed.connect(gateways.devices.look)
        check.use_sound(SoundCheck(check))
        server = SoundServer()
        self._speaker = ""
        self._player = CuePlayer(self._output, server, self)
        self._voice = VoiceWatch(server, self)
        self.keys = TalkKeys(self)
        self.keys_panel = TalkKeysPanel(window)
        self.flash = EdgeFlash(window)
        self.cues = CueDesk(self._player.play, self.flash, self)
        self.talk = TalkDesk(self.keys, self._voice, _microphone, self.cues.play, self)
        self.talk.mute_wished.connect(gateways.call.set_muted)
        self.talk.spoke_muted.connect(gateways.call.voice_while_muted)
        self.keys_panel.keys_changed.connect(gateways.devices.set_keys)
        gateways.devices.state_changed.connect(self._devices_changed)
        pages.line_unseen.connect(self.cues.line_unseen)
        pages.keys_requested.connect(self.learn_keys)
        check.keys_requested.connect(self.learn_keys)
        idle.came.connect(self.keys_panel.close_panel)
        idle.cue_due.connect(self.cues.play)

    @Slot()
    def learn_keys(self) -> None:
        """Show which keys are held to talk, and let others be learnt."""
        self.keys_panel.open_panel()

    def call_changed(self, state: CallState) -> None:
        """Hear of the call on screen."""
        self.talk.call_changed(state)
        self.cues.call_changed(state)

    def board_changed(self, state: BoardState) -> None:
        """Hear of the list."""
        self.cues.board_changed(state)

    def leave(self) -> None:
        """Nobody is signed in any more: let go of keys and microphone."""
        self.talk.leave()
        self.keys_panel.close_panel()

    def close(self) -> None:
        """Release the sound devices and end their threads."""
        self.keys.set_active(False)
        self._voice.close()
        self._player.close()
        self.devices.close()

    @Slot(object)
    def _devices_changed(self, devices: DevicesState) -> None:
        self._speaker = devices.speaker.used
        self.keys_panel.show_keys(devices.talk_key, devices.mute_key)
        self.talk.devices_changed(devices)
        self.cues.devices_changed(devices)

    def _output(self) -> QAudioDevice | None:
        return named(QMediaDevices.audioOutputs(), self._speaker) if self._speaker else None


def _microphone(name: str) -> QAudioDevice:
    return named(QMediaDevices.audioInputs(), name)
