"""Writes one practice session with all that belongs to it: intake, assignment, people, talk, files, summary."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from desktop.joinserver.demo_data import pictures, talk
from desktop.joinserver.demo_data.ids import demo_id, mechanic_id, session_id, user_id
from desktop.joinserver.demo_data.people import CUSTOMERS, GUEST_EMAIL, DemoCustomer, phone
from desktop.joinserver.demo_data.sessions import DemoSession
from desktop.joinserver.tables import (
    Assignment,
    FileRow,
    Intake,
    MessageRow,
    ParticipantRow,
    SessionEvent,
    SessionRow,
)
from desktop.joinserver.unit import Unit

_DEMO = {"demo": True}
_CUSTOMERS = {customer.key: customer for customer in CUSTOMERS}
_ASSIGNMENT_OF_STATUS = {
    "waiting": "accepted", "live": "accepted", "scheduled": "accepted", "completed": "completed",
    "cancelled": "cancelled", "expired": "expired", "refunded": "completed", "archived": "completed",
}  # fmt: skip
_EVENT_OF_STATUS = {"completed": "ended", "cancelled": "cancelled", "expired": "expired"}
_HOSTILE_FILE_NAMES = (
    "..\\..\\boot.ini.png",
    "con.jpg",
    "l" * 251 + ".png",
    "\u202egpj.exe",
    "-rf.png",
    "hub face.png",
)


def add_session(unit: Unit, demo: DemoSession, at: datetime, files: Path) -> None:
    """Write one session and its belongings; `at` is the time everything is relative to."""
    customer = _CUSTOMERS[demo.customer]
    row = _row(demo, customer, at)
    _add_intake(unit, demo, customer)
    unit.session.add(row)
    unit.session.flush()
    _add_assignment(unit, demo, row)
    _add_people(unit, demo, row)
    _add_events(unit, demo, row)
    if demo.key == "S05":
        _add_talk(unit, demo, row, talk.charge_port_talk(), timedelta(seconds=20))
    if demo.key == "S11":
        _add_talk(unit, demo, row, talk.wheel_bearing_talk(), timedelta(seconds=20))
        for number, name in enumerate(_HOSTILE_FILE_NAMES):
            _add_file(
                unit, demo, row, files, number, name, pictures.png(160, 120, 60 + 30 * number, 90, 140), "mechanic"
            )
    if demo.key == "S01":
        _add_file(unit, demo, row, files, 0, "front left wheel.png", pictures.png(320, 240, 150, 110, 70), "customer")
        _add_file(unit, demo, row, files, 1, "brake disc.png", pictures.png(320, 240, 120, 120, 130), "customer")
        bill = pictures.pdf("Service invoice, brake pads front, 41 000 mi ago")
        _add_file(unit, demo, row, files, 2, "last service.pdf", bill, "customer", "application/pdf")
    unit.session.flush()


def _row(demo: DemoSession, customer: DemoCustomer, at: datetime) -> SessionRow:
    is_open = demo.status in {"pending", "scheduled", "waiting", "live"}
    changed = at - demo.ago
    ended = None if is_open else changed
    if demo.status == "live":
        started: datetime | None = changed
    else:
        started = ended - demo.length if ended is not None and demo.length is not None else None
    minutes = max(1, int(demo.length.total_seconds()) // 60) if demo.length is not None else None
    scheduled = at + demo.starts_in if demo.starts_in is not None else None
    return SessionRow(
        id=session_id(demo.key), type=demo.type, status=demo.status, plan=demo.plan,
        stripe_session_id=f"cs_demo_{demo.key}",
        customer_user_id=user_id(customer.key) if customer.email else None,
        customer_email=customer.email or GUEST_EMAIL,
        mechanic_id=mechanic_id(demo.mechanic) if demo.mechanic else None, intake_id=demo_id("intake", demo.key),
        created_at=(started or changed) - 3 * timedelta(minutes=1), updated_at=changed, started_at=started,
        ended_at=ended, duration_minutes=minutes, scheduled_start=scheduled, scheduled_for=scheduled,
        scheduled_end=scheduled + timedelta(minutes=demo.planned or 45) if scheduled else None,
        last_state_change_at=changed, mechanic_notes=demo.notes, notes_version=1 if demo.notes else 0,
        notes_updated_at=ended if demo.notes else None,
        summary_data=_summary() if demo.summary else None,
        summary_submitted_at=ended + timedelta(minutes=6) if demo.summary and ended else None,
        cancelled_at=ended if demo.status == "cancelled" else None,
        cancelled_by=demo.ended_by if demo.status == "cancelled" else None,
        cancellation_reason=demo.end_reason if demo.status == "cancelled" else None,
        waiver_signed_at=changed - timedelta(minutes=1) if demo.signed else None, meta=dict(_DEMO),
        planned_minutes=demo.planned, end_reason=demo.end_reason, ended_by=demo.ended_by, version=1,
    )  # fmt: skip


def _summary() -> dict[str, object]:
    return {
        "findings": "Front right wheel bearing has 0.4 mm play and growls by hand.",
        "steps_taken": "Checked all four corners on the jack, compared left and right, listened with a rod.",
        "parts_needed": "Wheel hub with bearing, front right; axle nut.",
        "next_steps": "Drive less than 50 miles. Replace within the week, then torque the axle nut to 180 Nm.",
    }


def _add_intake(unit: Unit, demo: DemoSession, customer: DemoCustomer) -> None:
    car = customer.vehicle
    guest = customer.email is None
    unit.session.add(
        Intake(
            id=demo_id("intake", demo.key), name=customer.full_name, email=customer.email or GUEST_EMAIL,
            phone=phone(customer.key), concern=demo.concern, urgent=demo.urgent, plan=demo.plan, status="submitted",
            vehicle_id=demo_id("vehicle", customer.key) if car is not None and not guest else None,
            year=car.year if car and guest else None, make=car.make if car and guest else None,
            model=car.model if car and guest else None, plate=car.plate if car and guest else None,
            odometer=car.mileage if car and guest else None, files=[],
        )
    )  # fmt: skip
    unit.session.flush()


def _add_assignment(unit: Unit, demo: DemoSession, row: SessionRow) -> None:
    if demo.mechanic is not None:
        status, worker = _ASSIGNMENT_OF_STATUS[demo.status], mechanic_id(demo.mechanic)
    elif demo.offered_to is not None:
        status, worker = "offered", mechanic_id(demo.offered_to)
    else:
        status, worker = "queued", None
    accepted = row.last_state_change_at if demo.mechanic else None
    unit.session.add(
        Assignment(
            id=demo_id("assignment", demo.key), session_id=row.id, mechanic_id=worker, status=status,
            priority=demo.priority, offered_at=row.created_at if worker else None, accepted_at=accepted,
            created_at=row.created_at, updated_at=row.updated_at, meta=dict(_DEMO), match_reasons=[],
        )
    )  # fmt: skip


def _add_people(unit: Unit, demo: DemoSession, row: SessionRow) -> None:
    came = row.started_at
    for role, key in (("mechanic", demo.mechanic), ("customer", demo.customer)):
        if key is None or came is None or _CUSTOMERS.get(key, _CUSTOMERS["C1"]).email is None:
            continue
        unit.session.add(
            ParticipantRow(
                id=demo_id("participant", f"{demo.key}-{role}"), session_id=row.id, user_id=user_id(key), role=role,
                joined_at=came, present=False, left_at=row.ended_at,
            )
        )  # fmt: skip


def _add_events(unit: Unit, demo: DemoSession, row: SessionRow) -> None:
    events = [("created", row.created_at)]
    if row.started_at is not None:
        events.append(("started", row.started_at))
    if demo.status in _EVENT_OF_STATUS and row.ended_at is not None:
        events.append((_EVENT_OF_STATUS[demo.status], row.ended_at))
    for kind, moment in events:
        unit.session.add(
            SessionEvent(
                id=demo_id("event", f"{demo.key}-{kind}"), session_id=row.id, event_type=kind, created_at=moment,
                meta=dict(_DEMO),
            )
        )  # fmt: skip


def _add_talk(unit: Unit, demo: DemoSession, row: SessionRow, lines: list[tuple[str, str]], step: timedelta) -> None:
    senders = {"mechanic": user_id(demo.mechanic or ""), "customer": user_id(demo.customer)}
    began = row.started_at or row.created_at
    for number, (role, text) in enumerate(lines, start=1):
        unit.session.add(
            MessageRow(
                id=demo_id("message", f"{demo.key}-{number}"), session_id=row.id, sender_id=senders[role],
                content=text, attachments=[], created_at=began + number * step,
                read_at=row.ended_at, seq=number, temp_id=f"demo-{demo.key}-{number:04d}",
            )
        )  # fmt: skip


def _add_file(
    unit: Unit, demo: DemoSession, row: SessionRow, folder: Path, number: int, name: str, data: bytes, role: str,
    media_type: str = "image/png",
) -> None:  # fmt: skip
    sender = (demo.mechanic or "") if role == "mechanic" else demo.customer
    file_id = demo_id("file", f"{demo.key}-{number}")
    stored = f"{file_id}.{'pdf' if media_type == 'application/pdf' else 'png'}"
    (folder / stored).write_bytes(data)
    moment = row.created_at + timedelta(seconds=number)
    unit.session.add(
        FileRow(
            id=file_id, session_id=row.id, uploaded_by=user_id(sender),
            file_name=name, file_size=len(data), file_type=media_type, storage_path=stored, file_category="upload",
            tags=["intake"] if role == "customer" else [], created_at=moment, updated_at=moment,
            temp_id=f"demo-{demo.key}-file-{number}", sha256=hashlib.sha256(data).hexdigest(),
        )
    )  # fmt: skip
