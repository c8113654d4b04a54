"""The own camera whatever happens to it: plugged in late, pulled out, taken by another program, off and on again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest

from desktop.core.call import OwnDevice
from desktop.rtc.camera import OwnCamera, bitrate_for
from desktop.rtc.mailboxes import OWN_PICTURE, Mailboxes
from tests.rtc.live import PlainCamera, PlainFrame
from tests.virtual_loop import run_virtual


class _FailingCamera:
    """A camera that another program has: opening it fails until it is given back."""

    def __init__(self) -> None:
        self.tries = 0
        self.is_taken = True
        self.behind = PlainCamera()

    async def frames(self) -> AsyncIterator[PlainFrame]:
        self.tries += 1
        if self.is_taken:
            raise OSError("device or resource busy")
        async for frame in self.behind.frames():
            yield frame


class _DumbCamera:
    """A camera that opens and never gives a picture."""

    async def frames(self) -> AsyncIterator[PlainFrame]:
        await asyncio.Event().wait()
        yield PlainFrame(bytearray(), 0, 0)


class Bay:
    """The own camera of one call that is not published, with what can be plugged into its PC."""

    def __init__(self, plugged: PlainCamera | _FailingCamera | _DumbCamera | None) -> None:
        self.plugged = plugged
        self.mailboxes = Mailboxes()
        self.states: list[OwnDevice] = []
        self.own = OwnCamera(lambda: self.plugged, self.mailboxes.put, self._told)
        self._news = asyncio.Event()
        self.mailboxes.on_wake = lambda _key: self._news.set()

    def now(self) -> OwnDevice:
        return self.own.state

    def plug(self, camera: PlainCamera | None) -> None:
        self.plugged = camera
        self.own.devices_changed()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def picture(self) -> None:
        self.mailboxes.of(OWN_PICTURE).take()
        await self.until(lambda: self.mailboxes.of(OWN_PICTURE).take())

    def _told(self) -> None:
        self.states.append(self.own.state)
        self._news.set()


def play(
    story: Callable[[Bay], Coroutine[object, object, None]],
    plugged: PlainCamera | _FailingCamera | _DumbCamera | None = None,
) -> None:
    """Run a story on virtual time and stop the camera after it."""

    async def run() -> None:
        bay = Bay(plugged)
        bay.own.start()
        try:
            await story(bay)
        finally:
            await bay.own.stop()
            await bay.own.close()

    run_virtual(run())


def test_a_camera_plugged_in_during_the_call_is_used_at_once() -> None:
    async def story(bay: Bay) -> None:
        assert bay.now() is OwnDevice.MISSING
        bay.plug(PlainCamera())
        await bay.picture()
        assert bay.now() is OwnDevice.STARTING

    play(story)


def test_a_camera_pulled_out_is_missing_and_films_again_when_it_returns() -> None:
    async def story(bay: Bay) -> None:
        await bay.picture()
        camera = bay.plugged
        assert isinstance(camera, PlainCamera)
        camera.is_pulled = True
        bay.plug(None)
        await bay.until(lambda: bay.now() is OwnDevice.MISSING)
        assert not camera.is_running
        bay.plug(PlainCamera())
        await bay.picture()

    play(story, PlainCamera())


def test_a_camera_of_another_program_is_said_and_tried_until_it_is_free(caplog: pytest.LogCaptureFixture) -> None:
    camera = _FailingCamera()

    async def story(bay: Bay) -> None:
        await bay.until(lambda: bay.now() is OwnDevice.TAKEN)
        assert camera.tries == 1
        camera.is_taken = False
        await bay.picture()
        assert bay.states == [OwnDevice.TAKEN, OwnDevice.STARTING]

    play(story, camera)
    assert "the camera failed" in caplog.text


def test_a_camera_that_opens_and_gives_no_picture_does_not_count_as_one() -> None:
    async def story(bay: Bay) -> None:
        await bay.until(lambda: bay.now() is OwnDevice.TAKEN)

    play(story, _DumbCamera())


def test_a_camera_turned_off_stays_off_whatever_is_plugged() -> None:
    async def story(bay: Bay) -> None:
        await bay.picture()
        bay.own.set_on(False)
        bay.plug(None)
        assert bay.now() is OwnDevice.MISSING
        camera = PlainCamera()
        bay.plug(camera)
        assert bay.now() is OwnDevice.OFF
        assert not camera.is_running
        bay.own.set_on(True)
        await bay.picture()

    play(story, PlainCamera())


def test_without_the_right_to_send_the_camera_goes_out_and_comes_back_with_it() -> None:
    async def story(bay: Bay) -> None:
        await bay.picture()
        camera = bay.plugged
        assert isinstance(camera, PlainCamera)
        bay.own.permission_changed(False)
        assert bay.now() is OwnDevice.REFUSED
        bay.own.set_on(False)
        bay.own.set_on(True)
        assert bay.now() is OwnDevice.REFUSED
        bay.own.permission_changed(True)
        assert bay.now() is OwnDevice.STARTING

    play(story, PlainCamera())


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280)])
def test_upright_pictures_are_worth_as_much_as_wide_ones(width: int, height: int) -> None:
    assert bitrate_for(PlainFrame(bytearray(), width, height)) == 1_700_000
