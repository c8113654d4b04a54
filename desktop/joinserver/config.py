"""How a join server is to run, and what it refuses to run as (SR-28, SR-29)."""

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """How often what may be asked (contract 4.4); counts a minute unless the name says otherwise."""

    account_failures_in_15_min: int = 5
    address_failures_in_15_min: int = 20
    refresh_in_15_min: int = 30
    join: int = 20
    accept: int = 30
    end: int = 20
    send_message: int = 60
    send_message_burst: int = 20
    files: int = 20
    summary: int = 5
    other: int = 300
    public_by_address: int = 60


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """The cost of argon2id; the default is the contract's (SR-5), a lower one is for tests."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Everything a join server is told at start. `data_dir` holds the database, the signing secret and the files."""

    data_dir: Path
    host: str = "127.0.0.1"
    database: str | None = field(default=None, repr=False)
    dev: bool = False
    demo_data: bool = False
    demo_at: datetime | None = None
    lean: bool = False
    livekit_url: str | None = None
    livekit_key: str = ""
    livekit_secret: str = field(default="", repr=False)
    trusted_proxy: bool = False
    tls: bool = False
    allowed_origins: tuple[str, ...] = ()
    faults: bool = False
    faults_seed: int = 0
    limits: Limits = field(default_factory=Limits)
    password_cost: PasswordCost = field(default_factory=PasswordCost)
    sweep_every_s: float | None = 15.0

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL: the one given, else SQLite in the data folder."""
        return self.database or f"sqlite:///{self.data_dir / 'joinserver.sqlite3'}"

    @property
    def serves_dev_paths(self) -> bool:
        """Whether `/api/dev` exists."""
        return self.dev and is_loopback(self.host)

    @property
    def serves_faults(self) -> bool:
        """Whether faults can be asked for."""
        return (self.faults or self.dev) and is_loopback(self.host)

    def refusal(self) -> str | None:
        """Return why a server must not run like this, or None."""
        if not is_loopback(self.host) and not (self.tls or self.trusted_proxy):
            return "an address that others can reach needs TLS (--tls-cert, --tls-key) or --trusted-proxy"
        if self.demo_data and not self.serves_dev_paths:
            return "demo data needs --dev on a loopback address"
        if self.livekit_key == "devkey" and self.livekit_secret == "secret" and not self.serves_dev_paths:  # noqa: S105 - the well-known pair that is refused
            return "the LiveKit pair devkey/secret needs --dev on a loopback address"
        if self.faults and not is_loopback(self.host):
            return "faults are switched on a loopback address only: leave out --faults, or --host"
        if self.lean and not self.dev:
            return "lean answers are for development: add --dev"
        return None


def is_loopback(host: str) -> bool:
    """Whether an address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
