"""A mechanic's practice day as steps for the robot: sign in, a video session, a chat, two refusals, sign out."""

import concurrent.futures
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QListView

from desktop.core.people import SessionId
from desktop.practice.customer_process import CustomerProcess, Event
from desktop.practice.day import BRAKES, OIL_LIGHT, PracticeSession
from desktop.practice.day_thread import DayThread
from desktop.practice.owner_client import OwnerClient
from desktop.practice.picture_code import PictureCode, monotonic_ms
from desktop.practice.robot import Robot, Script, StepFailedError, Until
from desktop.ui.session_list import SessionList
from desktop.ui.session_row_delegate import SessionRowDelegate
from desktop.ui.sessions_page import SessionsPage
from desktop.ui.video_tile import VideoTile

MECHANIC = "Marisol Quintero"
CUSTOMER = "Dana Whitlock"
RENAMED = "Dana Whitlock-Reyes"
CHAT_CUSTOMER = "rust.bucket.88"
ENDED_KEY, FOREIGN_KEY = "S11", "S05"
_ENDED_SENTENCE = "This session has ended."
_FOREIGN_SENTENCE = "This session is not available to you."
_MINUTES_GONE_BY = 12


@dataclass
class ShopDay:
    """The script of a day at a running app. `measured` gets what the table shows in milliseconds, by name."""

    thread: DayThread
    measured: dict[str, float] = field(default_factory=dict)
    customer: CustomerProcess | None = None
    chatter: CustomerProcess | None = None

    def steps(self) -> list[tuple[str, Callable[[Robot], Script]]]:
        """Return the steps in order."""
        return [
            ("Sign in", self.sign_in),
            ("See the sessions", self.see_sessions),
            ("Join the video session", self.join_video),
            ("See the customer's picture move", self.watch_picture),
            ("Be seen by the customer", self.be_seen),
            ("Write and get an answer", self.talk_in_writing),
            ("See the customer renamed while live", self.see_rename),
            ("See the phone turned upright", self.see_portrait),
            ("Mute and be heard again", self.mute),
            ("End the session", self.end_video),
            ("Accept a request and join its chat", self.join_chat),
            ("Chat without pictures", self.chat_only),
            ("End the chat", self.end_chat),
            ("Be refused at an ended session", self.refused_at_ended),
            ("Be refused at somebody else's session", self.refused_at_foreign),
            ("Sign out", self.sign_out),
        ]

    # Signing in, the list

    def sign_in(self, robot: Robot) -> Script:
        """Type e-mail and password and press the button."""
        yield robot.until_seen("signInButton", 30)
        yield Until(lambda: robot.see("emailField").isEnabled(), "the sign-in to be ready", 20)
        login = self.thread.day.login
        robot.write("emailField", login.email)
        robot.write("passwordField", login.password)
        robot.click("signInButton")
        yield robot.until_seen("sessionsPage")
        yield robot.until_says("mechanicName", MECHANIC)
        return f"signed in as {MECHANIC}"

    def see_sessions(self, robot: Robot) -> Script:
        """The waiting session stands in the list with real names, and its customer is there."""
        self.customer = yield from self._enter(BRAKES)
        yield Until(lambda: _row_says(robot, BRAKES, CUSTOMER), f"{CUSTOMER} in the list")
        yield Until(lambda: _row_says(robot, BRAKES, "is here"), "the customer's presence in the list", 20)
        rows = _sessions(robot).sessions.rowCount()
        return f"{rows} rows, {CUSTOMER} is here"

    # The video session

    def join_video(self, robot: Robot) -> Script:
        """Tap Join; the page opens whole, with real names, and the first picture is painted."""
        tapped_s = _press_row_button(robot, BRAKES)
        yield robot.until_seen("callPage")
        opened_s = time.monotonic()
        for place, words in (("callName", CUSTOMER), ("callFacts", "Subaru Outback")):
            if words not in robot.words_of(place):
                raise StepFailedError(f"at first sight {place} said {robot.words_of(place)!r}, not {words!r}")
        yield Until(lambda: _tile(robot).last_painted, "the first painted frame", 20)
        painted = _tile(robot).last_painted
        painted_s = painted.painted_at_s if painted else opened_s
        self.measured["Join tap to whole page"] = (opened_s - tapped_s) * 1000
        self.measured["Join tap to first painted frame"] = (painted_s - tapped_s) * 1000
        return f"first picture after {painted_s - tapped_s:.2f} s"

    def watch_picture(self, robot: Robot) -> Script:
        """Read counter and clock from the painted pixels; they go on."""
        first: PictureCode = yield Until(lambda: _read(robot), "a readable picture on screen")
        age = monotonic_ms() - first.clock_ms
        yield Until(lambda: _later(robot, first, 15), "the picture to go on")
        self.measured["Age of the picture on screen"] = age
        return f"frames {first.counter} and later read from the screen, {age} ms old"

    def be_seen(self, _robot: Robot) -> Script:
        """The customer gets the mechanic's own picture."""
        frame: Event = yield self._told("first_frame", 20)
        return f"the customer sees {frame['width']}x{frame['height']}, {frame['age_ms']} ms old"

    def talk_in_writing(self, robot: Robot) -> Script:
        """The customer's first line is there; a line goes out under the real name and its answer comes back."""
        greeting: str = yield Until(lambda: _bubble(robot, "standing next to the car"), "the customer's first line")
        robot.write("composerField", "Can you move closer, please?")
        robot.press("composerField", Qt.Key.Key_Return)
        sent_ms = monotonic_ms()
        heard: Event = yield self._told("chat", where=lambda told: "closer, please" in str(told["text"]))
        if heard["sender"] != MECHANIC:
            raise StepFailedError(f"the customer read it from {heard['sender']!r}")
        yield Until(lambda: _bubble(robot, "Moving closer now"), "the customer's answer")
        self.measured["Chat, to the customer"] = float(str(heard["at_ms"])) - sent_ms
        self.measured["Chat, there and back"] = monotonic_ms() - sent_ms
        _once(robot, "Can you move closer, please?")
        _once(robot, "Moving closer now")
        return f"read under {MECHANIC}, answered in {monotonic_ms() - sent_ms} ms ({greeting!r})"

    def see_rename(self, robot: Robot) -> Script:
        """The customer's name changes everywhere, without a reconnect and without a lost picture."""
        events = self._customer().events
        before, painted = len(events), _tile(robot).frames_painted
        started_s = time.monotonic()
        self._command(self._customer(), "rename", name=RENAMED)
        yield robot.until_says("callName", RENAMED, 12)
        self.measured["Rename to header"] = (time.monotonic() - started_s) * 1000
        yield robot.until_says("remotePlate", RENAMED, 2)
        yield Until(lambda: _bubble_by(robot, RENAMED), "the new name on the bubbles", 2)
        yield Until(lambda: _tile(robot).frames_painted > painted + 10, "the picture to go on")
        if any(told["event"] in {"went", "reconnecting", "disconnected"} for told in events[before:]):
            raise StepFailedError("the connection was not the same one any more")
        return f"{RENAMED} in header, picture and chat"

    def see_portrait(self, robot: Robot) -> Script:
        """The phone is turned: the picture stands upright, whole, and is still read."""
        self._command(self._customer(), "portrait", on=True)
        yield Until(lambda: _is_upright(_tile(robot)), "an upright picture")
        code: PictureCode = yield Until(lambda: _read(robot), "a readable upright picture")
        yield Until(lambda: _later(robot, code, 5), "the upright picture to go on")
        place = _tile(robot).picture_rect()
        self._command(self._customer(), "portrait", on=False)
        yield Until(lambda: not _is_upright(_tile(robot)), "the picture to lie down again")
        return f"shown whole at {place.width()}x{place.height()}"

    def mute(self, robot: Robot) -> Script:
        """Mute and unmute; the customer's side learns both. Without a microphone the camera is switched instead."""
        name, kind = ("muteButton", "audio") if robot.see("muteButton").isEnabled() else ("cameraButton", "video")
        yield self._told("subscribed", where=lambda told: told["kind"] == kind)
        start = len(self._customer().events)
        robot.click(name)
        yield self._told("remote_muted", 5, where=lambda told: told["kind"] == kind and told["muted"] is True, at=start)
        words = robot.words_of(name)
        yield Until(lambda: robot.words_of(name) in {"Unmute microphone", "Turn camera on"}, f"{name} to show it, not {words!r}")
        robot.click(name)
        yield self._told("remote_muted", 8, where=lambda told: told["kind"] == kind and told["muted"] is False, at=start)
        yield Until(lambda: robot.words_of(name) in {"Mute microphone", "Turn camera off"}, f"{name} to show it")
        return "microphone muted and open again" if kind == "audio" else "no microphone here: camera off and on again"

    def end_video(self, robot: Robot) -> Script:
        """End after a while; both real names, the plan and the duration stand on the completion page."""
        began = datetime.now(UTC) - timedelta(minutes=_MINUTES_GONE_BY)
        yield self._done(OwnerClient(self.thread.day.join_server.url).set_start(BRAKES.id, began))
        yield from _end(robot)
        yield robot.until_seen("completionPage", 10)
        yield from _complete(robot, RENAMED, f"{_MINUTES_GONE_BY} min")
        yield self._told("session_ended", 5)
        seen = robot.words_of("completionTitle")
        robot.click("backToSessions")
        yield robot.until_seen("sessionsPage")
        return f"{seen}; both sides know it"

    # The chat session

    def join_chat(self, robot: Robot) -> Script:
        """Accept an open request and open its chat."""
        yield Until(lambda: _row_says(robot, OIL_LIGHT, "Accept"), "the request in the list", 20)
        _press_row_button(robot, OIL_LIGHT)
        yield Until(lambda: _row_says(robot, OIL_LIGHT, "Join"), "the accepted session in the list", 20)
        self.chatter = yield from self._enter(OIL_LIGHT)
        _press_row_button(robot, OIL_LIGHT)
        yield robot.until_seen("chatPage")
        yield Until(lambda: _bubble(robot, "standing next to the car"), "the customer's first line")
        return f"chat with {CHAT_CUSTOMER} is open"

    def chat_only(self, robot: Robot) -> Script:
        """Lines go both ways; there is no picture and no camera."""
        if robot.find("remoteVideo") is not None:
            raise StepFailedError("a chat session shows a picture")
        robot.write("composerField", "When did you last change the oil?")
        robot.click("sendButton")
        chatter = self.chatter
        yield self._told("chat", 10, where=lambda told: "change the oil" in str(told["text"]), by=chatter)
        yield Until(lambda: _bubble(robot, "I think so, yes"), "the answer")
        _once(robot, "When did you last change the oil?")
        return "a line there and an answer back"

    def end_chat(self, robot: Robot) -> Script:
        """End the chat and see its completion."""
        began = datetime.now(UTC) - timedelta(minutes=_MINUTES_GONE_BY)
        yield self._done(OwnerClient(self.thread.day.join_server.url).set_start(OIL_LIGHT.id, began))
        yield from _end(robot)
        yield robot.until_seen("completionPage", 10)
        yield from _complete(robot, CHAT_CUSTOMER, f"{_MINUTES_GONE_BY} min")
        seen = robot.words_of("completionTitle")
        robot.click("backToSessions")
        yield robot.until_seen("sessionsPage")
        return seen

    # Refusals

    def refused_at_ended(self, robot: Robot) -> Script:
        """A row that is no longer true asks to join an ended session: one sentence, still the list."""
        return (yield from self._refused(robot, ENDED_KEY, _ENDED_SENTENCE))

    def refused_at_foreign(self, robot: Robot) -> Script:
        """The same for a session of another mechanic."""
        return (yield from self._refused(robot, FOREIGN_KEY, _FOREIGN_SENTENCE))

    def _refused(self, robot: Robot, key: str, sentence: str) -> Script:
        page = robot.see("sessionsPage")
        if not isinstance(page, SessionsPage):
            raise StepFailedError("the sessions page is another widget")
        page.join_requested.emit(PracticeSession(key, "").id)
        yield robot.until_says("messageBar", sentence)
        yield robot.until_seen("sessionsPage")
        return f"“{sentence}”"

    def sign_out(self, robot: Robot) -> Script:
        """Sign out; the next mechanic sees nothing of this one."""
        robot.click("signOutButton")
        yield robot.until_seen("signInPage")
        yield Until(lambda: MECHANIC not in robot.words_of("mechanicName"), "the name to be gone")
        return "back at the sign-in"

    # The customer's side

    def _customer(self) -> CustomerProcess:
        if self.customer is None:
            raise StepFailedError("the customer is not there")
        return self.customer

    def _enter(self, session: PracticeSession) -> "Script | object":
        raise NotImplementedError

    def _command(self, customer: CustomerProcess, do: str, **fields: object) -> None:
        self.thread.submit(customer.command(do, **fields))
