"""The link of a call in plain data: what was measured, what it means, and how much picture it carries now."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Limit(StrEnum):
    """What keeps the own picture smaller than it could be."""

    NONE = "none"
    CPU = "cpu"
    BANDWIDTH = "bandwidth"


@dataclass(frozen=True, slots=True)
class LinkStats:
    """One second of the connection, seen from this PC.

    Rates are kbit/s, shares run from 0 to 1, times are milliseconds. `frame_*` and `fps` tell of the largest picture
    that comes in, `sent_*` of the largest that goes out; 0 where none does. `freezes` counts since that picture began.
    `spare_out_kbps` is the SDK's estimate for sending, None while nothing is sent. `ice_answers` counts what the media
    server answered to ICE's own checks: one about every 2.5 s, also where everybody is muted and not a byte is sent.
    `train_kbps` is how fast the packets of one and the same frame follow each other, which a line stretches to what it
    carries however little is sent over it; None where no frame took several packets. `repeats` are packets that came
    again: after a loss, or as the padding with which a media server probes whether a line carries more.
    """

    rx_kbps: float = 0.0
    tx_kbps: float = 0.0
    rx_loss: float = 0.0
    tx_loss: float = 0.0
    round_trip_ms: float = 0.0
    jitter_ms: float = 0.0
    buffer_ms: float = 0.0
    frame_width: int = 0
    frame_height: int = 0
    fps: float = 0.0
    freezes: int = 0
    frozen_ms: float = 0.0
    sent_width: int = 0
    sent_height: int = 0
    sent_fps: float = 0.0
    limit: Limit = Limit.NONE
    spare_out_kbps: float | None = None
    ice_answers: int = 0
    train_kbps: float | None = None
    repeats: int = 0


class Verdict(StrEnum):
    """How good the connection is, and whose it is that is weak."""

    UNKNOWN = "unknown"
    GOOD = "good"
    FAIR = "fair"
    WEAK_OWN = "weak_own"
    WEAK_THEIRS = "weak_theirs"
    SERVER = "server"
    NONE = "none"


class Rung(IntEnum):
    """How much picture of the others is asked for; the ladder goes down one by one from FULL."""

    FULL = 0
    MIDDLE = 1
    LOW = 2
    PHOTOS = 3
    SOUND = 4

    @property
    def has_video(self) -> bool:
        """Whether moving pictures come on this rung."""
        return self <= Rung.LOW


class PictureWish(StrEnum):
    """Who decides how much picture comes: the measured link, or the mechanic, who wants as much as there is."""

    AUTOMATIC = "automatic"
    MORE_PICTURE = "more_picture"


@dataclass(frozen=True, slots=True)
class LinkState:
    """Everything a call page shows about the connection. `photo_at` is the server's time of the last sharp photo.

    `camera_held` says that the own camera is off for now because the own network is weak.
    """

    verdict: Verdict = Verdict.UNKNOWN
    rung: Rung = Rung.FULL
    wish: PictureWish = PictureWish.AUTOMATIC
    camera_held: bool = False
    photo_at: datetime | None = None
    stats: LinkStats | None = None
