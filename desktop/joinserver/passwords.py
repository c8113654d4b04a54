"""Passwords as argon2id, checked on threads of their own, at the same cost for known and unknown accounts (SR-5)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from desktop.joinserver.config import PasswordCost

_THREADS = 2


class Passwords:
    """Hashes and checks passwords; the event loop stays free."""

    def __init__(self, cost: PasswordCost) -> None:
        """Prepare the hasher and the hash that unknown accounts are checked against."""
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="joinserver-passwords")
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """Return the hash of a password. Blocks for as long as a check takes."""
        return self._hasher.hash(password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether a password is the right one; with no stored hash, as slow and False."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._matches, stored, password)

    async def rehashed(self, stored: str, password: str) -> str | None:
        """Return a new hash where the stored one was made at another cost, else None."""
        if not self._hasher.check_needs_rehash(stored):
            return None
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.hash, password)

    def close(self) -> None:
        """Wait for checks that run."""
        self._threads.shutdown()

    def _matches(self, stored: str | None, password: str) -> bool:
        if self._nobody is None:
            self._nobody = self.hash("nobody has this password")
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None
