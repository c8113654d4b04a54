"""Hundreds of requests at once from real processes leave one start, one end, one winner and one message each.

Every test runs against real server processes: one on SQLite, two workers on PostgreSQL (SR-18, SR-19).
"""

import base64
import contextlib
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from livekit import api
from sqlalchemy import text

from desktop.joinserver.demo_data import DEMO_PASSWORD, demo_id
from desktop.joinserver.engines import open_engine
from tests.fixtures.crowd import Ask, Crowd, Reply
from tests.fixtures.joinserver import DANA, IKE, KEY, MARISOL, SECRET, TEODOR, Kind, database, demo_database
from tests.fixtures.real_server import RealServer, real_server

__all__ = ["database"]
pytestmark = pytest.mark.server
DEVICE = "bay3-6f0c9a52"


@dataclass
class Shop:
    """A running server and a look into its database."""

    running: RealServer
    client: httpx.Client
    url: str
    clients: Crowd | None = None
    made: list[str] = field(default_factory=list)

    def post(self, path: str, token: str = "", **body: object) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def sign_in(self, email: str) -> dict[str, Any]:
        path = "/api/mechanic/login" if email.endswith("@shop.example") else "/auth/v1/token?grant_type=password"
        tokens: dict[str, Any] = self.post(path, email=email, password=DEMO_PASSWORD)
        return tokens

    def token(self, email: str) -> str:
        return str(self.sign_in(email)["access_token"])

    def patch(self, path: str, **body: object) -> None:
        answer = self.client.patch(f"/api/dev/{path}", json=body)
        assert answer.status_code == 200, answer.text

    def rows(self, query: str, **values: object) -> list[Any]:
        """Return what a query finds, as plain rows."""
        engine = open_engine(self.url)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query), values))
        finally:
            engine.dispose()

    def make_session(self, **asked: object) -> dict[str, Any]:
        """Make a session to order; `make_room` ends it."""
        answer = self.client.post("/api/dev/sessions", json=asked)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        self.made.append(made["id"])
        return made

    def make_room(self) -> None:
        """End the open sessions of everybody who races here."""
        for session in [demo_id("session", "S01"), demo_id("session", "S05"), *self.made]:
            self.patch(f"sessions/{session}", status="cancelled")
        self.made.clear()

    def crowd(self, asks: list[Ask]) -> list[Reply]:
        assert self.clients is not None
        return self.clients.post(asks)


@contextlib.contextmanager
def open_shop(data_dir: Path, url: str | None, kind: Kind) -> Iterator[Shop]:
    """Run a server on a folder and database that are already filled."""
    with (
        real_server(data_dir, url, count=2 if kind == "postgres" else 1) as running,
        httpx.Client(base_url=running.base, timeout=60) as client,
    ):
        yield Shop(running, client, url or f"sqlite:///{data_dir / 'joinserver.sqlite3'}")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, database: Kind) -> Iterator[Shop]:
    """Run the server on the demo data, with clients that wait for their turn."""
    data_dir = tmp_path_factory.mktemp("shop") / "joinserver"
    with (
        demo_database(data_dir, database) as url,
        open_shop(data_dir, url, database) as shop,
        Crowd(shop.running.base) as shop.clients,
    ):
        yield shop


def webhook(room: str, identity: str, event_id: str) -> Ask:
    """Return what LiveKit sends when somebody came in."""
    body = json.dumps(
        {
            "id": event_id, "event": "participant_joined", "room": {"name": room},
            "participant": {"identity": identity, "sid": f"PA_{identity}"},
        }
    )  # fmt: skip
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    signed = api.AccessToken(KEY, SECRET).with_sha256(digest).to_jwt()
    headers = {"Authorization": signed, "Content-Type": "application/webhook+json"}
    return Ask("/api/livekit/webhook", headers=headers, content=body)


def waiting_session(shop: Shop) -> tuple[str, str, str, list[dict[str, Any]]]:
    """Bring a mechanic and a customer to a session: its id, their tokens, both join answers."""
    shop.make_room()
    session = shop.make_session(type="video", plan="standard", mechanic=IKE, customer=DANA)["id"]
    mechanic, customer = shop.token(IKE), shop.token(DANA)
    joined = [
        shop.post(f"/api/{side}/sessions/{session}/join", token, device_fingerprint=DEVICE)
        for side, token in (("mechanic", mechanic), ("customer", customer))
    ]
    return session, mechanic, customer, joined


