"""The words of the page "Check and join", told from a `CheckState`."""

from dataclasses import dataclass
from datetime import datetime

from desktop.core.check import CheckState, EchoPhase, MediaReach, Preview, Verdict
from desktop.core.devices import DeviceKind, DeviceList
from desktop.core.hearing import Hearing
from desktop.core.text import LINE_CAP, clean_line, first_word
from desktop.ui.text_block import shortened

_MINUTE_S = 60
_FIRST_NAME_CLUSTERS = 20
_VERDICTS = {
    Verdict.UNKNOWN: ("Testing", "signal"),
    Verdict.GOOD: ("Good", "signal"),
    Verdict.FAIR: ("Fair", "signal-medium"),
    Verdict.WEAK: ("Weak", "signal-low"),
    Verdict.VERY_WEAK: ("Very weak", "signal-low"),
    Verdict.NONE: ("No connection", "wifi-off"),
}
_TROUBLED = frozenset({Verdict.WEAK, Verdict.VERY_WEAK, Verdict.NONE})
_NONE_FOUND = "None found"
SYSTEM_CHOICE = "The system’s choice"


@dataclass(frozen=True, slots=True)
class RowWords:
    """What a row says: its value, that value's colour role, and a sentence below it where something is wrong."""

    value: str
    role: str = "text"
    note: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class HearingWords:
    """What the level bar says: its lead, its verdict, that one's colour role; `has_meter` off for a whole sentence."""

    lead: str
    verdict: str = ""
    role: str = "warning-fg"
    has_meter: bool = True
    icon: str = "mic"


def first_of(state: CheckState) -> str:
    """Return who will see and hear this PC, as sentences call them."""
    if state.visit is None:
        return "the customer"
    return shortened(first_word(state.visit.customer_name), _FIRST_NAME_CLUSTERS)


def _begin(word: str) -> str:
    return word[:1].upper() + word[1:]


def title_of(state: CheckState) -> str:
    """Return the title of the page."""
    if state.in_call or state.on_way_back:
        return "Devices"
    return "Check devices" if state.visit is None else "Check and join"


def waiting_words(state: CheckState, now: datetime) -> str:
    """Return what the chip says about who waits; empty while nobody does."""
    visit = state.visit
    if visit is None or visit.waiting_since is None or state.in_call:
        return ""
    minutes = max(0, int((now - visit.waiting_since).total_seconds()) // _MINUTE_S)
    return f"{first_of(state)} is waiting, {minutes} min" if minutes else f"{first_of(state)} is waiting"


def plate_words(state: CheckState) -> str:
    """Return what stands on the own picture."""
    return f"This is what {first_of(state)} {'sees' if state.in_call else 'will see'}"


def preview_words(state: CheckState) -> str:
    """Return what is said in the place of a picture."""
    first = _begin(first_of(state))
    if state.in_call and state.preview is Preview.REFUSED:
        return f"This session does not take your picture now. {first} hears you but does not see you."
    return {
        Preview.MISSING: f"No camera found. {first} will hear you but not see you.",
        Preview.REFUSED: "This PC does not allow the camera. Ask your workshop manager.",
        Preview.FAILED: "The camera gives no picture. Another program may be using it. Trying again by itself.",
        Preview.OFF: f"Your camera is off. {first} will hear you but not see you.",
        Preview.STARTING: "The camera is starting.",
        Preview.ON: "",
    }[state.preview]


def hearing_words(state: CheckState) -> HearingWords:
    """Return what the level bar says."""
    first = first_of(state)
    if state.devices.microphone.is_missing:
        if state.devices.speaker.is_missing:
            sentence = f"This PC has no sound. You and {first} cannot hear each other. Chat still works."
        else:
            sentence = f"No microphone found. {_begin(first)} cannot hear you. Chat still works."
        return HearingWords(sentence, has_meter=False, icon="mic-off")
    if state.microphone_refused:
        sentence = "The microphone does not answer. Choose another one, or ask your workshop manager."
        return HearingWords(sentence, has_meter=False, icon="mic-off")
    if state.is_muted:
        return HearingWords("You are muted", f"{_begin(first)} cannot hear you", icon="mic-off")
    if state.echo is EchoPhase.RECORDING:
        return HearingWords("Speak now", "Recording", "success-fg")
    if state.echo is EchoPhase.PLAYING:
        return HearingWords("This is how you sound", "Playing", "success-fg", icon="volume-2")
    verdict, role = {
        Hearing.LISTENING: ("", "text-muted"),
        Hearing.HEARD: ("We hear you", "success-fg"),
        Hearing.QUIET: ("Very quiet. Move the microphone closer.", "warning-fg"),
        Hearing.SILENT: ("No sound. Is it switched off?", "warning-fg"),
    }[state.hearing]
    return HearingWords("Say something", verdict, role)


def device_words(state: CheckState, kind: DeviceKind) -> RowWords:
    """Return what the row of a device says."""
    devices = state.devices.of(kind)
    if devices.is_missing and kind is DeviceKind.CAMERA and state.preview is Preview.ON:
        return RowWords("In use")
    if devices.is_missing:
        note = f"You cannot hear {first_of(state)}." if kind is DeviceKind.SPEAKER else ""
        return RowWords(_NONE_FOUND, "warning-fg", note)
    note = f"{device_name(devices.wished)} is not plugged in." if devices.has_fallen_back else ""
    return RowWords(device_name(devices.used), note=note)


def device_name(name: str) -> str:
    """Return a device's name ready to show."""
    return clean_line(name, LINE_CAP)


def choices_of(devices: DeviceList) -> tuple[tuple[str, str, bool], ...]:
    """Return what may be chosen: the name, the words, and whether it is chosen."""
    is_free = devices.wished not in devices.names
    named = tuple((name, device_name(name), name == devices.wished) for name in devices.names)
    return (("", SYSTEM_CHOICE, is_free), *named)


def connection_words(state: CheckState) -> RowWords:
    """Return what the row of the connection says."""
    found = state.connection
    word, icon = _VERDICTS[found.verdict]
    value = word if found.round_trip_ms is None else f"{word}, {found.round_trip_ms} ms"
    role = "warning-fg" if found.verdict in _TROUBLED else "text"
    note = ""
    if found.verdict is Verdict.NONE:
        note = "Check the network cable or Wi-Fi."
    elif found.media is MediaReach.AWAY:
        note = "Picture and sound are not reachable. Chat still works."
    elif found.verdict in _TROUBLED:
        note = f"{_begin(first_of(state))} may see you with breaks."
    return RowWords(value, role, note, icon)


def remembered_words(state: CheckState) -> str:
    """Return where the choices are kept."""
    return f"Remembered for {state.bay_name}" if state.bay_name else "Remembered for this PC"


def switch_notes(state: CheckState) -> tuple[str, str, str]:
    """Return what switching off noise, echo and gain is good for, in this order."""
    first = first_of(state)
    return (
        f"Switch off so that {first} hears the engine",
        "Switch off when you wear a headset",
        f"Switch off when {first} hears you swell and fade",
    )
