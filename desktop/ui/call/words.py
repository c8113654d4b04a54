"""The words of the call screens, told from a `CallState`: subtitle, timer, stage, end question."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.core.call import CallPhase, CallState, OwnDevice, ParticipantView, TrackState
from desktop.core.clock import SessionTimer, TimerMode, TimerReading, format_seconds
from desktop.core.people import Person
from desktop.ui.text_block import shortened

_AWAY_PHASES = frozenset({CallPhase.RECONNECTING, CallPhase.REJOINING})
_LONG_WAIT_S = 600
_FIRST_NAME_CLUSTERS = 20
SHOWN_TRACKS = frozenset({TrackState.STARTING, TrackState.FLOWING, TrackState.STALLED, TrackState.PAUSED})
PICTURED_TRACKS = frozenset({TrackState.FLOWING, TrackState.STALLED, TrackState.PAUSED})


@dataclass(frozen=True, slots=True)
class ChipFact:
    """What a chip shows."""

    text: str
    icon: str
    level: str


def first_name(person: Person) -> str:
    """Return the first word of a name as sentences use it: short enough that the sentence itself stays to be read."""
    return shortened(person.first_name, _FIRST_NAME_CLUSTERS)


class StageMode(StrEnum):
    """What the stage is about."""

    PICTURE = "picture"
    WAITING = "waiting"
    CONNECTING = "connecting"
    NO_CAMERA = "no_camera"
    STARTING = "starting"
    FROZEN = "frozen"
    RECONNECTING = "reconnecting"
    DROPPED = "dropped"


def is_away(state: CallState) -> bool:
    """Whether this PC has lost the room and is on its way back."""
    return state.phase in _AWAY_PHASES


def is_over(state: CallState) -> bool:
    """Whether nothing can be switched any more."""
    return state.phase in {CallPhase.ENDING, CallPhase.ENDED}


def has_begun(state: CallState) -> bool:
    """Whether the session has started, so that going means ending it; before, leaving keeps it open."""
    return state.timer.started_at is not None or state.phase in {CallPhase.LIVE, *_AWAY_PHASES}


def has_namesakes(state: CallState) -> bool:
    """Whether both people have the same name, so that their roles must tell them apart."""
    return state.customer.person.display_name == state.mechanic.person.display_name


def name_with_role(state: CallState, view: ParticipantView) -> str:
    """Return a name, with the role where both names are equal."""
    name = view.person.display_name
    return f"{name} · {view.person.role.label}" if has_namesakes(state) else name


def subtitle(state: CallState) -> str:
    """Return vehicle with colour, plan and concern in one line."""
    vehicle = ""
    if state.vehicle is not None:
        colour = state.vehicle.colour
        vehicle = ", ".join(part for part in (state.vehicle.title, colour.lower() if colour else "") if part)
    return "  ·  ".join(part for part in (vehicle, state.plan_name, " ".join(state.concern.split())) if part)


def planned_minutes(timer: SessionTimer) -> int | None:
    """Return the minutes of the session with what was added; None where the server names none."""
    return None if timer.planned_minutes is None else timer.planned_minutes + timer.extension_minutes


def timer_caption(timer: SessionTimer, reading: TimerReading) -> str:
    """Return the words beside the figures of the timer."""
    minutes = planned_minutes(timer)
    match reading.mode:
        case TimerMode.NOT_STARTED:
            return "starts with both of you"
        case TimerMode.PAUSED:
            return "Paused"
        case TimerMode.ELAPSED:
            return "so far" if minutes is None else f"of {minutes} min"
    if reading.seconds == 0:
        return "Time is up"
    return "left" if minutes is None else f"left of {minutes} min"


def used_minutes(timer: SessionTimer, monotonic_s: float) -> int:
    """Return the whole minutes used so far, by server time."""
    reading = timer.read(monotonic_s)
    if reading.mode is TimerMode.NOT_STARTED:
        return 0
    if reading.fraction_used is None or timer.started_at is None or timer.ends_at is None:
        return reading.seconds // 60
    return round((timer.ends_at - timer.started_at).total_seconds() * reading.fraction_used) // 60


def presence_chip(state: CallState) -> ChipFact:
    """Return the chip of a chat session: whether the customer is here."""
    first = first_name(state.customer.person)
    if is_away(state):
        return ChipFact("No connection", "wifi-off", "warning")
    if state.customer.in_room or (state.phase is CallPhase.JOINING and state.customer.person.present):
        return ChipFact(f"{first} is here", "circle-check", "success")
    return ChipFact(f"{first} is away", "clock", "plain")


def camera_mode(state: CallState, view: ParticipantView) -> StageMode:
    """Return what the place of somebody's camera is about, by the state alone."""
    if is_away(state):
        return StageMode.RECONNECTING
    if not view.in_room:
        if view.was_in_room:
            return StageMode.DROPPED
        is_expected = state.phase is CallPhase.JOINING and view.person.present
        return StageMode.CONNECTING if is_expected else StageMode.WAITING
    if view.camera in PICTURED_TRACKS:
        return StageMode.PICTURE
    return StageMode.STARTING if view.camera is TrackState.STARTING else StageMode.NO_CAMERA


