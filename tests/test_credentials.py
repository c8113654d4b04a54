"""Where the sign-in is kept: safe keyrings only, never longer than five seconds of waiting, never a password."""

import threading

from desktop.core.account import CredentialHome
from desktop.credentials import CredentialStore, Keyring, system_keyring
from tests.virtual_time import in_loop


class Drawer:
    """A keyring in memory that can be locked, or stuck until told otherwise."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.stuck: threading.Event | None = None
        self.threads: set[str] = set()

    def _enter(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.stuck is not None:
            self.stuck.wait(30)
        if self.is_locked:
            raise PermissionError("locked")

    def get_password(self, service: str, username: str) -> str | None:
        self._enter()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._enter()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._enter()
        del self.kept[service, username]


def store(ring: Keyring | None, account: str = "api.baylink.example", limit_s: float = 5) -> CredentialStore:
    return CredentialStore(account, open_keyring=lambda: ring, limit_s=limit_s)


@in_loop
async def test_a_token_is_there_again_after_a_restart() -> None:
    drawer = Drawer()
    await store(drawer).save("bl_rt_one")
    again = store(drawer)
    assert await again.load() == "bl_rt_one"
    assert again.home is CredentialHome.KEYRING
    assert drawer.threads == {"baylink-keyring"}


@in_loop
async def test_two_servers_do_not_share_a_sign_in() -> None:
    drawer = Drawer()
    await store(drawer).save("bl_rt_one")
    assert await store(drawer, "127.0.0.1").load() is None


@in_loop
async def test_sr_37_wiping_leaves_nothing_in_the_keyring() -> None:
    drawer = Drawer()
    kept = store(drawer)
    await kept.save("bl_rt_one")
    await kept.wipe()
    assert drawer.kept == {}
    assert await kept.load() is None
    await kept.wipe()


@in_loop
async def test_sr_37_without_a_safe_keyring_the_sign_in_lasts_as_long_as_the_program() -> None:
    kept = store(None)
    await kept.save("bl_rt_one")
    assert await kept.load() == "bl_rt_one"
    assert kept.home is CredentialHome.MEMORY
    assert await store(None).load() is None


@in_loop
async def test_a_locked_keyring_falls_back_to_memory_and_says_so() -> None:
    drawer = Drawer()
    drawer.is_locked = True
    kept = store(drawer)
    assert await kept.load() is None
    assert kept.home is CredentialHome.MEMORY
    await kept.save("bl_rt_one")
    assert await kept.load() == "bl_rt_one"


@in_loop
async def test_a_keyring_that_waits_for_a_dialog_does_not_hold_up_the_sign_in() -> None:
    drawer = Drawer()
    drawer.stuck = threading.Event()
    kept = store(drawer, limit_s=0.01)
    assert await kept.load() is None
    assert kept.home is CredentialHome.MEMORY
    drawer.stuck.set()
    await kept.save("bl_rt_one")
    assert drawer.kept == {}


def test_sr_37_only_keyrings_that_the_system_guards_are_taken() -> None:
    # No desktop session here: the bus of the Secret Service is switched off for all tests.
    assert system_keyring() is None
