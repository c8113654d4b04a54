"""What a running join server is made of, put together once at start and let go of at its end."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from sqlalchemy import update

from desktop.core.people import SessionId
from desktop.joinserver.broker import Broker
from desktop.joinserver.clock import WallClock
from desktop.joinserver.config import ServerConfig
from desktop.joinserver.dispatcher import Dispatcher
from desktop.joinserver.faults import Faults
from desktop.joinserver.known_rooms import KNOWN_FOR_S, KnownRooms
from desktop.joinserver.limits import Limiter, RateLimiter
from desktop.joinserver.links import LinkSigner, signing_secret
from desktop.joinserver.notices import Listener
from desktop.joinserver.passwords import Passwords
from desktop.joinserver.rooms import LiveKitRooms, NoRooms, RoomService, SwitchedRooms
from desktop.joinserver.shared_limits import SharedLimiter
from desktop.joinserver.storage import Database
from desktop.joinserver.sweeper import Sweeper
from desktop.joinserver.tables import LiveKitRoom
from desktop.joinserver.tokens import TokenMaker
from desktop.joinserver.unit import Unit

_log = logging.getLogger(__name__)
CLOSE_AFTER_S = 0.5


@dataclass(frozen=True, slots=True)
class House:
    """The parts that answer requests."""

    config: ServerConfig
    clock: WallClock
    db: Database
    rooms: KnownRooms
    broker: Broker
    dispatcher: Dispatcher
    limiter: Limiter
    passwords: Passwords
    tokens: TokenMaker
    links: LinkSigner
    faults: Faults
    sweeper: Sweeper
    livekit_secret: str
    livekit_key: str
    started_s: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What tests put in place of the real parts."""

    clock: WallClock | None = None
    rooms: RoomService | None = None
    close_after_s: float = CLOSE_AFTER_S
    monotonic: Callable[[], float] = time.monotonic


@contextlib.asynccontextmanager
async def open_house(config: ServerConfig, parts: Parts) -> AsyncIterator[House]:
    """Build everything, keep the sweeper running, and take it all down in the reverse order."""
    clock = parts.clock or WallClock()
    key = config.livekit_key or "unset"
    secret = config.livekit_secret or secrets.token_hex(32)
    livekit = parts.rooms or (LiveKitRooms(config.livekit_url, key, secret) if config.livekit_url else NoRooms())
    faults = Faults(config.faults_seed)
    if config.serves_faults:
        livekit = SwitchedRooms(livekit, lambda: faults.standing.livekit_away)
    rooms = KnownRooms(livekit, parts.monotonic, 0 if config.serves_faults else KNOWN_FOR_S)
    broker = Broker()
    passwords = Passwords(config.password_cost)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    links = LinkSigner(signing_secret(config.data_dir / "signing.key"))

    async def mark_closed(session_id: SessionId) -> None:
        await db.write(lambda unit: _mark_closed(unit, session_id))

    dispatcher = Dispatcher(rooms, broker, mark_closed, parts.close_after_s)
    db = await asyncio.to_thread(Database, config.database_url, clock, dispatcher.take)
    sweeper = Sweeper(db, rooms, mark_closed)
    limiter = SharedLimiter(db) if db.is_shared else RateLimiter(parts.monotonic)
    listener = Listener(db.engine, db.worker, dispatcher.take, broker.resync) if db.is_shared else None
    if listener is not None:
        await asyncio.to_thread(listener.start)
    house = House(
        config=config, clock=clock, db=db, rooms=rooms, broker=broker, dispatcher=dispatcher,
        limiter=limiter, passwords=passwords, tokens=TokenMaker(key, secret), links=links,
        faults=faults, sweeper=sweeper, livekit_secret=secret, livekit_key=key, started_s=time.monotonic(),
    )  # fmt: skip
    sweeping = asyncio.create_task(sweeper.run(config.sweep_every_s)) if config.sweep_every_s else None
    try:
        yield house
    finally:
        if sweeping is not None:
            sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeping
        broker.close_all()
        await dispatcher.settle()
        await rooms.aclose()
        if listener is not None:
            await asyncio.to_thread(listener.close)
        await asyncio.to_thread(db.close)
        passwords.close()


def _mark_closed(unit: Unit, session_id: SessionId) -> None:
    unit.session.execute(
        update(LiveKitRoom)
        .where(LiveKitRoom.session_id == session_id, LiveKitRoom.revoked_at.is_not(None))
        .values(closed_at=unit.now)
    )
