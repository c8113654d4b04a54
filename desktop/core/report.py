"""The one-tap report of a call: what a support person needs, made of numbers, words of ours and a scrubbed log."""

import platform
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from desktop.core.call import CallPhase, CallState
from desktop.core.link import LinkStats, Verdict
from desktop.core.people import SessionId
from desktop.core.redaction import scrub

_SECONDS = 60
_STEPS = 40
_LOG_LINES = 80


@dataclass(slots=True)
class CallHistory:
    """What happened in one call, by the clock of this PC; another session starts anew.

    Nothing that a person said, wrote or is called is kept, so none of it can get into a report.
    """

    session: SessionId | None = None
    began: datetime | None = None
    phases: deque[tuple[datetime, CallPhase]] = field(default_factory=lambda: deque(maxlen=_STEPS))
    bands: deque[tuple[datetime, str]] = field(default_factory=lambda: deque(maxlen=_STEPS))
    verdicts: deque[tuple[datetime, Verdict]] = field(default_factory=lambda: deque(maxlen=_STEPS))
    seconds: deque[tuple[datetime, LinkStats]] = field(default_factory=lambda: deque(maxlen=_SECONDS))
    names: frozenset[str] = frozenset()

    def take(self, state: CallState, at: datetime) -> None:
        """Note what is new in a state."""
        if state.session_id != self.session:
            self.session, self.began = state.session_id, at
            for kept in (self.phases, self.bands, self.verdicts, self.seconds):
                kept.clear()
        self.names = frozenset(view.person.display_name for view in (state.mechanic, state.customer, *state.others))
        _note(self.phases, at, state.phase)
        _note(self.bands, at, state.band.key if state.band is not None else "none")
        _note(self.verdicts, at, state.link.verdict)
        if state.link.stats is not None:
            _note(self.seconds, at, state.link.stats)

    def clear(self) -> None:
        """Forget everything: somebody signed out."""
        self.session = self.began = None
        self.names = frozenset()
        for kept in (self.phases, self.bands, self.verdicts, self.seconds):
            kept.clear()


def report_text(
    history: CallHistory, *, version: str, log: Iterable[str] = (), texts: Iterable[str] = (), now: datetime
) -> str:
    """Return the report. `log` are the newest lines of the log, `texts` what was written in the chat of this PC."""
    lines = [
        "Baylink report",
        f"Version {version}, {platform.platform()}, Python {platform.python_version()}",
        f"Made {_time(now)} UTC" + (f", call since {_time(history.began)} UTC" if history.began else ", no call"),
        "",
        f"Phases: {_steps(history.phases)}",
        f"Notices: {_steps(history.bands)}",
        f"Verdicts: {_steps(history.verdicts)}",
        "",
        "The last minute: time, kbit/s in and out, % lost in and out, delay ms, picture, own picture, freezes",
        *(f"{_time(at)} {_second(stats)}" for at, stats in history.seconds),
        "",
        "Log",
    ]
    written = tuple(texts)
    newest = deque(log, maxlen=_LOG_LINES)
    lines += [scrub(line.rstrip("\n"), names=history.names, texts=written) for line in newest]
    return "\n".join(lines) + "\n"


def _note[Fact](kept: deque[tuple[datetime, Fact]], at: datetime, fact: Fact) -> None:
    if not kept or kept[-1][1] != fact:
        kept.append((at, fact))


def _steps(steps: Iterable[tuple[datetime, str]]) -> str:
    return ", ".join(f"{_time(at)} {fact}" for at, fact in steps) or "none"


def _second(stats: LinkStats) -> str:
    return (
        f"{stats.rx_kbps:.0f}/{stats.tx_kbps:.0f} {100 * stats.rx_loss:.1f}/{100 * stats.tx_loss:.1f}"
        f" {stats.round_trip_ms:.0f} {stats.frame_width}x{stats.frame_height}@{stats.fps:.0f}"
        f" {stats.sent_width}x{stats.sent_height}@{stats.sent_fps:.0f} ({stats.limit.value}) {stats.freezes}"
    )


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
