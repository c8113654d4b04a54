"""Servers and a customer for benchmarks that bring guests of their own into the room of a session."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from livekit import api

from benchmarks.side import SignIn
from desktop.practice.children import free_port
from desktop.practice.customer_process import CustomerProcess
from desktop.practice.day import PracticeLogin, PracticeSession
from desktop.practice.join_server import JoinServer
from desktop.practice.livekit_server import LiveKitKeys, LiveKitServer

_ENTERED_S = 30.0


@dataclass(frozen=True, slots=True)
class OpenShop:
    """Where a mechanic signs in, and where guests enter."""

    url: str
    livekit_url: str
    sign_in: SignIn
    folder: Path
    keys: LiveKitKeys = field(repr=False)

    def guest_token(self, number: int) -> str:
        """Return what lets one more person into the room of the session."""
        grants = api.VideoGrants(room_join=True, room=f"session-{self.sign_in.session_id}")
        access = api.AccessToken(self.keys.api_key, self.keys.api_secret).with_identity(f"customer-guest-{number}")
        return access.with_name(f"Guest {number}").with_grants(grants).to_jwt()


@contextlib.asynccontextmanager
async def open_shop(session: PracticeSession, *customer: str, films: bool = True) -> AsyncIterator[OpenShop]:
    """Run a livekit-server, a join server and the customer of a session, who is in its room, and films there.

    LiveKit tells the join server nothing here: it would put out whoever its platform does not know.
    """
    keys = LiveKitKeys.fresh()
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baylink-open-shop-")))
        livekit = await LiveKitServer.start(folder, keys=keys)
        stack.push_async_callback(livekit.stop)
        join_server = await JoinServer.start(folder, port=free_port(), livekit_url=livekit.url, keys=keys)
        stack.push_async_callback(join_server.stop)
        running = await CustomerProcess.start(
            folder, server=join_server.url, session_id=session.id, email=session.email, arguments=customer
        )
        stack.push_async_callback(running.stop)
        await running.wait_for("published" if films else "joined", timeout_s=_ENTERED_S)
        login = PracticeLogin()
        sign_in = SignIn(login.email, login.password, session.id)
        yield OpenShop(join_server.url, livekit.url, sign_in, folder, keys)
