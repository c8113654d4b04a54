"""A mechanic's practice day as steps for the robot: sign in, a video session, a chat, two refusals, sign out."""

import concurrent.futures
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt

from desktop.models.chat_row import ChatRow
from desktop.practice.customer_process import CustomerProcess, Event
from desktop.practice.day import BRAKES, OIL_LIGHT, PracticeSession
from desktop.practice.day_thread import DayThread
from desktop.practice.owner_client import OwnerClient
from desktop.practice.picture_code import PictureCode, monotonic_ms
from desktop.practice.robot import Part, Robot, Script, StepFailedError, Until
from desktop.practice.sights import (
    bubble,
    bubbles,
    choose_row,
    count_of,
    is_upright,
    later_code,
    minutes_left,
    picture_code,
    press_row_button,
    preview_tile,
    remote_tile,
    row_says,
    session_list,
)
from desktop.ui.sessions_page import SessionsPage

MECHANIC = "Marisol Quintero"
CUSTOMER = "Dana Whitlock"
RENAMED = "Dana Whitlock-Reyes"
CHAT_CUSTOMER = "rust.bucket.88"
ENDED = PracticeSession("S11", "C11")
FOREIGN = PracticeSession("S05", "C5")
_GREETING = "standing next to the car"
ENDED_SENTENCE = "This session has ended. You can still read it."
FOREIGN_SENTENCE = "This session is not available to you."
_VIDEO_MINUTES, _CHAT_MINUTES = 12, 3


