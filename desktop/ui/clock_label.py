"""The time of day as a label that keeps itself right, and the date in words."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop.ui.plain_label import PlainLabel

_TICK_MS = 1000
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def local_now() -> datetime:
    """Return the time of this PC, aware, in its own zone."""
    return datetime.now(UTC).astimezone()


def date_words(moment: datetime) -> str:
    """Return a date as "Sunday 22 November"."""
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}"


class ClockLabel(PlainLabel):
    """Hours and minutes by `now` (aware, local); looks at it once a second while it is visible."""

    def __init__(
        self,
        now: Callable[[], datetime],
        style: str,
        *,
        as_date: bool = False,
        role: str = "text",
        weight: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", style, role, tabular=True, weight=weight, parent=parent)
        self._now = now
        self._as_date = as_date
        tick = QTimer(self, interval=_TICK_MS)
        tick.timeout.connect(self.refresh)
        tick.start()
        self.refresh()

    def refresh(self) -> None:
        """Show the present time."""
        moment = self._now()
        self.set_text(date_words(moment) if self._as_date else f"{moment:%H:%M}")
