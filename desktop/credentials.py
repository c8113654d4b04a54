"""CredentialStore: keeps the refresh token of the login in the system's keyring, or in memory where that is not safe.

Only the refresh token is ever kept, never a password. Only keyrings that the system itself guards are used: the Secret
Service, the Windows credential vault and the macOS keychain. A keyring that is locked, broken or silent for five
seconds is not asked again before the next start.
"""

import asyncio
import importlib
import logging
import threading
from collections.abc import Callable
from typing import Protocol

from desktop.core.account import CredentialHome

_log = logging.getLogger(__name__)

_SERVICE = "baylink"
_LIMIT_S = 5.0
_ALLOWED = (
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.macOS", "Keyring"),
)


class Keyring(Protocol):
    """What is used of a keyring; every call may block for a long time and may raise anything."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the kept secret, if there is one."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret; raises when there is none."""


def system_keyring() -> Keyring | None:
    """Return the allowed keyring that works on this machine, or None; may block while the system's bus is asked."""
    for module_name, class_name in _ALLOWED:
        try:
            backend = getattr(importlib.import_module(module_name), class_name)
            if backend.viable:
                keyring: Keyring = backend()
                return keyring
        except Exception as error:  # noqa: BLE001 - a keyring of another system fails in its own ways; it is passed over
            _log.debug("%s cannot be used here: %s", module_name, type(error).__name__)
    return None


class CredentialStore:
    """Keeps one refresh token for one account of the keyring.

    Lives in one asyncio loop; the keyring itself is only touched in a worker thread. No method raises for a keyring
    that fails: the token is then held in memory, and `home` says so.
    """

    def __init__(
        self,
        account: str,
        *,
        open_keyring: Callable[[], Keyring | None] = system_keyring,
        limit_s: float = _LIMIT_S,
    ) -> None:
        """Make the store without opening a keyring; `account` tells apart the logins of different servers."""
        self._account = account
        self._open_keyring = open_keyring
        self._limit_s = limit_s
        self._keyring: Keyring | None = None
        self._token: str | None = None
        self._home: CredentialHome | None = None
        self._turn = asyncio.Lock()

    @property
    def home(self) -> CredentialHome:
        """Where the token is kept, or would be: the keyring until it has failed."""
        return self._home or CredentialHome.KEYRING

    async def load(self) -> str | None:
        """Return the kept refresh token, if there is one."""
        async with self._turn:
            if self._token is None:
                self._token = await self._ask(lambda ring: ring.get_password(_SERVICE, self._account))
            return self._token

    async def save(self, token: str) -> None:
        """Keep `token` instead of any former one."""
        async with self._turn:
            self._token = token
            await self._ask(lambda ring: ring.set_password(_SERVICE, self._account, token))

    async def wipe(self) -> None:
        """Forget the token, here and in the keyring."""
        async with self._turn:
            self._token = None
            await self._ask(self._remove)

    def _remove(self, ring: Keyring) -> None:
        if ring.get_password(_SERVICE, self._account) is not None:
            ring.delete_password(_SERVICE, self._account)

    async def _ask[Result](self, work: Callable[[Keyring], Result]) -> Result | None:
        """Do `work` with the keyring, in a thread of its own, for at most the limit."""
        if self._home is CredentialHome.MEMORY:
            return None
        try:
            async with asyncio.timeout(self._limit_s):
                found, result = await _in_thread(lambda: self._with_keyring(work))
        except TimeoutError:
            _log.warning("the keyring did not answer; the sign-in is kept in memory only")
            self._home = CredentialHome.MEMORY
            return None
        except Exception as error:  # noqa: BLE001 - keyrings raise what their systems raise; the sign-in goes on without
            _log.warning("the keyring failed (%s); the sign-in is kept in memory only", type(error).__name__)
            self._home = CredentialHome.MEMORY
            return None
        self._home = CredentialHome.KEYRING if found else CredentialHome.MEMORY
        return result

    def _with_keyring[Result](self, work: Callable[[Keyring], Result]) -> tuple[bool, Result | None]:
        if self._keyring is None:
            self._keyring = self._open_keyring()
        if self._keyring is None:
            _log.warning("no safe keyring on this machine; the sign-in is kept in memory only")
            return False, None
        return True, work(self._keyring)


async def _in_thread[Result](work: Callable[[], Result]) -> Result:
    """Run `work` in a daemon thread: a keyring that waits for an unlock dialog must not hold up the program's end."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type] # a result without an error is the result

    def run() -> None:
        result: Result | None = None
        error: Exception | None = None
        try:
            result = work()
        except Exception as caught:  # noqa: BLE001 - carried over to whoever awaits it
            error = caught
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            _log.debug("the keyring answered after the end")

    threading.Thread(target=run, name="baylink-keyring", daemon=True).start()
    return await outcome