def waiting_text(state: CallState, waited_s: float) -> str:
    """Return the sentences below "Waiting for ..."."""
    first = first_name(state.customer.person)
    if waited_s >= _LONG_WAIT_S:
        return f"Still nobody. You can leave; the list says when {first} is here."
    begins = "The clock runs already." if has_begun(state) else "The clock starts when you are both in."
    tone = "" if state.speaker is OwnDevice.MISSING else " You will hear a tone."
    return f"{first} has been told that you are here. {begins}{tone}"


def waited(state: CallState, monotonic_s: float) -> str:
    """Return how long one has waited, as m:ss; empty where that is not known."""
    if state.waiting_since_s is None:
        return ""
    return f"You have waited {format_seconds(int(monotonic_s - state.waiting_since_s))}"


def starting_text(state: CallState) -> str:
    """Return what is said while there is no picture yet of somebody whose camera is on."""
    if not state.link.rung.has_video:
        return "Sound only for now. The picture comes back by itself."
    return ""


def photo_words(state: CallState) -> str:
    """Return when the sharp photo on the stage was taken; empty while moving pictures come, or none was taken."""
    taken = state.link.photo_at
    return "" if taken is None or state.link.rung.has_video else f"Photo from {taken.astimezone():%H:%M}"


def last_picture(seconds: int) -> str:
    """Return the sentence below "Getting the picture back"."""
    if seconds <= 0:
        return "The session stays open."
    ago = f"{seconds} second{'' if seconds == 1 else 's'}"
    if seconds >= 60:  # noqa: PLR2004 - a minute
        ago = f"{seconds // 60} minute{'' if seconds < 120 else 's'}"  # noqa: PLR2004 - two minutes
    return f"Last picture {ago} ago. The session stays open."


def own_camera_words(state: CallState) -> str:
    """Return what stands in the own tile while it has no picture."""
    first = first_name(state.customer.person)
    match state.camera:
        case OwnDevice.MISSING:
            hears = state.microphone in {OwnDevice.ON, OwnDevice.STARTING, OwnDevice.OFF}
            rest = f"{first} will hear you but not see you." if hears else f"{first} cannot see you."
            return f"No camera found. {rest}"
        case OwnDevice.TAKEN:
            return "The camera is used by another program. Trying again by itself."
        case OwnDevice.REFUSED:
            return "This session shows no picture of you."
        case OwnDevice.OFF:
            return "Your camera is off."
    return "Your camera is starting."


def end_question(state: CallState, monotonic_s: float) -> tuple[str, str]:
    """Return the question that the bar asks before a session ends, and what it means."""
    first = first_name(state.customer.person)
    used, planned = used_minutes(state.timer, monotonic_s), planned_minutes(state.timer)
    presence = (
        f"{first} is still here and will see that you ended it."
        if state.customer.in_room
        else f"{first} is not connected now and will find it ended."
    )
    of = f" of {planned}" if planned is not None else ""
    unit = "minute" if used == 1 and planned is None else "minutes"
    return (
        "End the session for both of you?",
        f"{presence} You have used {used}{of} {unit}. A session that has ended cannot be opened again.",
    )
