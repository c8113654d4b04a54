"""Small hand-written stand-ins for what the sign-in and the list need from outside."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

from desktop.core.account import AccountPhase, AccountState, CredentialHome
from desktop.core.board import BoardListing, HintKind, ServerHint
from desktop.core.errors import BaylinkError, OfflineError, RefusedError
from desktop.core.people import MechanicId, SessionId
from desktop.core.session import Mechanic, SessionKind, SessionRow, SessionStatus

MARISOL = Mechanic(MechanicId("m-1"), "Marisol Quintero", email="marisol@shop.example")
IKE = Mechanic(MechanicId("m-2"), "Ike Brannigan", email="ike@shop.example")
NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def row(name: str, status: SessionStatus = SessionStatus.WAITING, **changes: object) -> SessionRow:
    """Return a row of the list; its id is made from the customer's name."""
    fields: dict[str, object] = {
        "id": SessionId(f"s-{name.lower()}"),
        "kind": SessionKind.VIDEO,
        "status": status,
        "kind_label": "Video",
        "plan_name": "Standard Video",
        "customer_name": name,
        "created_at": NOW - timedelta(minutes=4),
        "joinable": status is SessionStatus.WAITING,
    }
    return SessionRow(**{**fields, **changes})  # type: ignore[arg-type] # fields of SessionRow only


def signed_in(mechanic: Mechanic = MARISOL) -> AccountState:
    """Return the state of somebody signed in."""
    return AccountState(phase=AccountPhase.SIGNED_IN, mechanic=mechanic, shop_name="Northgate", bay_name="Bay 3")


class FakeKeeper:
    """Keeps a token in memory; `home` may be set to say otherwise."""

    def __init__(self, token: str | None = None, home: CredentialHome = CredentialHome.KEYRING) -> None:
        self.token = token
        self.home = home
        self.seen: list[str] = []

    async def load(self) -> str | None:
        return self.token

    async def save(self, token: str) -> None:
        self.token = token
        self.seen.append(token)

    async def wipe(self) -> None:
        self.token = None


class FakeAccountBackend:
    """Answers sign-ins from a list, the last answer again and again; a `gate` holds them back until it is set."""

    def __init__(self, *answers: Mechanic | BaylinkError) -> None:
        self.answers = deque(answers or (MARISOL,))
        self.asked: list[tuple[str, ...]] = []
        self.gate: asyncio.Event | None = None
        self.forgotten = 0
        self.signed_out = 0

    async def _answer(self, *asked: str) -> Mechanic:
        self.asked.append(asked)
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaylinkError):
            raise answer
        return answer

    async def sign_in(self, email: str, password: str) -> Mechanic:
        return await self._answer("sign_in", email, password)

    async def restore(self, refresh_token: str) -> Mechanic:
        return await self._answer("restore", refresh_token)

    async def me(self) -> Mechanic:
        return await self._answer("me")

    async def sign_out(self) -> None:
        self.signed_out += 1

    def forget(self) -> None:
        self.forgotten += 1


class FakeBoardBackend:
    """Serves `rows` or raises `trouble`; `hints` is the event stream, None meaning that there is none."""

    def __init__(self, *rows: SessionRow, has_hints: bool = False) -> None:
        self.rows = rows
        self.trouble: BaylinkError | None = None
        self.readings = 0
        self.listens = 0
        self.accepted: list[str] = []
        self.refusal: BaylinkError | None = None
        self._has_hints = has_hints
        self._hints: asyncio.Queue[ServerHint | None] = asyncio.Queue()

    async def board(self) -> BoardListing:
        self.readings += 1
        if self.trouble is not None:
            raise self.trouble
        return BoardListing(rows=self.rows)

    def hint(self, kind: HintKind) -> None:
        """Let the server say something."""
        self._hints.put_nowait(ServerHint(kind))

    def break_stream(self) -> None:
        """Let the stream end as a lost connection does."""
        self._hints.put_nowait(None)

    async def events(self) -> AsyncGenerator[ServerHint]:
        self.listens += 1
        if not self._has_hints:
            raise RefusedError("feature_missing", 404)
        if self.trouble is not None:
            raise OfflineError
        yield ServerHint(HintKind.OPENED)
        while (hint := await self._hints.get()) is not None:
            yield hint
        raise OfflineError

    async def accept(self, assignment_id: str) -> SessionId:
        self.accepted.append(assignment_id)
        if self.refusal is not None:
            raise self.refusal
        return SessionId("s-accepted")
