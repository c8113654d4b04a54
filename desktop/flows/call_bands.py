"""The notices of a call, each with its words; and the rack that holds those that are true now."""

from dataclasses import dataclass

from desktop.core.bands import Band, BandLevel, most_urgent
from desktop.core.clock import RED_BELOW_S, SessionTimer, TimerMode
from desktop.core.link import Verdict

PASSING_S = 6.0
_STALE_S = 20.0
_NOTICES = ((RED_BELOW_S, "one_minute"), (5 * RED_BELOW_S, "five_minutes"))


def customer_here(first: str, *, clock_started: bool) -> Band:
    """Say that the customer came."""
    text = "The clock has started." if clock_started else ""
    return Band("customer_here", BandLevel.SUCCESS, "circle-check", f"{first} is here.", text, passing=True)


def customer_dropped(first: str) -> Band:
    """Say that the customer was in the room and is gone."""
    text = "The session stays open. Their phone is trying to come back."
    return Band("customer_dropped", BandLevel.WARNING, "wifi-off", f"{first} lost the connection.", text)


def connection_lost(since_s: float, *, is_long: bool = False, chat_works: bool = False) -> Band:
    """Say that the own connection is gone and being repaired; `chat_works`: only picture and sound are away."""
    title = "Connection lost. Reconnecting by itself."
    text = "You do not have to do anything. Your messages are kept and sent when it is back."
    if chat_works:
        text = "You do not have to do anything. Chat still works."
    if is_long:
        title = "Still trying." if chat_works else "Still trying. Check the network cable or Wi-Fi."
        text = "Picture and sound are not reachable. Chat still works." if chat_works else "Your messages are kept."
    return Band("connection_lost", BandLevel.WARNING, "wifi-off", title, text, since_s=since_s)


def connected_again(away_s: int) -> Band:
    """Say that the own connection is back."""
    seconds = "1 second" if away_s == 1 else f"{away_s} seconds"
    text = f"You were away for {seconds}."
    return Band("connected_again", BandLevel.SUCCESS, "circle-check", "Connected again.", text, passing=True)


def no_picture(first: str) -> Band:
    """Say that no frame came for five seconds although the camera is on."""
    text = "Their camera may be off or covered."
    return Band("no_picture", BandLevel.WARNING, "video-off", f"No picture from {first}.", text, action="Ask")


def photos(first: str, weak: Verdict) -> Band:
    """Say that sharp photos come instead of video, and who is weak: who the verdict names, else this PC's network."""
    text = "You now get sharp photos instead of video. Sound goes on."
    return Band("photos", BandLevel.ACCENT, "image", _who_is_weak(first, weak), text, action="Show video")


def sound_only(first: str, weak: Verdict) -> Band:
    """Say that not even photos come through, and who is weak, as `photos` does."""
    text = "Only sound and chat for now. The picture comes back by itself."
    title = _who_is_weak(first, weak, how="very ")
    return Band("sound_only", BandLevel.ACCENT, "image", title, text, action="Show video")


def _who_is_weak(first: str, weak: Verdict, *, how: str = "") -> str:
    match weak:
        case Verdict.WEAK_THEIRS:
            return f"{first}'s upload is {how}weak."
        case Verdict.SERVER:
            return f"The server is {how}slow."
        case _:
            return f"Your network is {how}weak."


def smaller_picture() -> Band:
    """Say that the picture is smaller than it could be, so that it keeps moving."""
    title = "The network is weak."
    text = "The picture is less sharp for now, so that it keeps moving."
    return Band("smaller_picture", BandLevel.INFO, "image", title, text, passing=True)


def camera_held() -> Band:
    """Say that the own camera is off for now because the own upload is weak."""
    text = "Your camera is off for now so that the sound stays clear."
    return Band("camera_held", BandLevel.ACCENT, "image", "Your network is weak.", text)


def video_back() -> Band:
    """Say that moving pictures come again."""
    return Band("video_back", BandLevel.SUCCESS, "circle-check", "Video is back.", passing=True)


def customer_muted(first: str) -> Band:
    """Say that the customer has been muted for a minute while nobody talked."""
    text = "Ask in the chat to switch the sound on."
    return Band("customer_muted", BandLevel.INFO, "mic-off", f"{first} is muted.", text, passing=True)


