"""Logins and ids of the demo data that a practice day uses (contract section 10); light to load."""

import uuid

from desktop.core.people import SessionId

DEMO_PASSWORD = "demo-torque-42"  # noqa: S105 - the published password of the demo data
PASSWORD_VARIABLE = "BAYLINK_PRACTICE_PASSWORD"  # noqa: S105 - the variable in which a password is handed over
MECHANIC_EMAIL = "marisol@shop.example"
CUSTOMER_EMAILS = {
    "C1": "dana.w@post.example",
    "C2": "owen.ml@post.example",
    "C4": "rust.bucket.88@post.example",
}


def demo_session_id(key: str) -> SessionId:
    """Return the id of a session of the demo data, such as `S01`."""
    return SessionId(str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://baylink.example/demo/session/{key}")))
