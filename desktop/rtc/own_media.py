"""What this side sends: microphone and camera of one call, published late enough and together."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress

from livekit import rtc

from desktop.core.call import OwnDevice
from desktop.rtc.audio import Sound
from desktop.rtc.camera import OwnCamera
from desktop.rtc.camera_source import CameraSource
from desktop.rtc.events import OwnDevices
from desktop.rtc.mailboxes import Mailboxes
from desktop.rtc.sound_devices import SoundDevices

_log = logging.getLogger(__name__)

PUBLISH_AFTER_S = 2.0
"""Publishing while the first picture is on its way can leave that picture empty for ever; so it waits this long."""
_LAST_PUBLICATION_S = 1.0
_SETTLE_S = 0.15
_SETTLE_AFTER_LOSS_S = 0.5
_OPEN_AFTER_S = 0.4
"""Opening sound and camera holds the loop up for a tenth of a second, so the first picture goes first if it is near."""


class OwnMedia:
    """Microphone, speaker and camera of one call with pictures. `tell` gets the whole state at every change."""

    def __init__(
        self,
        sound: Callable[[], SoundDevices],
        camera: Callable[[], CameraSource | None],
        mailboxes: Mailboxes,
        tell: Callable[[OwnDevices], None],
        voices: Callable[[], Iterable[rtc.RemoteTrackPublication]],
    ) -> None:
        """Look which devices there are; nothing is opened yet. On the running loop."""
        self._tell = tell
        self._sound = Sound(sound, self._changed, voices)
        self._camera = OwnCamera(camera, mailboxes.put, self._changed)
        self._participant: rtc.LocalParticipant | None = None
        self._first_picture = asyncio.Event()
        self._stopped = asyncio.Event()
        self._is_settling = False
        self._rest_s = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def state(self) -> OwnDevices:
        """The state of all three devices."""
        sound = self._sound
        return OwnDevices(sound.microphone, self._camera.state, sound.speaker, sound.has_lost_server)

    def room_connected(self, participant: rtc.LocalParticipant) -> None:
        """Play voices and show the own picture soon, and publish after the first remote picture or two seconds."""
        self.permissions_changed(participant.permissions.can_publish)
        self._keep(self._publish_when_ready(participant))

    def first_picture_came(self) -> None:
        """Publish without waiting any longer."""
        self._first_picture.set()

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute the microphone; before it is published this is how it will start."""
        self._sound.set_muted(muted)

    def set_camera(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the camera on or off; before it is published this is how it will start."""
        self._camera.set_on(on)

    async def level(self) -> float | None:
        """Return how loud the microphone is in decibels; None while nothing is published."""
        return await self._sound.level()

    def devices_changed(self) -> None:
        """Something was plugged in or out, or other devices are wished; a burst of it is answered once."""
        self._camera.devices_changed()
        self._sound.microphones_lost()
        self._keep(self._follow_sound())

    def permissions_changed(self, can_publish: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Stop sending without the right to, and send again with it."""
        self._sound.permission_changed(can_publish)
        self._camera.permission_changed(can_publish)
        if can_publish and self._participant is not None:
            self._keep(self._sound.publish(self._participant))

    async def stop(self) -> None:
        """Stop capturing; before the room is disconnected. A publication under way is waited for a moment.

        The SDK would report the end of a cancelled one as an error.
        """
        self._stopped.set()
        self._first_picture.set()
        await self._camera.stop()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=_LAST_PUBLICATION_S)
        left = tuple(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def close(self) -> None:
        """Release devices; after the room was disconnected."""
        await self._camera.close()
        await self._sound.close()

    async def _publish_when_ready(self, participant: rtc.LocalParticipant) -> None:
        await _come(self._first_picture, _OPEN_AFTER_S)
        if self._stopped.is_set():
            return
        self._camera.start()
        await self._sound.open()
        await _come(self._first_picture, PUBLISH_AFTER_S - _OPEN_AFTER_S)
        if self._stopped.is_set():
            return
        self._participant = participant
        self._camera.publish(participant)
        await self._sound.publish(participant)

    async def _follow_sound(self) -> None:
        """Let a change of devices come to rest before the SDK is asked: it must never look while there is no output.

        A headset that is pulled out is gone as a microphone a moment before it is gone as a speaker.
        """
        loop = asyncio.get_running_loop()
        is_loss = await self._sound.devices_lost()
        self._rest_s = max(self._rest_s, loop.time() + (_SETTLE_AFTER_LOSS_S if is_loss else _SETTLE_S))
        if self._is_settling:
            return
        self._is_settling = True
        while (wait_s := self._rest_s - loop.time()) > 0:  # noqa: ASYNC110 - time itself is waited for
            await asyncio.sleep(wait_s)
        self._is_settling = False
        if not self._stopped.is_set():
            await self._sound.devices_changed()

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name="own-media")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("own media failed", exc_info=error)

    def _changed(self) -> None:
        self._tell(self.state)


async def _come(event: asyncio.Event, seconds: float) -> None:
    """Return when `event` is set, or after `seconds`."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


NO_MEDIA = OwnDevices(OwnDevice.MISSING, OwnDevice.MISSING, OwnDevice.MISSING)
