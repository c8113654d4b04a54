"""States to draw: an ordinary day, a very long one, and people with difficult names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desktop.core.board import BoardState, Freshness
from desktop.core.clock import ServerTime
from desktop.core.people import MechanicId, SessionId
from desktop.core.session import Mechanic, SessionKind, SessionRow, SessionStatus, Vehicle
from desktop.core.text import LINE_CAP, clean_block, clean_line, usable_name

NOW = datetime(2026, 11, 22, 13, 47, tzinfo=UTC)
MONOTONIC_S = 1000.0
SERVER_TIME = ServerTime(NOW.timestamp() - MONOTONIC_S)
MECHANIC = Mechanic(MechanicId("m1"), "Marco Reyes", on_shift=True)


def now() -> datetime:
    """Return the moment all pictures are taken at."""
    return NOW


def monotonic() -> float:
    """Return the reading of the monotonic clock at that moment."""
    return MONOTONIC_S


def minutes(count: float) -> timedelta:
    """Return a span of minutes."""
    return timedelta(minutes=count)


def row(key: str, name: str, status: SessionStatus = SessionStatus.WAITING, **more: object) -> SessionRow:
    """Return a video session of a customer; anything may be set otherwise."""
    plain = SessionRow(
        id=SessionId(key),
        kind=SessionKind.VIDEO,
        status=status,
        kind_label="Video",
        plan_name="Standard Video",
        customer_name=name,
        created_at=NOW - minutes(4),
        joinable=status in {SessionStatus.WAITING, SessionStatus.LIVE},
        planned_minutes=45,
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # fields by name, checked by the dataclass itself


DAY = (
    row(
        "dana",
        "Dana Whitfield",
        SessionStatus.LIVE,
        started_at=NOW - timedelta(minutes=12, seconds=41),
        customer_present=True,
        vehicle=Vehicle("2016", "Honda", "Civic EX", "2HGFC2F51GH512387", "KTR 4192", "81400", "blue"),
        concern="Sweet smell after I park, and the temperature needle climbs when I am stuck in traffic.",
    ),
    row(
        "tom",
        "Tom Okafor",
        kind=SessionKind.CHAT,
        kind_label="Chat",
        plan_name="Quick Chat",
        urgent=True,
        customer_present=True,
        vehicle=Vehicle("2012", "Ford", "Focus SE"),
        concern="Cranks but does not start after rain, and smells of fuel for a quarter of an hour afterwards",
    ),
    row("rae", "Rae Lindholm", SessionStatus.PENDING, concern="Which coolant fits, G12 or G13?", planned_minutes=None),
    row(
        "priya",
        "Priya Natarajan",
        SessionStatus.SCHEDULED,
        scheduled_start=NOW + minutes(43),
        join_opens_at=NOW + minutes(33),
        vehicle=Vehicle("2019", "Subaru", "Outback"),
        concern="Grinding at low speed, front left",
    ),
    row(
        "grace",
        "Grace Mbeki",
        SessionStatus.SCHEDULED,
        scheduled_start=NOW + minutes(133),
        join_opens_at=NOW + minutes(123),
        waiver_signed=False,
        vehicle=Vehicle("2021", "Hyundai", "Kona Electric"),
    ),
    row("sam", "Sam Lindqvist", SessionStatus.COMPLETED, ended_at=NOW - minutes(100), duration_minutes=32),
    row("elena", "Elena Kowalczyk", SessionStatus.CANCELLED, ended_at=NOW - minutes(240)),
)

HOSTILE_RAW_NAMES = (
    "<img src=/dev/zero><b>Bo</b> & Sons",
    "Lena\u202egnp.exe\u2067x",
    "🔧 Grace 👩🏽\u200d🔧",
    "Annelotte-" + "W" * 110 + " Wilhelmina" * 16,
    "ليلى حداد",
    "林 美咲",
    "José Ángel Ñíguez-O'Hara",
    "&amp; &lt;i&gt; %s {0} \\n",
    "Z\u0301\u0302\u0303\u0304" * 30,
)
HOSTILE_NAMES = tuple(usable_name(name) or "Customer" for name in HOSTILE_RAW_NAMES)
HOSTILE_CONCERN = clean_block("<h1>Brakes</h1>\n<script>alert(1)</script> " + "grinding & squealing " * 90)


def hostile_rows() -> tuple[SessionRow, ...]:
    """Return one waiting session for every difficult name."""
    car = Vehicle(make="<u>Ram</u>", model=clean_line("ProMaster" * 30, LINE_CAP), vin="<b>VIN</b>", plate="<i>1</i>")
    return tuple(
        row(f"h{at}", name, vehicle=car, concern=HOSTILE_CONCERN, plan_name="<b>Big</b> Plan x")
        for at, name in enumerate(HOSTILE_NAMES)
    )


def board(rows: tuple[SessionRow, ...] = DAY, freshness: Freshness = Freshness.FRESH) -> BoardState:
    """Return a board loaded ten seconds ago."""
    return BoardState(
        mechanic=MECHANIC,
        rows=rows,
        freshness=freshness,
        loaded_at_s=MONOTONIC_S - 10,
        server_time=SERVER_TIME,
        shop_name="Northgate Auto",
        bay_name="Bay 3",
    )


def many(count: int) -> tuple[SessionRow, ...]:
    """Return a long list: a fifth of it in each of five states."""
    states = (
        SessionStatus.LIVE,
        SessionStatus.WAITING,
        SessionStatus.PENDING,
        SessionStatus.SCHEDULED,
        SessionStatus.COMPLETED,
    )
    car = Vehicle("2016", "Honda", "Civic EX")
    return tuple(
        row(f"s{at:04}", f"Customer {at:04}", states[at % 5], vehicle=car, created_at=NOW - minutes(count - at))
        for at in range(count)
    )
