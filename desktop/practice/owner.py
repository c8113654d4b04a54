"""The story of one practice owner: sign in, join, greet, answer, come back after a lost room, and obey commands."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

from livekit import rtc

from desktop.backend import wire
from desktop.practice.camera import SyntheticCamera
from desktop.practice.owner_chat import Form, Heard, OwnerChat, parse_form
from desktop.practice.owner_client import OwnerClient, OwnerRefusedError
from desktop.practice.owner_eyes import Report
from desktop.practice.owner_media import Publishing
from desktop.practice.owner_phone import OwnerPhone
from desktop.practice.owner_words import GREETING, answer_to

_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
_FINAL_REASONS = frozenset({"DUPLICATE_IDENTITY"})
_RETRIED_CODES = frozenset({"rate_limited", "internal", "database_unavailable", "too_early", "waiver_unsigned"})


@dataclass(frozen=True, slots=True)
class OwnerOptions:
    """Who the owner is and how they behave. `livekit_url` is used where the join answer names no server."""

    server: str
    session_id: str
    email: str
    password: str = field(repr=False)
    publishing: Publishing = field(default_factory=Publishing)
    livekit_url: str | None = None
    greets: bool = True
    answers: bool = True
    answer_delay_s: float = 0.9
    watches: bool = True
    dynacast: bool = True
    stays_away: bool = False


class Owner:
    """Runs one owner until the session ends or `quit` is commanded; tells what happens through `report`."""

    def __init__(self, options: OwnerOptions, report: Report) -> None:
        """Make the owner inside the running loop."""
        self._options, self._report = options, report
        self._client = OwnerClient(options.server)
        self._chat = OwnerChat(self._client, options.session_id, self._heard, self._spawn)
        self._camera: SyntheticCamera | None = None
        self._phone: OwnerPhone | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._moves = asyncio.Lock()
        self._over = asyncio.Event()
        self._names: dict[str, str] = {}
        self._answers = 0
        self._greeted = False
        self._camera_on = self._microphone_on = True
        self._portrait = False
        self._commands: dict[str, Callable[[dict[str, object]], Awaitable[None]]] = {
            "say": self._do_say,
            "rename": self._do_rename,
            "camera": self._do_switch,
            "microphone": self._do_switch,
            "portrait": self._do_switch,
            "leave": self._do_leave,
            "return": self._do_return,
            "end": self._do_end,
            "state": self._do_state,
            "simulate": self._do_simulate,
            "quit": self._do_quit,
        }

    async def run(self) -> bool:
        """Sign in, join, and return when it is over: True if the session was ever joined or nothing was asked."""
        await self._client.sign_in(self._options.email, self._options.password)
        self._report("signed_in")
        joined = True
        if not self._options.stays_away:
            joined = await self._enter()
        if joined:
            await self._over.wait()
        await self.close()
        return joined

    async def close(self) -> None:
        """Leave the room and end every task of ours."""
        self._over.set()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._leave()

    async def obey(self, command: dict[str, object]) -> None:
        """Do one command: `{"do": name, ...}`; what it did is told, and a failure too. Names are in `_commands`."""
        name = str(command.get("do", ""))
        act = self._commands.get(name)
        if act is None:
            self._report("unknown_command", name=name)
            return
        try:
            await act(command)
        except (OwnerRefusedError, OSError, KeyError, ValueError) as error:
            self._report("command_failed", name=name, error=f"{type(error).__name__}: {error}")
            return
        self._report("done", name=name)

    async def _do_say(self, command: dict[str, object]) -> None:
        await self._say(str(command["text"]), parse_form(str(command.get("form", "full"))))

    async def _do_rename(self, command: dict[str, object]) -> None:
        await self._client.rename(str(command["name"]))

    async def _do_switch(self, command: dict[str, object]) -> None:
        on = bool(command.get("on", True))
        match command["do"]:
            case "camera":
                self._camera_on = on
            case "microphone":
                self._microphone_on = on
            case _:
                self._portrait = on
        self._apply_switches()

    async def _do_leave(self, _command: dict[str, object]) -> None:
        await self._leave()
        self._report("left")

    async def _do_return(self, _command: dict[str, object]) -> None:
        await self._enter()

    async def _do_end(self, _command: dict[str, object]) -> None:
        answer = await self._client.end(self._options.session_id)
        self._report("ended", status=answer.session.status, by=answer.ended_by)

    async def _do_state(self, _command: dict[str, object]) -> None:
        state = await self._client.state(self._options.session_id)
        self._report("state", **state.to_wire())

    async def _do_simulate(self, command: dict[str, object]) -> None:
        if self._phone is not None:
            await self._phone.simulate(int(str(command.get("scenario", 0))))

    async def _do_quit(self, _command: dict[str, object]) -> None:
        self._over.set()

    async def _enter(self) -> bool:
        """Join until it works; False if the session cannot be entered any more."""
        async with self._moves:
            for attempt in range(1_000):
                try:
                    if self._over.is_set() or self._phone is not None or await self._try_to_enter():
                        return True
                except OwnerRefusedError as error:
                    self._report("refused", status=error.status, code=error.code)
                    if error.code not in _RETRIED_CODES:
                        return False
                except (rtc.ConnectError, OSError) as error:
                    self._report("not_connected", kind=type(error).__name__)
                await asyncio.sleep(_PAUSES_S[min(attempt, len(_PAUSES_S) - 1)] * random.uniform(0.5, 1))  # noqa: S311 - spreads retries, guards nothing
        return False

    async def _try_to_enter(self) -> bool:
        grant = await self._client.join(self._options.session_id, "practice-phone-01")
        url = grant.server_url or self._options.livekit_url
        if grant.room_ready is False or url is None:
            self._report("room_not_ready")
            return False
        has_video = grant.session_type != "chat"
        publishing = self._options.publishing
        if has_video and publishing.video and self._camera is None:
            self._camera = SyntheticCamera(
                width=publishing.width, height=publishing.height, fps=publishing.fps, still=publishing.still
            )
        phone = OwnerPhone(
            publishing,
            self._camera if has_video else None,
            self._chat,
            self._report,
            on_push=self._pushed,
            on_gone=self._lost,
        )
        try:
            await phone.connect(url, grant.token, dynacast=self._options.dynacast, watch=self._options.watches)
        except rtc.ConnectError:
            await phone.leave()
            raise
        self._phone = phone
        self._learn_names(grant.participants)
        self._report("joined", session_type=grant.session_type, status=grant.status, history=len(grant.messages))
        self._apply_switches()
        self._chat.take_stored(grant.messages, self._client.user_id)
        if has_video:
            phone.start_publishing()
        if self._options.greets and not self._greeted:
            self._greeted = True
            if not any(message.sender_id == self._client.user_id for message in grant.messages):
                self._spawn(self._say(GREETING))
        return True

    async def _leave(self) -> None:
        phone, self._phone = self._phone, None
        if phone is not None:
            await phone.leave()

    def _lost(self, reason: str) -> None:
        if not self._over.is_set():
            self._spawn(self._come_back(reason))

    async def _come_back(self, reason: str) -> None:
        """After a lost room: enter again unless the session is over or somebody else uses this login."""
        await self._leave()
        if reason in _FINAL_REASONS or not await self._enter():
            self._over.set()

    def _apply_switches(self) -> None:
        if self._camera is not None:
            self._camera.portrait = self._portrait
        if self._phone is not None:
            self._phone.media.set_camera(on=self._camera_on)
            self._phone.media.set_microphone(on=self._microphone_on)

    async def _say(self, text: str, form: Form = "full") -> None:
        temp_id = await self._chat.say(text, form)
        self._report("said", text=text, temp_id=temp_id, form=form)

    def _heard(self, heard: Heard) -> None:
        sender = self._names.get(heard.sender, "")
        self._report("chat", sender=sender, role=heard.sender, text=heard.text, key=heard.key, via=heard.via)
        if self._options.answers and heard.via != "stored":
            self._spawn(self._answer(heard.text))

    async def _answer(self, text: str) -> None:
        self._answers += 1
        answer = answer_to(text, self._answers - 1)
        await self._chat.type_for(self._options.answer_delay_s)
        await self._say(answer)

    def _pushed(self, push: dict[str, object]) -> None:
        kind, data = push.get("type"), push.get("data")
        self._report("push", type=kind, seq=push.get("seq"))
        if not isinstance(data, dict):
            return
        if kind == "participants.updated":
            people = data.get("participants")
            self._learn_names(
                tuple(wire.Participant.from_wire(one) for one in people) if isinstance(people, list) else ()
            )
        elif kind == "session.ended":
            self._report("session_ended", status=data.get("status"), by=data.get("endedBy"), why=data.get("endReason"))
            self._over.set()
        elif kind == "chat.message" and isinstance(data.get("message"), dict):
            message = wire.Message.from_wire(data["message"])
            self._chat.take_stored((message,), self._client.user_id, via="push")

    def _learn_names(self, people: tuple[wire.Participant, ...]) -> None:
        names = {person.role: person.display_name for person in people}
        if names != self._names:
            self._names = names
            self._report("names", names=names)

    def _spawn(self, story: Coroutine[object, object, None]) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(story)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report("failed", error=type(error).__name__)
