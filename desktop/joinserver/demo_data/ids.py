"""Ids of the demo data: always the same for a kind and key."""

from typing import Final
from uuid import NAMESPACE_URL, uuid5

from desktop.core.people import MechanicId, SessionId, UserId

DEMO_PASSWORD: Final = "demo-torque-42"  # noqa: S105 - the published practice password


def demo_id(kind: str, key: str) -> str:
    """Return the id of a demo row, such as `demo_id("session", "S01")`."""
    return str(uuid5(NAMESPACE_URL, f"https://baylink.example/demo/{kind}/{key}"))


def user_id(key: str) -> UserId:
    """Return the auth id of `M1`, `C1` and so on."""
    return UserId(demo_id("user", key))


def mechanic_id(key: str) -> MechanicId:
    """Return the mechanic id of `M1` and so on."""
    return MechanicId(demo_id("mechanic", key))


def session_id(key: str) -> SessionId:
    """Return the id of `S01` and so on."""
    return SessionId(demo_id("session", key))
