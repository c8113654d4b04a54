"""The own camera: pictures that a room can send, on a PC with a camera and on one without."""

import asyncio

import pytest
from pytestqt.qtbot import QtBot

from desktop.bridge.loop_thread import LoopThread
from desktop.media.camera import BgraFrame, QtCamera, to_bgra
from desktop.rtc.camera_source import CameraFrame, CameraSource


@pytest.fixture
def loop_thread() -> LoopThread:
    return LoopThread()


def test_an_image_becomes_packed_rows_of_even_size(qapp: object) -> None:
    from PySide6.QtGui import QColor, QImage  # noqa: PLC0415 - needs the application of the fixture

    image = QImage(5, 3, QImage.Format.Format_RGB888)
    image.fill(QColor(10, 20, 30))
    frame = to_bgra(image)
    assert frame is not None
    assert (frame.width, frame.height, len(frame.data)) == (4, 2, 4 * 2 * 4)
    assert frame.data[:3] == bytes((30, 20, 10))
    assert to_bgra(QImage()) is None


def test_both_kinds_of_camera_fit_where_a_room_wants_one() -> None:
    frame: CameraFrame = BgraFrame(bytes(16), 2, 2)
    kind: type[CameraSource] = QtCamera
    assert (frame.rotation, kind) == (0, QtCamera)


@pytest.mark.qt_log_ignore("PulseAudio", "pipewire", "ffmpeg")
def test_on_a_pc_without_a_camera_the_pictures_end_at_once_and_nothing_waits(
    qtbot: QtBot, loop_thread: LoopThread
) -> None:
    camera = QtCamera()
    loop_thread.start()

    async def film() -> int:
        return len([frame async for frame in camera.frames()])

    try:
        filming = loop_thread.submit(film())
        qtbot.waitUntil(filming.done, timeout=10_000)
        assert filming.result() == 0
    finally:
        camera.close()
        assert loop_thread.stop()


@pytest.mark.qt_log_ignore("PulseAudio", "pipewire", "ffmpeg")
def test_a_camera_that_is_not_wanted_any_more_stops(qtbot: QtBot, loop_thread: LoopThread) -> None:
    camera = QtCamera()
    loop_thread.start()

    async def glance() -> None:
        frames = camera.frames()
        first = asyncio.ensure_future(anext(frames))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)

    try:
        glancing = loop_thread.submit(glance())
        qtbot.waitUntil(glancing.done, timeout=10_000)
        assert camera._feed is None
    finally:
        camera.close()
        assert loop_thread.stop()


@pytest.mark.qt_log_ignore("PulseAudio", "pipewire", "ffmpeg")
def test_devices_answer_from_any_thread_and_a_bare_pc_has_none(
    qtbot: QtBot, loop_thread: LoopThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    from desktop.media.devices import Devices  # noqa: PLC0415 - loads Qt Multimedia after the environment is set

    devices = Devices()
    loop_thread.start()

    async def ask() -> tuple[object, object]:
        return devices.found(), devices.camera()

    try:
        asking = loop_thread.submit(ask())
        qtbot.waitUntil(asking.done, timeout=10_000)
        found, camera = asking.result()
        assert found == devices.found()
        assert (camera is None) is (devices.camera() is None)
    finally:
        devices.close()
        assert loop_thread.stop()
