"""The call's gateway: whole pages first, chat in order, pictures never as payload, and nothing that makes Qt wait."""

import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from desktop.bridge.call import CallGateway
from desktop.bridge.loop_thread import LoopThread
from desktop.core.call import CallPhase, CallState, EndReason, VideoKey
from desktop.core.chat import ChatChange, ChatMessage
from desktop.core.errors import BaylinkError, RefusedError
from desktop.core.frames import Frame
from desktop.flows.call import CallFlow
from desktop.rtc.events import ChatReceived
from desktop.rtc.mailboxes import OWN_PICTURE, Mailboxes
from tests.flows.call_fakes import CUSTOMER, SESSION, FakePlatform, FakeRooms


class Page(QObject):
    """Notes what arrives, in which order and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.news: list[str] = []
        self.states: list[CallState] = []
        self.transcript: list[ChatMessage] = []
        self.refusals: list[BaylinkError] = []
        self.woken: list[VideoKey] = []
        self.own_woken = 0
        self.threads: set[QThread] = set()

    def listen_to(self, gateway: CallGateway) -> None:
        gateway.state_changed.connect(self.render)
        gateway.transcript_reset.connect(self.reset)
        gateway.chat_changed.connect(self.change)
        gateway.join_refused.connect(self.refuse)
        gateway.frame_ready.connect(self.wake)
        gateway.own_frame_ready.connect(self.wake_own)

    @property
    def state(self) -> CallState:
        return self.states[-1]

    def _note(self, news: str) -> None:
        self.news.append(news)
        self.threads.add(QThread.currentThread())

    @Slot(object)
    def render(self, state: CallState) -> None:
        self._note("state")
        self.states.append(state)

    @Slot(object)
    def reset(self, messages: tuple[ChatMessage, ...]) -> None:
        self._note("reset")
        self.transcript = list(messages)

    @Slot(object)
    def change(self, changes: tuple[ChatChange, ...]) -> None:
        self._note("chat")
        for change in changes:
            if change.kind == "added":
                self.transcript.insert(change.index, change.message)
            else:
                self.transcript[change.index] = change.message

    @Slot(object)
    def refuse(self, error: BaylinkError) -> None:
        self._note("refusal")
        self.refusals.append(error)

    @Slot(object)
    def wake(self, key: VideoKey) -> None:
        self._note("wake")
        self.woken.append(key)

    @Slot()
    def wake_own(self) -> None:
        self._note("own")
        self.own_woken += 1


class Bay:
    """A gateway with a flow on a real loop thread, and a page that listens."""

    def __init__(self, loop_thread: LoopThread) -> None:
        self.loop_thread = loop_thread
        self.mailboxes = Mailboxes()
        self.platform, self.rooms, self.page = FakePlatform(), FakeRooms(), Page()
        self.gateway = CallGateway(loop_thread, self.mailboxes)
        self.page.listen_to(self.gateway)
        self.flow = CallFlow(self.platform, self.rooms, self.gateway, device_fingerprint="bay3-6f0c9a52")
        self.gateway.serve(self.flow)


@pytest.fixture
def bay(qapp: object) -> Iterator[Bay]:
    thread = LoopThread(last_words_s=0)
    here = Bay(thread)
    thread.start()
    yield here
    thread.submit(here.flow.stop()).result(5)
    assert thread.stop()


def _join(bay: Bay, qtbot: QtBot) -> None:
    bay.gateway.join(SESSION)
    qtbot.waitUntil(lambda: bool(bay.page.states) and bay.page.state.mechanic.in_room)


def test_a_join_arrives_in_the_gui_thread_transcript_first(qtbot: QtBot, bay: Bay) -> None:
    _join(bay, qtbot)
    assert bay.page.news[:2] == ["reset", "state"]
    assert bay.page.states[0].customer.person.display_name == "Dana Whitlock"
    assert bay.page.threads == {QThread.currentThread()}


def test_a_refused_join_says_why(qtbot: QtBot, bay: Bay) -> None:
    bay.platform.trouble["join"] = [RefusedError("not_found", 404)]
    bay.gateway.join(SESSION)
    qtbot.waitUntil(lambda: bool(bay.page.refusals))
    assert bay.page.refusals[0].sentence == "This session is not available to you."
    assert bay.page.states == []


def test_no_line_is_dropped_however_busy_the_gui_is(qtbot: QtBot, bay: Bay) -> None:
    _join(bay, qtbot)

    async def flood() -> None:
        for number in range(500):
            bay.rooms.room.tell(ChatReceived(CUSTOMER, f"owner-line-{number:04}", str(number)))

    bay.loop_thread.submit(flood()).result(10)
    qtbot.waitUntil(lambda: len(bay.page.transcript) == 500)
    assert sorted(int(message.text) for message in bay.page.transcript) == list(range(500))


def test_the_newest_state_alone_reaches_a_busy_gui(qtbot: QtBot, bay: Bay) -> None:
    _join(bay, qtbot)
    seen = len(bay.page.states)

    async def flood() -> None:
        for number in range(500):
            bay.platform.customer_name = f"Dana {number}"
            bay.platform.version += 1
            bay.gateway.publish(bay.page.states[0])
            bay.gateway.publish(bay.page.state)

    bay.loop_thread.submit(flood()).result(10)
    qtbot.waitUntil(lambda: len(bay.page.states) > seen)
    assert len(bay.page.states) - seen <= 2


def test_pictures_wake_the_gui_once_until_they_are_taken(qtbot: QtBot, bay: Bay) -> None:
    key = VideoKey(CUSTOMER)
    frame = Frame(bytes(32 * 32 * 4), 32, 32)

    def film() -> None:
        for _ in range(100):
            bay.mailboxes.put(key, frame)
            bay.mailboxes.put(OWN_PICTURE, frame)

    filming = threading.Thread(target=film)
    filming.start()
    filming.join()
    qtbot.waitUntil(lambda: bool(bay.page.woken) and bay.page.own_woken > 0)
    assert (bay.page.woken, bay.page.own_woken) == ([key], 1)
    assert bay.gateway.video(key).take() is frame
    assert bay.gateway.own_video().take() is frame


def test_end_and_leave_return_at_once_and_arrive(qtbot: QtBot, bay: Bay) -> None:
    _join(bay, qtbot)
    started = time.monotonic()
    bay.gateway.send("bye")
    bay.gateway.set_muted(muted=True)
    bay.gateway.end()
    assert time.monotonic() - started < 0.1
    qtbot.waitUntil(lambda: bay.page.state.phase is CallPhase.ENDED)
    assert bay.page.state.end_reason is EndReason.ENDED
    assert bay.page.state.completion is not None
    assert bay.rooms.room.is_muted
    qtbot.waitUntil(lambda: bay.rooms.room.is_left)


def test_wishes_before_the_app_is_built_are_harmless(qapp: object) -> None:
    gateway = CallGateway(LoopThread(last_words_s=0), Mailboxes())
    for wish in (gateway.leave, gateway.end):
        wish()
    for tell in (gateway.join, gateway.review, gateway.send, gateway.retry, gateway.act_on_band):
        tell("x")
    gateway.set_muted(True)
    gateway.set_camera(False)
