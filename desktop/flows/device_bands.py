"""The notices about own devices, each with its words."""

from collections.abc import Iterable

from desktop.core.bands import Band, BandLevel
from desktop.core.devices import DEVICES_ACTION, SOUND_STOPPED, DeviceChange, DeviceKind


def no_sound(first: str, *, speaker: bool) -> Band:
    """Say that this PC has no microphone, or no sound at all."""
    if speaker:
        key, title, text = "no_microphone", "No microphone found.", f"{first} cannot hear you. Chat still works."
    else:
        key, title = "no_sound", "This PC has no sound."
        text = f"You and {first} cannot hear each other. Chat still works."
    return Band(key, BandLevel.WARNING, "mic-off", title, text, action=DEVICES_ACTION, passing=True)


def sound_stopped(first: str) -> Band:
    """Say that this PC's sound was restarted, and that a new start of the program brings it back."""
    title = "This PC's sound was restarted."
    text = f"You and {first} hear each other again once Baylink starts again. You come straight back here."
    return Band(SOUND_STOPPED, BandLevel.WARNING, "mic-off", title, text, action="Start again")


def no_camera(first: str, *, is_heard: bool) -> Band:
    """Say that this PC has no camera."""
    text = f"{first} will hear you but not see you." if is_heard else f"{first} cannot see you."
    return Band("no_camera", BandLevel.INFO, "video-off", "No camera found.", text, passing=True)


def camera_taken(first: str) -> Band:
    """Say that the camera cannot be had now."""
    title, text = "The camera is used by another program.", f"{first} cannot see you. Trying again by itself."
    return Band("camera_taken", BandLevel.WARNING, "video-off", title, text, action=DEVICES_ACTION, passing=True)


def may_not_send(first: str, *, sound: bool, picture: bool) -> Band:
    """Say that the session takes no sound or picture from here now."""
    what, sense = ("sound and picture", "hear or see") if sound and picture else ("sound", "hear")
    if not sound:
        what, sense = "picture", "see"
    title = f"Your {what} {'are' if sound and picture else 'is'} not sent at the moment."
    text = f"The session does not allow it. {first} cannot {sense} you. It comes back by itself."
    return Band("may_not_send", BandLevel.WARNING, "video-off" if not sound else "mic-off", title, text)


def may_send_again() -> Band:
    """Say that the session takes sound and picture again."""
    title = "You can be heard and seen again."
    return Band("may_send_again", BandLevel.SUCCESS, "circle-check", title, passing=True)


def devices_gone(lost: tuple[DeviceChange, ...], first: str) -> Band:
    """Say what was unplugged, and what is used instead."""
    names, used = _names(change.lost for change in lost), _names(change.used for change in lost)
    unseen = f"{first} cannot see you." if lost[0].kind is DeviceKind.CAMERA else ""
    text = f"Using the {used}." if used else unseen
    is_many = " and the " in names
    title = f"The {names} {'were' if is_many else 'was'} unplugged."
    return Band("device_gone", BandLevel.WARNING, _icon(lost), title, text, passing=True)


def devices_back(back: tuple[DeviceChange, ...]) -> Band:
    """Say what is in use by its coming."""
    names = _names(change.back for change in back)
    title = f"The {names} {'are' if ' and the ' in names else 'is'} back and in use."
    return Band("device_back", BandLevel.SUCCESS, _icon(back), title, passing=True)


def _names(names: Iterable[str]) -> str:
    """Join names for a sentence, each once: a headset is a microphone and a speaker under one name."""
    return " and the ".join(dict.fromkeys(name for name in names if name))


def _icon(changes: tuple[DeviceChange, ...]) -> str:
    return "video" if all(change.kind is DeviceKind.CAMERA for change in changes) else "headphones"