def talking_muted(first: str) -> Band:
    """Say that the mechanic talks into a microphone that is closed."""
    title = f"You are muted. {first} cannot hear you."
    return Band("talking_muted", BandLevel.WARNING, "mic-off", title, action="Unmute", passing=True)


def minutes_left(key: str) -> Band:
    """Say that five minutes or one minute is left."""
    text = "The session closes by itself at 0:00."
    if key == "one_minute":
        return Band(key, BandLevel.DANGER, "clock", "1 minute left.", text, passing=True)
    return Band(key, BandLevel.WARNING, "clock", "5 minutes left.", text, passing=True)


def time_up() -> Band:
    """Say that the clock stands at zero."""
    return Band("time_up", BandLevel.DANGER, "clock", "Time is up.", "The session is being closed.")


def time_added(first: str, minutes: int) -> Band:
    """Say that the session was extended."""
    return Band("time_added", BandLevel.SUCCESS, "clock", f"{first} added {minutes} minutes.", passing=True)


def media_trouble(sentence: str) -> Band:
    """Say that there is no room, or no way into it; chat goes on."""
    return Band("media_trouble", BandLevel.WARNING, "wifi-off", sentence)


def joined_elsewhere() -> Band:
    """Say that this screen was replaced by another one."""
    title = "You joined this session on another screen."
    text = "This screen has left it."
    return Band("joined_elsewhere", BandLevel.WARNING, "monitor", title, text, action="Use this screen")


def room_lost(sentence: str) -> Band:
    """Say why the call is over for this screen although the session may go on."""
    return Band("room_lost", BandLevel.WARNING, "wifi-off", sentence)


def end_unknown() -> Band:
    """Say that the server never told whether it ended the session."""
    text = "Open the session again to see how it stands."
    return Band("end_unknown", BandLevel.WARNING, "phone-off", "Baylink has not confirmed the end.", text)


@dataclass(slots=True)
class _Held:
    band: Band
    put_s: float
    shown_s: float | None = None

    def is_over(self, now: float) -> bool:
        if not self.band.passing:
            return False
        has_been_read = self.shown_s is not None and now - self.shown_s >= PASSING_S
        return has_been_read or now - self.put_s >= _STALE_S


class BandRack:
    """The bands that are true now, by key. One shows at a time, the others wait for their turn.

    A passing band falls out when it had its time on top, or when it is no news any more.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._held: dict[str, _Held] = {}

    def put(self, band: Band, now: float) -> None:
        """Show a band; one with the same key is replaced."""
        known = self._held.get(band.key)
        if known is not None and known.band == band and not band.passing:
            return
        self._held.pop(band.key, None)
        self._held[band.key] = _Held(band, now)

    def drop(self, key: str) -> bool:
        """Take a band away; say whether it was there."""
        return self._held.pop(key, None) is not None

    def hold(self, band: Band, now: float, *, is_true: bool) -> None:
        """Show a band while its condition is true."""
        if is_true:
            self.put(band, now)
        else:
            self.drop(band.key)

    def top(self, now: float) -> Band | None:
        """Return the most urgent band, after passing ones had their time."""
        self._held = {key: held for key, held in self._held.items() if not held.is_over(now)}
        band = most_urgent(tuple(held.band for held in self._held.values()))
        if band is not None and self._held[band.key].shown_s is None:
            self._held[band.key].shown_s = now
        return band


@dataclass(slots=True)
class TimeNotices:
    """Says once that five minutes, then that one minute is left, in chat and video alike; more time takes it back."""

    _said: str | None = None

    def due(self, timer: SessionTimer, now: float) -> Band | None:
        """Return the notice to show now, if one is due. A call that opens late gets the one that fits."""
        reading = timer.read(now)
        if reading.mode is not TimerMode.LEFT or reading.seconds <= 0:
            return None
        key = next((key for below, key in _NOTICES if reading.seconds <= below), None)
        if key == self._said:
            return None
        self._said = key
        return minutes_left(key) if key is not None else None


def still_here(sentence: str) -> Band:
    """Say that another session cannot be opened while this one is."""
    return Band("still_here", BandLevel.WARNING, "info", sentence, passing=True)


def ended_before(sentence: str) -> Band:
    """Return the notice over a session that had ended before its join was asked for."""
    return Band("session_ended", BandLevel.WARNING, "triangle-alert", sentence)