class ShopDay:
    """The script of a day at a running app, with its servers and customers in `thread`.

    `measured` collects milliseconds by name while the steps are played.
    """

    def __init__(self, thread: DayThread) -> None:
        """Prepare; the customers enter when their steps come."""
        self._thread = thread
        self._dana: CustomerProcess | None = None
        self._chatter: CustomerProcess | None = None
        self.measured: dict[str, float] = {}

    def steps(self) -> list[tuple[str, Callable[[Robot], Script]]]:
        """Return the steps in order."""
        return [
            ("Sign in", self.sign_in),
            ("See the sessions", self.see_sessions),
            ("Check the devices before it", self.check_devices),
            ("Join the video session", self.join_video),
            ("See the customer's picture move", self.watch_picture),
            ("Be seen by the customer", self.be_seen),
            ("Write and get an answer", self.write_and_read),
            ("See the customer renamed while live", self.see_rename),
            ("See the phone turned upright", self.see_upright),
            ("Mute and be heard again", self.mute),
            ("End the session", self.end_video),
            ("Accept a request and join its chat", self.join_chat),
            ("Chat without pictures", self.chat_only),
            ("End the chat", self.end_chat),
            ("Be refused at an ended session", self.refused_at_ended),
            ("Be refused at a session of another mechanic", self.refused_at_foreign),
            ("Sign out", self.sign_out),
        ]

    # Signing in, the list

    def sign_in(self, robot: Robot) -> Script:
        """Type e-mail and password and press the button."""
        yield robot.until_seen("signInButton", 30)
        yield Until(lambda: robot.see("signInButton").isEnabled(), "the sign-in to be ready", 20)
        login = self._thread.day.login
        robot.write("emailField", login.email)
        robot.write("passwordField", login.password)
        robot.click("signInButton")
        yield robot.until_seen("sessionsPage")
        yield robot.until_says("mechanicName", MECHANIC)
        return f"signed in as {MECHANIC}"

    def see_sessions(self, robot: Robot) -> Script:
        """Find the waiting session in the list under its real name, its customer already there."""
        self._dana = yield from self._enter(BRAKES)
        yield Until(lambda: row_says(robot, BRAKES, CUSTOMER), f"{CUSTOMER} in the list")
        yield Until(lambda: row_says(robot, BRAKES, "is here"), "the customer's presence in the list", 20)
        return f"{session_list(robot).sessions.rowCount()} rows, {CUSTOMER} is here"

    # The video session

    def check_devices(self, robot: Robot) -> Script:
        """Look at the own picture, the microphone's level and the connection before the session."""
        choose_row(robot, BRAKES)
        yield robot.until_says("detailName", CUSTOMER)
        robot.click("checkDevices")
        yield robot.until_says("visitName", CUSTOMER)
        yield Until(lambda: preview_tile(robot).frames_painted > 1, "the own picture", 10)
        yield robot.until_says("connectionRowValue", "ms", 10)
        camera, connection = robot.words_of("previewPlate"), robot.words_of("connectionRowValue")
        return f"{camera}; connection {connection}; microphone {robot.words_of('microphoneRowValue')}"

    def join_video(self, robot: Robot) -> Script:
        """Tap Join; the page opens whole, with real names, and the first picture is painted."""
        if robot.find("checkBack") is not None:
            robot.click("checkBack")
            yield robot.until_seen("sessionsPage")
        tapped_s = time.monotonic()
        press_row_button(robot, BRAKES)
        yield robot.until_seen("callPage")
        opened_s = time.monotonic()
        for place, words in (("callName", CUSTOMER), ("callFacts", "Subaru Outback")):
            if words not in robot.words_of(place):
                raise StepFailedError(f"at first sight {place} said {robot.words_of(place)!r}, not {words!r}")
        painted = yield Until(lambda: remote_tile(robot).last_painted, "the first painted frame", 20)
        self.measured["Join tap to whole page"] = (opened_s - tapped_s) * 1000
        self.measured["Join tap to first painted frame"] = (painted.painted_at_s - tapped_s) * 1000
        return f"first picture after {painted.painted_at_s - tapped_s:.2f} s"

    def watch_picture(self, robot: Robot) -> Script:
        """Read counter and clock from the painted pixels; they go on."""
        first: PictureCode = yield Until(lambda: picture_code(robot), "a readable picture on screen")
        last: PictureCode = yield Until(lambda: later_code(robot, first, 15), "the picture to go on")
        age = monotonic_ms() - last.clock_ms
        self.measured["Age of the picture on screen"] = age
        return f"frames {first.counter} to {last.counter} read from the screen, {age} ms old"

    def be_seen(self, robot: Robot) -> Script:
        """Let the customer get the mechanic's own picture."""
        del robot
        frame: Event = yield self._told(self._customer(), "first_frame", 20)
        return f"the customer sees {frame['width']}x{frame['height']}, {frame['age_ms']} ms old"

    def write_and_read(self, robot: Robot) -> Script:
        """Read the customer's first line, write one under the real name, and get its answer, each once."""
        greeting: ChatRow = yield Until(lambda: bubble(robot, _GREETING), "the customer's first line")
        question = "Can you move closer, please?"
        robot.write("composerField", question)
        robot.press("composerField", Qt.Key.Key_Return)
        sent_ms = monotonic_ms()
        heard: Event = yield self._told(self._customer(), "chat", where=lambda told: told["text"] == question)
        answer: ChatRow = yield Until(lambda: bubble(robot, "Moving closer now"), "the customer's answer")
        back_ms = monotonic_ms() - sent_ms
        if heard["sender"] != MECHANIC or {greeting.name, answer.name} != {CUSTOMER}:
            raise StepFailedError(f"names were {heard['sender']!r}, {greeting.name!r}, {answer.name!r}")
        _once(robot, question, "Moving closer now", _GREETING)
        self.measured["Chat, to the customer"] = float(str(heard["at_ms"])) - sent_ms
        self.measured["Chat, there and back"] = back_ms
        return f"read from {MECHANIC}, answered by {CUSTOMER} after {back_ms} ms, each once"

    def see_rename(self, robot: Robot) -> Script:
        """See the customer's name change everywhere, without a reconnect and without a lost picture."""
        events = self._customer().events
        before, painted = len(events), remote_tile(robot).frames_painted
        started_s = time.monotonic()
        self._command(self._customer(), "rename", name=RENAMED)
        yield robot.until_says("callName", RENAMED, 12)
        self.measured["Rename to header"] = (time.monotonic() - started_s) * 1000
        yield robot.until_says("remotePlate", RENAMED, 2)
        yield Until(
            lambda: all(row.name in {RENAMED, MECHANIC} for row in bubbles(robot)), "the new name on bubbles", 2
        )
        yield Until(lambda: remote_tile(robot).frames_painted > painted + 10, "the picture to go on")
        if any(told["event"] in {"went", "reconnecting", "disconnected"} for told in events[before:]):
            raise StepFailedError("the connection was not the same one any more")
        return f"{RENAMED} in header, picture and chat"

    def see_upright(self, robot: Robot) -> Script:
        """See the picture stand upright, whole and moving, when the phone is turned."""
        self._command(self._customer(), "portrait", on=True)
        yield Until(lambda: is_upright(remote_tile(robot)), "an upright picture")
        code: PictureCode = yield Until(lambda: picture_code(robot), "a readable upright picture")
        yield Until(lambda: later_code(robot, code, 5), "the upright picture to go on")
        place = remote_tile(robot).picture_rect()
        return f"shown whole at {place.width()}x{place.height()}"

    def mute(self, robot: Robot) -> Script:
        """Mute and unmute; the customer's side learns both. Without a microphone the camera is switched instead."""
        self._command(self._customer(), "portrait", on=False)
        name, kind = ("muteButton", "audio") if robot.see("muteButton").isEnabled() else ("cameraButton", "video")
        yield self._told(self._customer(), "subscribed", where=lambda told: told["kind"] == kind)
        for muted in (True, False):
            start, words = len(self._customer().events), robot.words_of(name)
            robot.click(name)
            yield Until(lambda before=words: robot.words_of(name) != before, f"{name} to show it", 5)  # type: ignore[misc]  # a default binds the word of this round
            yield self._told(
                self._customer(),
                "remote_muted",
                where=lambda told, wanted=muted: told["kind"] == kind and told["muted"] is wanted,  # type: ignore[misc]  # as above
                after=start,
            )
        return "microphone muted and open again" if kind == "audio" else "no microphone here: camera off and on again"

    def end_video(self, robot: Robot) -> Script:
        """End after a while; both real names and the duration stand on the completion page, the customer knows."""
        yield from self._end(robot, BRAKES, RENAMED, _VIDEO_MINUTES)
        yield self._told(self._customer(), "session_ended", 5)
        return f"{robot.words_of('completionTitle')}; {RENAMED} and {MECHANIC}, {robot.words_of('completionDuration')}"

    # The chat session

    def join_chat(self, robot: Robot) -> Script:
        """Accept an open request and open its chat."""
        robot.click("backToSessions")
        yield robot.until_seen("sessionsPage")
        yield Until(lambda: row_says(robot, OIL_LIGHT, "Accept"), "the request in the list", 20)
        press_row_button(robot, OIL_LIGHT)
        self._chatter = yield from self._enter(OIL_LIGHT)
        yield Until(lambda: row_says(robot, OIL_LIGHT, "Join"), "the accepted session in the list", 20)
        press_row_button(robot, OIL_LIGHT)
        yield robot.until_seen("chatPage")
        yield Until(lambda: bubble(robot, _GREETING), "the customer's first line")
        return f"chat with {CHAT_CUSTOMER} is open"

    def chat_only(self, robot: Robot) -> Script:
        """Lines go both ways; there is no picture and no camera."""
        if robot.find("remoteVideo") is not None:
            raise StepFailedError("a chat session shows a picture")
        question = "When did you last change the oil?"
        robot.write("composerField", question)
        robot.click("sendButton")
        yield self._told(self._chatter, "chat", where=lambda told: told["text"] == question)
        answer: ChatRow = yield Until(lambda: bubble(robot, "I think so, yes"), "the answer")
        _once(robot, question, "I think so, yes")
        return f"a line there, an answer by {answer.name} back"

    def end_chat(self, robot: Robot) -> Script:
        """End the chat and see its completion."""
        yield from self._end(robot, OIL_LIGHT, CHAT_CUSTOMER, _CHAT_MINUTES)
        return robot.words_of("completionTitle")

    # Refusals, sign-out

    def refused_at_ended(self, robot: Robot) -> Script:
        """Ask, as a row that is no longer true would, to join an ended session: one sentence over what can be read."""
        robot.click("backToSessions")
        yield robot.until_seen("sessionsPage")
        seen = yield from refused(robot, ENDED, ENDED_SENTENCE, leads_to="completionPage")
        robot.click("backToSessions")
        yield robot.until_seen("sessionsPage")
        return seen

    def refused_at_foreign(self, robot: Robot) -> Script:
        """Ask the same for a session of another mechanic."""
        return (yield from refused(robot, FOREIGN, FOREIGN_SENTENCE))

    def sign_out(self, robot: Robot) -> Script:
        """Sign out; the next mechanic sees nothing of this one."""
        robot.click("signOutButton")
        yield robot.until_seen("signInPage")
        names = (MECHANIC, RENAMED, CHAT_CUSTOMER)
        yield Until(
            lambda: not any(name in text for text in robot.words_on_screen() for name in names),
            "every name to be gone",
            5,
        )
        return "back at the sign-in, nobody's name is left"

    # Both sides

    def tell_customer(self, do: str, **fields: object) -> None:
        """Give the video session's customer a command, without waiting for it."""
        self._command(self._customer(), do, **fields)

    def until_told(self, event: str, within_s: float = 10.0) -> Until:
        """Wait for the video session's customer to tell an event from now on."""
        return self._told(self._customer(), event, within_s, after=len(self._customer().events))

    def let_minutes_go_by(self, robot: Robot, session: PracticeSession, minutes: int) -> Part[None]:
        """Put the start of a live session back, and wait until the clock on screen knows it."""
        before = robot.words_of("sessionTimer")
        began = datetime.now(UTC) - timedelta(minutes=minutes)
        yield self._done(OwnerClient(self._thread.day.join_server.url).set_start(session.id, began))
        left = minutes_left(before) - minutes
        yield Until(
            lambda: left - 1 <= minutes_left(robot.words_of("sessionTimer")) <= left,
            f"about {left} minutes left on the clock",
            25,
            lambda: robot.words_of("sessionTimer"),
        )

    def _end(self, robot: Robot, session: PracticeSession, customer: str, minutes: int) -> Part[None]:
        """Let minutes go by, end the session by its button and question, and read the completion page."""
        yield from self.let_minutes_go_by(robot, session, minutes)
        robot.click("endButton")
        yield robot.until_seen("endNow", 3)
        robot.click("endNow")
        yield robot.until_seen("completionPage", 10)
        for place, words in (
            ("completionCustomer", customer),
            ("completionMechanic", MECHANIC),
            ("completionDuration", str(minutes)),
        ):
            yield robot.until_says(place, words, 5)

    def _enter(self, session: PracticeSession) -> Part[CustomerProcess]:
        """Let a customer enter and wait until they are in the room; they answer without thinking."""
        starting = self._thread.submit(self._thread.day.add_customer(session, "--answer-delay", "0"))
        yield Until(starting.done, "a customer to start", 30)
        customer = starting.result(0)
        yield self._told(customer, "joined", 30)
        return customer

    def _customer(self) -> CustomerProcess:
        if self._dana is None:
            raise StepFailedError("the customer is not there")
        return self._dana

    def _command(self, customer: CustomerProcess, do: str, **fields: object) -> None:
        self._thread.submit(customer.command(do, **fields))

    def _done(self, story: Coroutine[object, object, object]) -> Until:
        """Wait for something on the other side to be done; its failure is the step's."""
        running: concurrent.futures.Future[object] = self._thread.submit(story)
        return Until(lambda: running.done() and (running.result(0) or True), "the other side", 15)

    def _told(
        self,
        customer: CustomerProcess | None,
        event: str,
        within_s: float = 10.0,
        *,
        where: Callable[[Event], bool] = lambda _told: True,
        after: int = 0,
    ) -> Until:
        """Wait for the customer to tell an event (from index `after` of what they told on)."""
        if customer is None:
            raise StepFailedError("the customer is not there")

        def found() -> Event | None:
            return next((told for told in customer.events[after:] if told["event"] == event and where(told)), None)

        return Until(found, f"the customer to tell {event!r}", within_s)


def refused(robot: Robot, session: PracticeSession, sentence: str, *, leads_to: str = "sessionsPage") -> Script:
    """Ask to join as a row that is no longer true would; the sentence stands above the page that this leads to."""
    page = robot.see("sessionsPage")
    if not isinstance(page, SessionsPage):
        raise StepFailedError("the sessions page is another widget")
    page.join_requested.emit(session.id)
    yield robot.until_seen(leads_to)
    yield robot.until_says("messageBar", sentence)
    return f"“{sentence}”"


def _once(robot: Robot, *lines: str) -> None:
    for line in lines:
        if (count := count_of(robot, line)) != 1:
            raise StepFailedError(f"{line!r} is there {count} times")
