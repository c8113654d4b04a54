"""The own camera before a call: shown, tried again when it fails, taken when it is plugged in, and let go of."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

from desktop.core.check import Preview
from desktop.core.frames import Frame
from desktop.rtc.mailboxes import OWN_PICTURE, Mailboxes
from desktop.rtc.preview import CameraPreview
from tests.rtc.live import PlainFrame
from tests.virtual_loop import run_virtual


class Camera:
    """A camera that gives so many pictures each time it is opened, or none."""

    def __init__(self, pictures: int = 1_000_000) -> None:
        self.pictures = pictures
        self.opened = self.readers = 0

    async def frames(self) -> AsyncIterator[PlainFrame]:
        self.opened += 1
        self.readers += 1
        try:
            for _ in range(self.pictures):
                await asyncio.sleep(1 / 30)
                yield PlainFrame(bytearray(64 * 48 * 4), 64, 48)
        finally:
            self.readers -= 1


class Bench:
    """A preview of the camera that is plugged in."""

    def __init__(self) -> None:
        self.camera: Camera | None = Camera()
        self.told: list[Preview] = []
        self.mailboxes = Mailboxes()
        self.preview = CameraPreview(lambda: self.camera, self.mailboxes.put, self.told.append)

    def picture(self) -> Frame | None:
        return self.mailboxes.of(OWN_PICTURE).take()


def play(story: Callable[[Bench], Coroutine[object, object, None]]) -> None:
    async def whole() -> None:
        bench = Bench()
        await story(bench)
        await bench.preview.stop()

    run_virtual(whole())


def test_the_own_picture_comes_and_the_camera_is_let_go_of() -> None:
    async def story(bench: Bench) -> None:
        bench.preview.start()
        await asyncio.sleep(1)
        assert bench.told == [Preview.STARTING, Preview.ON]
        assert bench.picture() is not None
        await bench.preview.stop()
        assert bench.camera is not None
        assert bench.camera.readers == 0

    play(story)


def test_a_camera_that_gives_nothing_is_tried_again_without_flicker() -> None:
    async def story(bench: Bench) -> None:
        bench.camera = Camera(pictures=0)
        bench.preview.start()
        await asyncio.sleep(9)
        assert bench.camera.opened >= 4
        assert set(bench.told[1:]) == {Preview.FAILED}
        bench.camera.pictures = 100
        await asyncio.sleep(3)
        assert bench.told[-1] is Preview.ON

    play(story)


def test_a_camera_that_is_plugged_in_is_shown_at_once() -> None:
    async def story(bench: Bench) -> None:
        bench.camera = None
        bench.preview.start()
        await asyncio.sleep(1)
        assert bench.told == [Preview.MISSING]
        bench.camera = Camera()
        bench.preview.devices_changed()
        await asyncio.sleep(0.2)
        assert bench.told[-1] is Preview.ON

    play(story)


def test_starting_twice_opens_one_camera() -> None:
    async def story(bench: Bench) -> None:
        bench.preview.start()
        bench.preview.start()
        await asyncio.sleep(0.5)
        assert bench.camera is not None
        assert bench.camera.readers == 1

    play(story)
