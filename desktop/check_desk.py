"""CheckDesk: the page "Check and join" with everything behind it - sound, own picture, connection, devices."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop.bridge.call import CallGateway
from desktop.bridge.check import CheckGateway
from desktop.bridge.devices import DevicesGateway
from desktop.core.call import CallPhase, CallState, OwnDevice
from desktop.core.check import CheckFacts, CheckState, EchoPhase, Preview, Visit
from desktop.core.clock import ServerTime
from desktop.core.devices import DEVICES_ACTION, DevicesState
from desktop.core.hearing import Hearing, Listener
from desktop.core.join_wish import JoinWish
from desktop.core.people import SessionId
from desktop.core.restart import RestartState
from desktop.core.session import SessionRow, Vehicle
from desktop.media.camera_rights import cameras_are_refused
from desktop.ui.check.check_page import CheckPage

if TYPE_CHECKING:
    from desktop.media.sound_check import SoundCheck

_AGAIN_MS = 3000
_PREVIEWS = {
    OwnDevice.MISSING: Preview.MISSING,
    OwnDevice.TAKEN: Preview.FAILED,
    OwnDevice.REFUSED: Preview.REFUSED,
    OwnDevice.OFF: Preview.OFF,
    OwnDevice.STARTING: Preview.STARTING,
    OwnDevice.ON: Preview.ON,
}


class CheckDesk(QObject):
    """In the GUI thread. Nothing of this PC is opened unless the page is; closing it lets go of everything.

    `changed` says that the page was opened or closed; `join_requested` carries a session's id and a JoinWish.
    """

    changed = Signal()
    join_requested = Signal(str, object)
    keys_requested = Signal()

    def __init__(
        self, calls: CallGateway, devices: DevicesGateway, checks: CheckGateway, bay_name: str, parent: QObject
    ) -> None:
        """Make the page, closed; sound comes with `use_sound`."""
        super().__init__(parent)
        self._calls = calls
        self._devices = devices
        self._checks = checks
        self._sound: SoundCheck | None = None
        self._listener = Listener()
        self._empty = CheckState(bay_name=bay_name)
        self._state = self._empty
        self._session: SessionId | None = None
        self._is_camera_wished = True
        self._wish_before = JoinWish()
        self.is_open = False
        self.page = CheckPage()
        self.page.set_own_video(calls.own_video())
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self._listen)
        self._connect()

    def use_sound(self, sound: "SoundCheck") -> None:
        """Measure and play by this from now on."""
        self._sound = sound
        sound.measured.connect(self._hear)
        sound.microphone_failed.connect(self._microphone_failed)
        sound.echo_changed.connect(self._echo_changed)
        sound.tone_ended.connect(self._tone_ended)

    def _connect(self) -> None:
        page = self.page
        page.back_requested.connect(self.close_page)
        page.join_requested.connect(self._join)
        page.join_without_camera_requested.connect(self._join_without_camera)
        page.chat_only_requested.connect(self._join_for_chat)
        page.mute_requested.connect(self._set_muted)
        page.camera_requested.connect(self._set_camera)
        page.flip_requested.connect(self._devices.flip_camera)
        page.device_chosen.connect(self._devices.choose)
        page.switches_changed.connect(self._devices.set_switches)
        page.tone_requested.connect(self._play_tone)
        page.echo_requested.connect(self._start_echo)
        page.connection_test_requested.connect(self._checks.test_connection)
        page.keys_requested.connect(self.keys_requested)
        page.band_action_requested.connect(self._calls.act_on_band)
        self._calls.own_frame_ready.connect(page.own_frame_ready)
        self._devices.state_changed.connect(self._devices_changed)
        self._devices.state_changed.connect(self._checks.devices_changed)
        self._checks.facts_changed.connect(self._facts_changed)
        self._checks.level_changed.connect(self._hear)

    # ---- opening and closing ----------------------------------------------------------------------------------------

    def open_for(self, row: SessionRow | None, server_time: ServerTime | None = None) -> None:
        """Open the page before a session, or for the devices alone."""
        self._session = row.id if row is not None else None
        visit = None
        if row is not None:
            since = row.created_at if row.customer_present else None
            visit = Visit(row.customer_name, _vehicle(row.vehicle), row.concern, since, server_time)
        self._open(replace(self._blank(), visit=visit, preview=Preview.STARTING))
        self._checks.open(in_call=False, camera_on=True)
        self._listen()

    def open_in_call(self, call: CallState) -> None:
        """Open the page over a call that goes on."""
        self._session = call.session_id
        visit = Visit(call.customer.person.display_name, _vehicle(call.vehicle), call.concern)
        self._open(replace(self._blank(), visit=visit, in_call=True))
        self.call_changed(call)
        self._checks.open(in_call=True, camera_on=False)

    def open_on_way_back(self, restart: RestartState, call: CallState | None = None) -> None:
        """Open the page while a restart leads back into a call; it stays over that call once it is there."""
        if call is not None and call.phase is not CallPhase.ENDED:
            self.open_in_call(call)
            return
        wish = restart.wish
        preview = Preview.STARTING if wish.camera_on else Preview.OFF
        self._session = restart.session_id
        self._open(
            replace(self._blank(), visit=_visit(restart), on_way_back=True, is_muted=wish.muted, preview=preview)
        )
        self._wish_before, self._is_camera_wished = wish, wish.camera_on
        self._checks.open(in_call=False, camera_on=wish.camera_on)
        self._listen()

    @Slot()
    def close_page(self) -> None:
        """Close the page and let go of camera, microphone and speaker; what it showed is gone from it."""
        if not self.is_open:
            return
        self.is_open = False
        self._again.stop()
        self._checks.close()
        if self._sound is not None:
            self._sound.release()
        self._session = None
        self._state = self._blank()
        self.page.render_state(self._state)
        self.changed.emit()

    def close(self) -> None:
        """End the sound's thread; at the end of the program."""
        if self._sound is not None:
            self._sound.close()

    def _blank(self) -> CheckState:
        return replace(self._empty, devices=self._state.devices)

    def _open(self, state: CheckState) -> None:
        self.is_open = True
        self._is_camera_wished = True
        self._listener.start_over()
        self._state = state
        self.page.start_over()
        self.page.render_state(state)
        self.changed.emit()

    # ---- news -------------------------------------------------------------------------------------------------------

    def call_changed(self, call: CallState) -> None:
        """Hear of the call: the page gives way to one that opens, and goes with one that ends.

        On a way back it stays, except over a chat, which has no devices.
        """
        if not self.is_open:
            return
        if self._state.on_way_back and call.phase is not CallPhase.ENDED and call.kind.has_video:
            self._hand_over()
        if call.phase is CallPhase.ENDED or not self._state.in_call:
            self.close_page()
            return
        was_muted = self._state.is_muted
        self._show(
            preview=_PREVIEWS[call.camera],
            is_muted=call.microphone is OwnDevice.OFF,
            microphone_refused=call.microphone in {OwnDevice.TAKEN, OwnDevice.REFUSED},
            band=call.band
            if call.band is None or call.band.action != DEVICES_ACTION
            else replace(call.band, action=None),
        )
        if was_muted is not self._state.is_muted:
            self._listener.start_over()

    def way_back_changed(self, restart: RestartState) -> None:
        """Hear of a restart: the page goes with a way back that leads nowhere."""
        if not self._state.on_way_back:
            return
        if restart.is_under_way:
            self._show(visit=_visit(restart))
        else:
            self.close_page()

    def join_refused(self) -> None:
        """Hear that nobody was let in: the page gives way to the list, but a way back is tried again."""
        if not self._state.on_way_back:
            self.close_page()

    def _hand_over(self) -> None:
        """Leave the devices to the room of a call that the way back has led to, as they were wished on the way."""
        self._again.stop()
        if self._sound is not None:
            self._sound.release()
        self._checks.open(in_call=True, camera_on=False)
        self._listener.start_over()
        if self._state.is_muted is not self._wish_before.muted:
            self._calls.set_muted(self._state.is_muted)
        if self._is_camera_wished is not self._wish_before.camera_on:
            self._calls.set_camera(self._is_camera_wished)
        self._state = replace(
            self._state,
            in_call=True,
            on_way_back=False,
            hearing=Hearing.LISTENING,
            is_tone_playing=False,
            echo=EchoPhase.IDLE,
        )

    @Slot(object)
    def _devices_changed(self, devices: DevicesState) -> None:
        before, self._state = self._state, replace(self._state, devices=devices)
        if not self.is_open:
            return
        if before.devices.microphone.used != devices.microphone.used:
            self._listener.start_over()
            self._state = replace(self._state, hearing=Hearing.LISTENING, microphone_refused=False)
        self.page.render_state(self._state)
        self._listen()

    @Slot(object)
    def _facts_changed(self, facts: CheckFacts) -> None:
        if not self.is_open:
            return
        self._show(connection=facts.connection)
        if not self._state.in_call:
            preview = facts.preview if self._is_camera_wished else Preview.OFF
            if preview is Preview.MISSING and cameras_are_refused():
                preview = Preview.REFUSED
            self._show(preview=preview)

    @Slot(object)
    def _hear(self, loudness_db: float) -> None:
        if not self.is_open:
            return
        if not self._state.in_call:
            self._show(microphone_refused=False)
        self.page.show_level(loudness_db)
        if not self._state.is_muted:
            self._show(hearing=self._listener.hear(loudness_db, time.monotonic()))

    @Slot()
    def _microphone_failed(self) -> None:
        if self.is_open:
            self._show(microphone_refused=True)
            self._again.start()

    @Slot(object)
    def _echo_changed(self, phase: EchoPhase) -> None:
        self._show(echo=phase)

    @Slot()
    def _tone_ended(self) -> None:
        self._show(is_tone_playing=False)

    def _show(self, **news: object) -> None:
        """Draw what has changed."""
        state = replace(self._state, **news)  # type: ignore[arg-type]  # fields by name, checked by the dataclass itself
        if state != self._state:
            self._state = state
            self.page.render_state(state)

    # ---- wishes -----------------------------------------------------------------------------------------------------

    @Slot()
    def _join(self) -> None:
        self._enter(JoinWish(muted=self._state.is_muted, camera_on=self._is_camera_wished))

    @Slot()
    def _join_without_camera(self) -> None:
        self._enter(JoinWish(muted=self._state.is_muted, camera_on=False))

    @Slot()
    def _join_for_chat(self) -> None:
        self._enter(JoinWish(chat_only=True))

    def _enter(self, wish: JoinWish) -> None:
        if self._session is not None and not self._state.is_joining:
            self._show(is_joining=True)
            self.join_requested.emit(self._session, wish)

    @Slot(bool)
    def _set_muted(self, muted: bool) -> None:  # noqa: FBT001 - a slot's one argument
        if self._state.in_call:
            self._calls.set_muted(muted)
            return
        self._listener.start_over()
        self._show(is_muted=muted, hearing=Hearing.LISTENING)
        self._listen()

    @Slot(bool)
    def _set_camera(self, on: bool) -> None:  # noqa: FBT001 - a slot's one argument
        if self._state.in_call:
            self._calls.set_camera(on)
            return
        self._is_camera_wished = on
        self._show(preview=Preview.STARTING if on else Preview.OFF)
        self._checks.set_camera(on=on)

    @Slot()
    def _play_tone(self) -> None:
        if self._sound is not None:
            self._show(is_tone_playing=True)
            self._sound.play_tone(self._state.devices.speaker.used)

    @Slot()
    def _start_echo(self) -> None:
        if self._sound is not None:
            self._sound.start_echo(self._state.devices.speaker.used)

    @Slot()
    def _listen(self) -> None:
        """Meter the microphone in use before a call; in a call the room has it and tells its level."""
        if self._sound is None or not self.is_open or self._state.in_call:
            return
        if self._state.microphone_refused:
            # It is tried anew: another program may have let go of it meanwhile.
            self._sound.release()
        self._sound.listen("" if self._state.is_muted else self._state.devices.microphone.used)


def _visit(restart: RestartState) -> Visit | None:
    """Return whom a way back leads to, once it is known."""
    return None if restart.customer is None else Visit(restart.customer.display_name, _vehicle(restart.vehicle))


def _vehicle(vehicle: Vehicle | None) -> str:
    """Return a vehicle in one line, with its colour where it is known."""
    if vehicle is None:
        return ""
    return ", ".join(part for part in (vehicle.title, vehicle.colour or "") if part)