def test_sr_18_one_mechanic_of_hundreds_of_accepts_wins(shop: Shop) -> None:
    shop.make_room()
    made = shop.make_session(status="pending", customer=DANA)
    path = f"/api/mechanic/assignments/{made['assignmentId']}/accept"
    tokens = {email: shop.token(email) for email in (MARISOL, IKE)}
    replies = shop.crowd([Ask(path, token) for _ in range(120) for token in tokens.values()])
    assert Counter(reply.status for reply in replies) == {200: 120, 409: 120}
    won = [reply for reply in replies if reply.status == 200]
    assert len({reply.ask.token for reply in won}) == 1
    assert sum(not reply.body["alreadyAccepted"] for reply in won) == 1
    assert {reply.body["code"] for reply in replies if reply.status == 409} == {"assignment_taken"}
    accepted = shop.rows("SELECT mechanic_id FROM session_assignments WHERE session_id = :id AND status = 'accepted'",
                         id=made["id"])  # fmt: skip
    events = shop.rows("SELECT id FROM session_events WHERE session_id = :id AND event_type = 'mechanic_accepted'",
                       id=made["id"])  # fmt: skip
    assert (len(accepted), len(events)) == (1, 1)


def test_sr_18_a_mechanic_who_accepts_several_at_once_has_one_active_session(shop: Shop) -> None:
    shop.make_room()
    token = shop.token(IKE)
    made = [shop.make_session(status="pending", guestEmail=f"guest{n}@post.example") for n in range(6)]
    asks = [Ask(f"/api/mechanic/assignments/{one['assignmentId']}/accept", token) for one in made for _ in range(20)]
    replies = shop.crowd(asks)
    assert {reply.body.get("sessionId") for reply in replies if reply.status == 200} - {None} != set()
    assert len({reply.body["sessionId"] for reply in replies if reply.status == 200}) == 1
    refused = {reply.body["code"] for reply in replies if reply.status != 200}
    assert refused == {"mechanic_has_active_session"}


def test_sr_18_hundreds_of_starts_give_one_start(shop: Shop) -> None:
    session, mechanic, customer, joined = waiting_session(shop)
    hooks = [
        webhook(one["roomName"], one["identity"], f"EV_start_{one['role']}_{n}") for one in joined for n in range(10)
    ]
    hooks += hooks[:10]  # LiveKit repeats what was not answered in time, with the same id
    starts = [Ask(f"/api/sessions/{session}/start", token) for _ in range(100) for token in (mechanic, customer)]
    mixed = [ask for pair in zip(starts[: len(hooks)], hooks, strict=True) for ask in pair] + starts[len(hooks) :]
    replies = shop.crowd(mixed)
    assert all(reply.status == 200 for reply in replies if "webhook" in reply.ask.path)
    answers = [reply for reply in replies if reply.ask.path.endswith("/start")]
    assert {reply.status for reply in answers} <= {200, 409}
    assert {reply.body["code"] for reply in answers if reply.status == 409} <= {"not_both_present"}
    told = {reply.body["session"]["started_at"] for reply in answers if reply.status == 200}
    told.add(shop.post(f"/api/sessions/{session}/start", mechanic)["session"]["started_at"])
    assert len(told) == 1
    events = shop.rows("SELECT event_type FROM session_events WHERE session_id = :id", id=session)
    assert Counter(event for (event,) in events)["started"] == 1
    assert Counter(event for (event,) in events)["joined"] == 2


def test_sr_18_hundreds_of_ends_give_one_end(shop: Shop) -> None:
    session, mechanic, customer, joined = waiting_session(shop)
    for one in joined:
        hook = webhook(one["roomName"], one["identity"], f"EV_{one['role']}")
        assert shop.client.post(hook.path, content=hook.content, headers=hook.headers).status_code == 200
    path = f"/api/sessions/{session}/end"
    replies = shop.crowd([Ask(path, token) for _ in range(120) for token in (mechanic, customer)])
    assert {reply.status for reply in replies} == {200}
    assert sum(not reply.body["alreadyEnded"] for reply in replies) == 1
    assert len({reply.body["session"]["ended_at"] for reply in replies}) == 1
    events = shop.rows("SELECT event_type FROM session_events WHERE session_id = :id", id=session)
    assert Counter(event for (event,) in events)["cancelled"] == 1
    assert shop.rows("SELECT present FROM session_participants WHERE session_id = :id AND present", id=session) == []


