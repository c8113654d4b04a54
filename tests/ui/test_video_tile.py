"""The video tile: the whole picture, upright, never an old one, and safe with other people's memory."""

import gc
import statistics
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop.core.frames import Frame, LatestFrame
from desktop.ui.video_tile import VideoTile, fitted

LETTERBOX = QColor("#010203")
SURFACE = QColor("#ff00ff")
RED, GREEN, BLUE, WHITE = (QColor(name) for name in ("#ff0000", "#00ff00", "#0000ff", "#ffffff"))


def quarters(width: int = 320, height: int = 180, rotation: int = 0) -> Frame:
    """Return a picture: red top left, green top right, blue bottom left, white bottom right."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    half_width, half_height = width // 2, height // 2
    with QPainter(image) as painter:
        painter.fillRect(0, 0, half_width, half_height, RED)
        painter.fillRect(half_width, 0, half_width, half_height, GREEN)
        painter.fillRect(0, half_height, half_width, half_height, BLUE)
        painter.fillRect(half_width, half_height, half_width, half_height, WHITE)
    return Frame(bytes(image.constBits()), width, height, rotation)


def plain(colour: QColor, width: int = 64, height: int = 36) -> Frame:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(colour)
    return Frame(bytes(image.constBits()), width, height)


@pytest.fixture
def tile(qtbot: QtBot) -> VideoTile:
    widget = VideoTile()
    qtbot.addWidget(widget)
    widget.resize(640, 480)
    widget.set_colours(LETTERBOX, SURFACE)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def fed(tile: VideoTile, frame: Frame) -> LatestFrame:
    latest = LatestFrame()
    tile.set_source(latest)
    latest.put(frame)
    tile.wake()
    return latest


def seen(tile: VideoTile) -> QImage:
    return tile.grab().toImage()


def at(picture: QImage, rect: QRect, across: float, down: float) -> QColor:
    """Return the colour at a place of the picture given in fractions."""
    place = QPoint(rect.x() + round(rect.width() * across), rect.y() + round(rect.height() * down))
    return picture.pixelColor(place)


def test_the_whole_picture_is_shown_with_bars_and_never_cropped(tile: VideoTile) -> None:
    fed(tile, quarters())
    picture = seen(tile)
    rect = tile.picture_rect()
    assert rect == QRect(0, 60, 640, 360)
    assert [at(picture, rect, x, y) for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))] == [
        RED,
        GREEN,
        BLUE,
        WHITE,
    ]
    assert picture.pixelColor(320, 30) == LETTERBOX
    assert picture.pixelColor(320, 450) == LETTERBOX


@pytest.mark.parametrize(
    ("rotation", "corners"),
    [
        (0, (RED, GREEN, BLUE, WHITE)),
        (90, (BLUE, RED, WHITE, GREEN)),
        (180, (WHITE, BLUE, GREEN, RED)),
        (270, (GREEN, WHITE, RED, BLUE)),
    ],
)
def test_a_turned_phone_is_shown_upright(tile: VideoTile, rotation: int, corners: tuple[QColor, ...]) -> None:
    fed(tile, quarters(rotation=rotation))
    picture = seen(tile)
    rect = tile.picture_rect()
    is_upright = rect.height() > rect.width()
    assert is_upright is (rotation in {90, 270})
    assert tuple(at(picture, rect, x, y) for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))) == corners


def test_only_the_newest_of_many_pictures_is_painted(tile: VideoTile) -> None:
    latest = LatestFrame()
    tile.set_source(latest)
    for colour in (RED, GREEN, BLUE):
        latest.put(plain(colour))
    tile.wake()
    assert seen(tile).pixelColor(320, 240) == BLUE
    assert tile.frames_painted == 1
    assert latest.take() is None


def test_a_picture_that_came_before_the_tile_had_its_source_is_not_lost(tile: VideoTile) -> None:
    latest = LatestFrame()
    latest.put(plain(GREEN))
    tile.set_source(latest)
    assert seen(tile).pixelColor(320, 240) == GREEN


def test_the_last_picture_stays_when_pictures_stop_and_goes_when_cleared(tile: VideoTile) -> None:
    fed(tile, plain(RED))
    assert seen(tile).pixelColor(320, 240) == RED
    tile.wake()
    assert seen(tile).pixelColor(320, 240) == RED
    assert tile.frames_painted == 1
    tile.clear()
    assert seen(tile).pixelColor(320, 240) == LETTERBOX
    assert not tile.has_picture
    assert tile.picture_rect().isEmpty()


def test_a_picture_of_the_past_is_grey_and_faint(tile: VideoTile) -> None:
    fed(tile, plain(GREEN))
    tile.set_grey(True)
    colour = seen(tile).pixelColor(320, 240)
    assert abs(colour.red() - colour.green()) <= 2
    assert colour.green() < 120
    tile.set_grey(False)
    assert seen(tile).pixelColor(320, 240) == GREEN


def test_the_memory_of_a_picture_outlives_its_sender(tile: VideoTile) -> None:
    frame = Frame(bytearray(bytes(plain(BLUE).data)), 64, 36)
    fed(tile, frame)
    seen(tile)
    del frame
    gc.collect()
    _rubbish = [bytearray(64 * 36 * 4) for _ in range(50)]
    assert seen(tile).pixelColor(320, 240) == BLUE


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_every_kind_of_buffer_the_sdk_may_give_is_painted(tile: VideoTile, kind: type) -> None:
    frame = plain(RED)
    fed(tile, replace(frame, data=kind(frame.data)))
    assert seen(tile).pixelColor(320, 240) == RED


def test_the_corners_are_round(tile: VideoTile) -> None:
    tile.resize(640, 360)
    fed(tile, plain(RED))
    picture = seen(tile)
    for x, y in ((0, 0), (639, 0), (0, 359), (639, 359)):
        assert picture.pixelColor(x, y) == SURFACE
    assert picture.pixelColor(20, 20) == RED


def test_who_speaks_has_a_frame(tile: VideoTile) -> None:
    fed(tile, plain(RED))
    tile.set_edge(GREEN, 3)
    assert seen(tile).pixelColor(1, 240) == GREEN
    tile.set_edge(None)
    assert seen(tile).pixelColor(1, 240) == RED or seen(tile).pixelColor(1, 240) == LETTERBOX


def test_two_tiles_exchange_their_pictures_at_once(tile: VideoTile, qtbot: QtBot) -> None:
    other = VideoTile()
    qtbot.addWidget(other)
    other.resize(160, 90)
    with qtbot.waitExposed(other):
        other.show()
    one, two = fed(tile, plain(RED)), fed(other, plain(BLUE))
    seen(tile)
    seen(other)
    red, blue = tile.picture, other.picture
    tile.show_picture(blue)
    other.show_picture(red)
    assert seen(tile).pixelColor(320, 240) == BLUE
    assert seen(other).pixelColor(80, 45) == RED
    assert (tile.source, other.source) == (two, one)


def test_readers_hear_whose_picture_it_is(tile: VideoTile) -> None:
    tile.set_person("Dana Whitfield", camera_on=True)
    assert tile.accessibleName() == "Video from Dana Whitfield, camera on"


@pytest.mark.parametrize(
    ("content", "room", "expected"),
    [
        ((1280, 720), (0, 0, 1280, 720), (0, 0, 1280, 720)),
        ((720, 1280), (0, 0, 1368, 844), (447, 0, 474, 844)),
        ((8, 8), (10, 10, 100, 50), (35, 10, 50, 50)),
    ],
)
def test_pictures_fit_their_room(
    content: tuple[int, int], room: tuple[int, int, int, int], expected: tuple[int, int, int, int]
) -> None:
    assert fitted(QSize(*content), QRect(*room)) == QRect(*expected)


def test_a_picture_is_painted_fast_enough_for_thirty_a_second(tile: VideoTile) -> None:
    tile.resize(1368, 844)
    latest = LatestFrame()
    tile.set_source(latest)
    frame = quarters(1280, 720)
    times = []
    for _ in range(20):
        latest.put(frame)
        tile.wake()
        started_s = time.thread_time()
        tile.repaint()
        times.append(time.thread_time() - started_s)
    assert statistics.median(times) < 0.02
