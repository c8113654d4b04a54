"""Several people in a call, from a real livekit-server through flow and gateway to the pixels of the page."""

from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.bridge.call import CallGateway
from desktop.bridge.loop_thread import LoopThread
from desktop.core.call import CallState, VideoSource
from desktop.core.people import SessionId
from desktop.core.session import JoinGrant
from desktop.flows.call import CallFlow
from desktop.models.chat import ChatModel
from desktop.practice.livekit_server import LiveKitServer
from desktop.rtc.mailboxes import Mailboxes
from desktop.rtc.room import Rooms
from desktop.ui.call.call_page import CallPage
from desktop.ui.call.small_tile import SmallTile
from desktop.ui.video_tile import VideoTile
from tests.flows.call_fakes import CUSTOMER, MECHANIC, SESSION, FakePlatform
from tests.rtc.guest import Guest
from tests.rtc.live import House

pytestmark = [pytest.mark.server, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]

_GUEST = "customer-guest-1"
_WITHIN_MS = 20_000


class _Platform(FakePlatform):
    """A platform with one session whose room is a real one."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house
        self.server_url = house.livekit.url

    async def join(
        self, session_id: SessionId, fingerprint: str, view: Literal["chat", "video"] | None = None
    ) -> JoinGrant:
        grant = await super().join(session_id, fingerprint, view)
        return replace(grant, token=self._house.token(MECHANIC))


class Bay:
    """A call page in front of a real room, and whoever else is in it."""

    def __init__(self, thread: LoopThread, house: House, qtbot: QtBot) -> None:
        self.thread, self.house, self.qtbot = thread, house, qtbot
        mailboxes = Mailboxes()
        self.gateway = CallGateway(thread, mailboxes)
        self.flow = CallFlow(_Platform(house), Rooms(mailboxes), self.gateway, device_fingerprint="bay3-6f0c9a52")
        self.gateway.serve(self.flow)
        self.page = CallPage(ChatModel())
        qtbot.addWidget(self.page)
        self.page.set_videos(self.gateway.video, self.gateway.own_video())
        self.page.pictures_wanted.connect(self.gateway.want_pictures)
        self.gateway.state_changed.connect(self.page.render_state)
        self.gateway.frame_ready.connect(self.page.frame_ready)
        self.page.resize(1366, 768)
        self.page.show()
        self.states: list[CallState] = []
        self.gateway.state_changed.connect(self.states.append)

    @property
    def large(self) -> VideoTile:
        return self.page.stage.main_tile

    @property
    def small(self) -> SmallTile | None:
        """The small picture beside one's own."""
        tile = self.page.findChild(SmallTile, "secondVideo")
        return tile if isinstance(tile, SmallTile) and tile.isVisible() else None

    def do[T](self, story: Coroutine[object, object, T]) -> T:
        """Let something happen on the loop, and the page live meanwhile."""
        doing: Future[T] = self.thread.submit(story)
        self.qtbot.waitUntil(doing.done, timeout=_WITHIN_MS)
        return doing.result()

    def says(self, name: str, words: str) -> bool:
        found = self.page.findChild(QWidget, name)
        return found is not None and found.isVisible() and words in found.accessibleName()

    def until_painted(self, tile: VideoTile, width: int) -> None:
        """Wait until a tile has painted a new picture of that width."""
        before = tile.frames_painted

        def is_painted() -> bool:
            last = tile.last_painted
            return tile.frames_painted > before and last is not None and last.width == width

        self.qtbot.waitUntil(is_painted, timeout=_WITHIN_MS)


@pytest.fixture
def bay(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[Bay]:
    """Join a room in which a customer films already."""
    thread = LoopThread(last_words_s=0)
    thread.start()
    livekit = thread.submit(LiveKitServer.start(tmp_path)).result(60)
    house = thread.submit(_house(livekit)).result(20)
    here = Bay(thread, house, qtbot)
    yield here
    thread.submit(here.flow.stop()).result(20)
    thread.submit(_close(house)).result(20)
    thread.submit(livekit.stop()).result(20)
    assert thread.stop()


async def _house(livekit: LiveKitServer) -> House:
    house = House(livekit)
    house.room_name, house.mechanic, house.customer = f"session-{SESSION}", MECHANIC, CUSTOMER
    return await house.__aenter__()


async def _close(house: House) -> None:
    await house.__aexit__(None, None, None)


async def _enter(house: House, identity: str) -> Guest:
    guest = Guest(identity)
    await guest.enter(house.livekit.url, house.token(identity))
    await guest.publish()
    return guest


def test_a_guest_stands_small_beside_the_customer_and_their_screen_takes_the_stage_and_goes_again(bay: Bay) -> None:
    dana = bay.do(_enter(bay.house, CUSTOMER))
    bay.gateway.join(SESSION)
    bay.until_painted(bay.large, 1280)
    guest = bay.do(_enter(bay.house, _GUEST))
    bay.qtbot.waitUntil(lambda: bay.small is not None, timeout=_WITHIN_MS)
    small = bay.small
    assert small is not None
    bay.until_painted(small, 320)
    assert bay.says("remotePlate", "Dana Whitlock")

    bay.do(guest.publish(VideoSource.SCREEN_SHARE))
    bay.qtbot.waitUntil(lambda: bay.large.accessibleName().startswith("Screen shared by"), timeout=_WITHIN_MS)
    bay.until_painted(bay.large, 1280)
    bay.do(guest.unpublish(VideoSource.SCREEN_SHARE))
    bay.qtbot.waitUntil(lambda: bay.says("remotePlate", "Dana Whitlock"), timeout=_WITHIN_MS)
    bay.until_painted(bay.large, 1280)

    pin = bay.page.findChild(QAbstractButton, "secondVideoPin")
    assert isinstance(pin, QAbstractButton)
    pin.click()
    bay.until_painted(bay.large, 1280)
    bay.until_painted(small, 320)
    assert bay.says("secondVideoPlate", "Dana Whitlock")

    bay.do(guest.leave())
    bay.qtbot.waitUntil(lambda: bay.small is None, timeout=_WITHIN_MS)
    bay.until_painted(bay.large, 1280)
    assert bay.says("remotePlate", "Dana Whitlock")
    assert not _is_blank(bay.large.grab().toImage())
    bay.do(dana.leave())


def test_a_hidden_page_costs_the_line_nothing_and_is_whole_again_when_it_is_back(bay: Bay) -> None:
    dana = bay.do(_enter(bay.house, CUSTOMER))
    bay.gateway.join(SESSION)
    bay.until_painted(bay.large, 1280)
    bay.page.hide()
    bay.qtbot.waitUntil(lambda: bay.states[-1].customer.camera == "paused", timeout=_WITHIN_MS)
    assert bay.states[-1].band is None or bay.states[-1].band.key != "no_picture"
    bay.page.show()
    bay.until_painted(bay.large, 1280)
    bay.do(dana.leave())


def _is_blank(image: QImage) -> bool:
    middle = image.pixelColor(image.rect().center())
    return middle.lightness() < 20