def test_sr_19_hundreds_of_sends_store_each_message_once_and_in_one_order(shop: Shop) -> None:
    session, mechanic, customer, _ = waiting_session(shop)

    def send(token: str, number: int) -> Ask:
        body = {"sessionId": session, "content": f"line {number}", "attachments": [], "tempId": f"temp-{number:05d}"}
        return Ask("/api/chat/send-message", token, body)

    asks = [send(token, number) for _ in range(4) for number in range(30) for token in (mechanic, customer)]
    replies = shop.crowd(asks)
    assert {reply.status for reply in replies} == {200}
    by_message = Counter((reply.ask.token, reply.body["tempId"]) for reply in replies if not reply.body["duplicate"])
    assert (len(by_message), set(by_message.values())) == (60, {1})
    ids = {(reply.ask.token, reply.body["tempId"], reply.body["message"]["id"]) for reply in replies}
    assert len(ids) == 60
    stored = shop.rows("SELECT seq FROM chat_messages WHERE session_id = :id ORDER BY seq", id=session)
    assert [seq for (seq,) in stored] == list(range(1, 61))


def test_sr_07_one_refresh_token_sent_many_times_at_once_leaves_one_way_on(shop: Shop) -> None:
    refresh = shop.sign_in(IKE)["refresh_token"]
    path = "/auth/v1/token?grant_type=refresh_token"
    replies = shop.crowd([Ask(path, body={"refresh_token": refresh}) for _ in range(60)])
    assert {reply.status for reply in replies} <= {200, 401}
    given = {reply.body["refresh_token"] for reply in replies if reply.status == 200}
    assert given
    known = {hashlib.sha256(token.encode()).hexdigest() for token in given}
    unused = shop.rows("SELECT token_hash FROM auth_tokens WHERE kind = 'refresh' AND used_at IS NULL")
    assert len(known & {token_hash for (token_hash,) in unused}) == 1


def test_sr_06_parallel_guesses_count_one_by_one(shop: Shop) -> None:
    guesses = [Ask("/api/mechanic/login", body={"email": TEODOR, "password": f"guess {n}"}) for n in range(80)]
    replies = shop.crowd(guesses)
    assert Counter(reply.status for reply in replies) == {401: 5, 429: 75}


def test_a_killed_server_has_kept_every_message_that_it_confirmed(tmp_path: Path, database: Kind) -> None:
    data_dir = tmp_path / "joinserver"
    with demo_database(data_dir, database) as url:
        with contextlib.suppress(httpx.TransportError), open_shop(data_dir, url, database) as shop:
            session, mechanic, customer, _ = waiting_session(shop)
            confirmed = _send_until_killed(shop, session, (mechanic, customer))
        with open_shop(data_dir, url, database) as again:
            stored = again.rows(
                "SELECT temp_id, seq FROM chat_messages WHERE session_id = :id ORDER BY seq", id=session
            )
            assert confirmed <= {temp_id for temp_id, _ in stored}
            assert len(confirmed) >= 100
            assert [seq for _, seq in stored] == list(range(1, len(stored) + 1))
            headers = {"Authorization": f"Bearer {mechanic}"}
            state = again.client.get(f"/api/sessions/{session}/state", headers=headers).json()
            assert state["messageSeq"] == len(stored)


def _send_until_killed(shop: Shop, session: str, tokens: tuple[str, str]) -> set[str]:
    """Let eight senders go on until the server is killed under them; return what it had confirmed."""
    confirmed: set[str] = set()
    enough = threading.Event()

    def talk(sender: int) -> None:
        headers = {"Authorization": f"Bearer {tokens[sender % 2]}"}
        with httpx.Client(base_url=shop.running.base, timeout=30, headers=headers) as client:
            for number in range(10_000):
                temp_id = f"kept-{sender}-{number:05d}"
                body = {"sessionId": session, "content": "still here", "attachments": [], "tempId": temp_id}
                try:
                    answer = client.post("/api/chat/send-message", json=body)
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    confirmed.add(temp_id)
                if len(confirmed) >= 120:
                    enough.set()

    senders = [threading.Thread(target=talk, args=(sender,)) for sender in range(8)]
    for sender in senders:
        sender.start()
    assert enough.wait(60)
    shop.running.kill()
    for thread in senders:
        thread.join()
    return confirmed
