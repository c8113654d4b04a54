"""Who is signed in, as the sign-in page and the headers draw it."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.core.session import Mechanic


class AccountPhase(StrEnum):
    """Where the sign-in stands."""

    STARTING = "starting"
    SIGNED_OUT = "signed_out"
    SIGNING_IN = "signing_in"
    SIGNED_IN = "signed_in"


class CredentialHome(StrEnum):
    """Where the sign-in is kept between starts."""

    KEYRING = "keyring"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class AccountState:
    """Everything the sign-in page needs.

    `error` is the sentence under the field; `offline` that nobody answered and that it is tried again by itself;
    `interrupted` that a session on screen goes on while the `mechanic` signs in again (their texts are kept).
    `retry_at_s` is the monotonic time at which a locked-out sign-in may be tried again.
    """

    phase: AccountPhase = AccountPhase.STARTING
    mechanic: Mechanic | None = None
    email: str = ""
    error: str | None = None
    offline: bool = False
    retry_at_s: float | None = None
    credential_home: CredentialHome = CredentialHome.KEYRING
    interrupted: bool = False
    shop_name: str = ""
    bay_name: str = ""
