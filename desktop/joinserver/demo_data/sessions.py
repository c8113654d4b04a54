"""The practice sessions: one for each state and story that a shop day brings."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_LONG_CONCERN: Final = (
    "Heater core smell, sweet and warm, strongest in the first ten minutes after a cold start. "
    "The windscreen fogs from the inside and the carpet on the passenger side is damp. "
)


@dataclass(frozen=True, slots=True)
class DemoSession:
    """A session; `ago` says when it ended (or was made, while it is open), `length` how long it ran."""

    key: str
    type: str
    status: str
    mechanic: str | None
    customer: str
    plan: str | None
    concern: str
    urgent: bool = False
    ago: timedelta = field(default=4 * _MINUTE)
    length: timedelta | None = None
    starts_in: timedelta | None = None
    signed: bool = True
    offered_to: str | None = None
    priority: str = "normal"
    end_reason: str | None = None
    ended_by: str | None = None
    notes: str | None = None
    summary: bool = False
    planned: int | None = None


SESSIONS: Final = (
    DemoSession("S01", "video", "waiting", "M1", "C1", "standard", "Grinding from the front left when braking",
                urgent=True, planned=45),
    DemoSession("S02", "diagnostic", "scheduled", "M1", "C2", "diagnostic",
                "P0300 misfire under load, stumbles at 50 mph", ago=_DAY, starts_in=7 * _MINUTE, planned=60),
    DemoSession("S03", "video", "scheduled", "M1", "C3", "video15", "Air conditioning warm at idle", ago=_DAY,
                starts_in=3 * _HOUR, signed=False, planned=45),
    DemoSession("S04", "chat", "pending", None, "C4", None, "Oil light flickers after a cold start", offered_to="M1"),
    DemoSession("S05", "chat", "live", "M2", "C5", "quick", "Charge port will not release", ago=6 * _MINUTE,
                planned=30),
    DemoSession("S06", "diagnostic", "scheduled", "M2", "C6", "diagnostic", "Sliding door alarm while driving",
                ago=_DAY, starts_in=5 * _MINUTE, planned=60),
    DemoSession("S07", "chat", "pending", None, "C7", "chat10", "Which coolant fits, G12 or G13?", ago=9 * _MINUTE),
    DemoSession("S08", "video", "pending", None, "C8", "ev-deep-dive", "Loud clunk from the rear on lift-off",
                urgent=True, priority="high", ago=3 * _MINUTE),
    DemoSession("S09", "diagnostic", "pending", None, "C9", "winter-check", (_LONG_CONCERN * 12)[:1_900],
                ago=21 * _MINUTE),
    DemoSession("S10", "chat", "waiting", "M3", "C10", "quick", "Steering vibration at 60", ago=15 * _MINUTE,
                planned=30),
    DemoSession("S11", "video", "completed", "M1", "C11", "standard", "Wheel bearing hum, louder in left turns",
                ago=2 * _HOUR, length=41 * _MINUTE, end_reason="ended_by_member", ended_by="mechanic", planned=45,
                notes="Front right bearing, play at 12 and 6 o'clock. Torque 180 Nm.\nAsk for a photo of the hub face.",
                summary=True),
    DemoSession("S12", "chat", "completed", "M1", "C12", "quick", "12 V battery keeps dying", ago=4 * _HOUR,
                length=18 * _MINUTE, end_reason="ended_by_member", ended_by="customer", planned=30),
    DemoSession("S13", "diagnostic", "completed", "M2", "C13", "diagnostic", "Shimmy at 45 mph after new tyres",
                ago=_DAY, length=52 * _MINUTE, end_reason="ended_by_member", ended_by="mechanic", planned=60),
    DemoSession("S14", "video", "cancelled", "M1", "C14", "standard", "Walk-in left", ago=5 * _HOUR,
                end_reason="ended_before_start", ended_by="mechanic", planned=45),
    DemoSession("S15", "chat", "cancelled", "M2", "C15", "markup-plan", "Wrong car, booked again", ago=6 * _HOUR,
                length=timedelta(seconds=40), end_reason="too_short", ended_by="customer", planned=30),
    DemoSession("S16", "diagnostic", "cancelled", "M3", "C16", "diagnostic", "Timing chain rattle", ago=7 * _HOUR,
                end_reason="mechanic_no_show", ended_by="system", planned=60),
    DemoSession("S17", "chat", "expired", "M1", "C1", "quick", "Nobody came", ago=8 * _HOUR,
                end_reason="nobody_came", ended_by="system", planned=30),
    DemoSession("S18", "diagnostic", "expired", "M2", "C2", "fleet-monthly", "Nobody came", ago=9 * _HOUR,
                end_reason="nobody_came", ended_by="system", planned=60),
    DemoSession("S19", "video", "refunded", "M1", "C3", "legacy-gold", "Wrong slot", ago=2 * _DAY,
                end_reason="ended_before_start", ended_by="customer", planned=45),
    DemoSession("S20", "chat", "refunded", "M2", "C8", "quick", "Line too noisy", ago=2 * _DAY,
                length=7 * _MINUTE, end_reason="ended_by_member", ended_by="customer", planned=30),
    DemoSession("S21", "video", "archived", "M1", "C5", "standard", "Squeak from the tailgate", ago=30 * _DAY,
                length=33 * _MINUTE, end_reason="ended_by_member", ended_by="mechanic", planned=45),
    DemoSession("S22", "diagnostic", "archived", "M2", "C6", "diagnostic", "Roof rack whistle", ago=31 * _DAY,
                length=57 * _MINUTE, end_reason="time_up", ended_by="system", planned=60),
    DemoSession("S23", "video", "completed", "M1", "C9", "legacy-gold", "Idle hunts when warm", ago=3 * _DAY,
                length=29 * _MINUTE, end_reason="ended_by_member", ended_by="mechanic", planned=45),
    DemoSession("S24", "chat", "completed", "M1", "C7", None, "Which oil for 2.0 TDI?", ago=3 * _DAY + _HOUR,
                length=4 * _MINUTE, end_reason="ended_by_member", ended_by="customer", planned=5),
)  # fmt: skip
