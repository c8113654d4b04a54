"""What one worker tells the others through PostgreSQL: hints and ended streams, sent with the commit that made them."""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from desktop.core.people import MechanicId
from desktop.joinserver.effects import Effect, EndStreams, Hint

if TYPE_CHECKING:
    import psycopg  # comes with the extra `postgres` only

_log = logging.getLogger(__name__)
_CHANNEL: Final = "baylink_notices"
_STOP: Final = "stop"
_LISTENS_FOR_S: Final = 5.0
_TRIES_AGAIN_AFTER_S: Final = 1.0
_TELL = text("SELECT pg_notify(:channel, :payload)")

StreamEffect = Hint | EndStreams


def announce(session: Session, worker: str, effects: Iterable[Effect]) -> None:
    """Tell the other workers of these effects once the session commits, and only then."""
    for effect in effects:
        if isinstance(effect, (Hint, EndStreams)):
            session.execute(_TELL, {"channel": _CHANNEL, "payload": encoded(worker, effect)})


def encoded(worker: str, effect: StreamEffect) -> str:
    """Return an effect as the text of a notification."""
    if isinstance(effect, Hint):
        body: dict[str, object] = {"event": effect.event, "mechanic": effect.mechanic_id, "data": effect.data}
    else:
        body = {"mechanic": effect.mechanic_id, "login": effect.login_id}
    return json.dumps({"from": worker, **body}, separators=(",", ":"))


def decoded(payload: str, worker: str) -> StreamEffect | None:
    """Return the effect of a notification; None for `worker`'s own and for what makes no sense."""
    try:
        body = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(body, dict) or body.get("from") == worker:
        return None
    mechanic = MechanicId(body["mechanic"]) if isinstance(body.get("mechanic"), str) else None
    if isinstance(body.get("event"), str) and isinstance(body.get("data"), dict):
        return Hint(mechanic, body["event"], body["data"])
    login = body.get("login")
    return EndStreams(mechanic, login) if mechanic or isinstance(login, str) else None


class Listener:
    """Hears the other workers on a thread of its own and hands on what they said on the event loop."""

    def __init__(
        self, engine: Engine, worker: str, on_effect: Callable[[list[Effect]], None], on_gap: Callable[[], None]
    ) -> None:
        """`on_gap` is called whenever something may have been missed."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._worker = worker
        self._on_effect = on_effect
        self._on_gap = on_gap
        self._stopping = threading.Event()
        self._hears = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="joinserver-notices", daemon=True)

    def start(self) -> None:
        """Start to listen; return once it hears, or after a few seconds. Blocks."""
        self._thread.start()
        self._hears.wait(_LISTENS_FOR_S)

    def close(self) -> None:
        """Stop listening. Blocks until the thread has ended."""
        self._stopping.set()
        with contextlib.suppress(DBAPIError), self._engine.connect() as connection:
            # Only wakes the thread; without a database it wakes by itself.
            connection.execute(_TELL, {"channel": _CHANNEL, "payload": _STOP})
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - whatever ended the listening, it is begun again
                _log.warning("not hearing other workers: %s", type(error).__name__)
                self._stopping.wait(_TRIES_AGAIN_AFTER_S)

    def _listen(self) -> None:
        with self._engine.connect() as connection:
            raw = cast("psycopg.Connection[tuple[object, ...]]", connection.connection.driver_connection)
            connection.detach()  # a connection that listens must not go back to the pool
            connection.exec_driver_sql(f"LISTEN {_CHANNEL}")
            if self._hears.is_set():
                self._loop.call_soon_threadsafe(self._on_gap)
            self._hears.set()
            while not self._stopping.is_set():
                for notice in raw.notifies(timeout=_LISTENS_FOR_S):
                    if self._stopping.is_set():
                        return
                    effect = decoded(notice.payload, self._worker)
                    if effect is not None:
                        heard: list[Effect] = [effect]
                        self._loop.call_soon_threadsafe(self._on_effect, heard)
