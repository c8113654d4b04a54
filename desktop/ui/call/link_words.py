"""The words of the connection: the chip's, what to do about it, and the numbers in plain language."""

from desktop.core.call import CallState
from desktop.core.link import Limit, LinkStats, Rung, Verdict
from desktop.ui.call.words import ChipFact, first_name, is_away

_CHIPS = {
    Verdict.GOOD: ChipFact("Good", "signal", "success"),
    Verdict.FAIR: ChipFact("Fair", "signal-medium", "plain"),
    Verdict.WEAK_OWN: ChipFact("Weak: your network", "signal-low", "warning"),
    Verdict.WEAK_THEIRS: ChipFact("Weak: their upload", "signal-low", "warning"),
    Verdict.SERVER: ChipFact("Weak: the server", "signal-low", "warning"),
    Verdict.NONE: ChipFact("No connection", "wifi-off", "warning"),
}
_ADVICE = {
    Verdict.UNKNOWN: "The connection has not been measured yet.",
    Verdict.GOOD: "Picture and sound have all they need.",
    Verdict.FAIR: "It works. The picture may be less sharp now and then.",
    Verdict.WEAK_OWN: "This PC's network is weak. A cable, or a place nearer to the Wi-Fi, helps.",
    Verdict.WEAK_THEIRS: "{first}'s network is weak. Ask them to go nearer to their Wi-Fi, or outside.",
    Verdict.SERVER: "The server is slow. You do not have to do anything.",
    Verdict.NONE: "Reconnecting by itself. If it takes long, check the network cable or Wi-Fi.",
}
_RUNGS = {
    Rung.FULL: "Full picture",
    Rung.MIDDLE: "Smaller picture for now",
    Rung.LOW: "Small picture for now",
    Rung.PHOTOS: "Sharp photos for now",
    Rung.SOUND: "Sound only for now",
}
_KBIT = 1000.0
_NONE = "None now"


def quality_chip(state: CallState) -> ChipFact | None:
    """Return the chip that tells how good the connection is, and on whose side it is weak; None while unknown."""
    if is_away(state):
        return _CHIPS[Verdict.NONE]
    if state.customer.was_in_room and not state.customer.in_room and state.link.verdict is not Verdict.NONE:
        return None
    return _CHIPS.get(state.link.verdict)


def advice(state: CallState) -> str:
    """Return one sentence: what the verdict means, and what helps."""
    verdict = Verdict.NONE if is_away(state) else state.link.verdict
    return _ADVICE[verdict].format(first=first_name(state.customer.person))


def numbers(state: CallState) -> tuple[tuple[str, str], ...]:
    """Return the numbers of this second, each with its plain name; the same names in the same order always."""
    stats = state.link.stats
    if stats is None:
        return tuple((name, "Not measured") for name, _ in _rows(LinkStats(), state.link.rung, is_held=False))
    return _rows(stats, state.link.rung, is_held=state.link.camera_held)


def _rows(stats: LinkStats, rung: Rung, *, is_held: bool) -> tuple[tuple[str, str], ...]:
    own = _picture(stats.sent_width, stats.sent_height, stats.sent_fps)
    if stats.limit is Limit.BANDWIDTH and stats.sent_width:
        own = f"{own}, kept small by the network"
    return (
        ("Receiving", _rate(stats.rx_kbps)),
        ("Sending", _rate(stats.tx_kbps)),
        ("Lost on the way here", _share(stats.rx_loss)),
        ("Lost on the way out", _share(stats.tx_loss)),
        ("Delay there and back", f"{stats.round_trip_ms:.0f} ms"),
        ("Picture from them", _picture(stats.frame_width, stats.frame_height, stats.fps)),
        ("Times it froze", str(stats.freezes)),
        ("Your picture", "Off for now, so that the sound stays clear" if is_held else own),
        ("What is fetched", _RUNGS[rung]),
    )


def _rate(kbps: float) -> str:
    return f"{kbps / _KBIT:.1f} Mbit/s" if kbps >= _KBIT else f"{kbps:.0f} kbit/s"


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"


def _picture(width: int, height: int, fps: float) -> str:
    return f"{width} × {height}, {fps:.0f} a second" if width else _NONE
