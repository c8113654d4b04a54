"""Conditions: what only time and presence decide in a call - its notices, and when to act by itself."""

from desktop.core.call import ParticipantView, TrackState
from desktop.core.clock import TimerMode
from desktop.core.devices import DeviceChange
from desktop.core.session import SessionStatus
from desktop.flows import call_bands
from desktop.flows.call_bands import BandRack, TimeNotices
from desktop.flows.call_devices import DeviceNotices
from desktop.flows.call_facts import CallFacts

LOST_AFTER_S = 1.0
_LONG_LOSS_S = 60.0
_NO_PICTURE_AFTER_S = 5.0
_MUTED_AFTER_S = 60.0
_END_AFTER_TIME_UP_S = 30.0


class Conditions:
    """Looks at the facts of a call several times a second. Times are the loop's seconds."""

    def __init__(self, facts: CallFacts) -> None:
        """Start with what the join answer says: who is here already is not announced."""
        self.bands = BandRack()
        self.waiting_since_s: float | None = None
        self.chat_works = False
        """Whether the platform answers although the room is gone."""
        self._facts = facts
        self._devices = DeviceNotices(facts, self.bands)
        self._notices = TimeNotices()
        self._customer_was_here = facts.customer.in_room
        self._extension_minutes = facts.timer.extension_minutes
        self._was_live = facts.is_live
        self._lost_s: float | None = None
        self._dark_s: float | None = None
        self._muted_s: float | None = None
        self._told_muted = False
        self._time_up_s: float | None = None

    @property
    def is_time_up(self) -> bool:
        """Whether the clock of a running session stands at zero."""
        return self._time_up_s is not None

    def must_end(self, now: float) -> bool:
        """Say whether the server should have closed the session long ago."""
        return self._time_up_s is not None and now - self._time_up_s >= _END_AFTER_TIME_UP_S

    @property
    def has_loss(self) -> bool:
        """Whether the own connection is gone, said or not yet worth saying."""
        return self._lost_s is not None

    def is_lost(self, now: float) -> bool:
        """Say whether the own connection has been gone long enough to speak of it."""
        return self._lost_s is not None and now - self._lost_s >= LOST_AFTER_S

    def can_start(self) -> bool:
        """Say whether the room shows both while the clock does not run yet."""
        people = self._facts.people
        return self._facts.status is SessionStatus.WAITING and people.own_in_room and people.customer_seen

    def connection_lost(self, since_s: float) -> None:
        """Note that the own connection is gone since then."""
        self._lost_s = since_s if self._lost_s is None else min(self._lost_s, since_s)

    def connection_back(self, now: float) -> float | None:
        """Note that the own connection is back; return since when it was gone, None if it was not."""
        lost_s, self._lost_s = self._lost_s, None
        self._facts.people.wait_anew(now)
        if lost_s is None:
            return None
        if self.bands.drop("connection_lost"):
            self.bands.put(call_bands.connected_again(round(now - lost_s)), now)
        return lost_s

    def resign(self) -> None:
        """Speak of no return any more: there will be no room."""
        self._lost_s = None
        self.bands.drop("connection_lost")

    def devices_changed(self, changes: tuple[DeviceChange, ...], now: float) -> None:
        """Say which devices came or went by themselves."""
        self._devices.changed(changes, now)

    def look(self, now: float) -> None:
        """Bring the notices up to date."""
        if self._lost_s is None:
            self._facts.people.tick(now)
        elif self.is_lost(now):
            is_long = now - self._lost_s >= _LONG_LOSS_S
            self.bands.put(call_bands.connection_lost(self._lost_s, is_long=is_long, chat_works=self.chat_works), now)
        customer = self._facts.customer
        self._look_at_presence(customer, now)
        self._look_at_picture(customer, now)
        self._look_at_silence(customer, now)
        self._look_at_clock(customer, now)
        self._devices.look(now)

    def _look_at_presence(self, customer: ParticipantView, now: float) -> None:
        first, is_live = customer.person.first_name, self._facts.is_live
        has_started = is_live and not self._was_live
        has_come = customer.in_room and not self._customer_was_here
        if has_started or has_come:
            self.bands.put(call_bands.customer_here(first, clock_started=has_started), now)
        self._was_live, self._customer_was_here = is_live, customer.in_room
        has_dropped = is_live and self._facts.people.own_in_room and not customer.in_room
        self.bands.hold(call_bands.customer_dropped(first), now, is_true=has_dropped)
        if not customer.in_room:
            self.bands.drop("customer_here")
        self.waiting_since_s = _since(self.waiting_since_s, now, is_true=not customer.in_room and not is_live)

    def _look_at_picture(self, customer: ParticipantView, now: float) -> None:
        is_dark = (
            customer.camera in {TrackState.STARTING, TrackState.STALLED}
            and self._lost_s is None
            and self._facts.people.customer_seen
        )
        self._dark_s = _since(self._dark_s, now, is_true=is_dark)
        is_true = self._dark_s is not None and now - self._dark_s >= _NO_PICTURE_AFTER_S
        self.bands.hold(call_bands.no_picture(customer.person.first_name), now, is_true=is_true)

    def _look_at_silence(self, customer: ParticipantView, now: float) -> None:
        someone_speaks = customer.speaking or self._facts.people.mechanic().speaking
        is_quiet = customer.in_room and customer.microphone is TrackState.MUTED and not someone_speaks
        self._muted_s = _since(self._muted_s, now, is_true=is_quiet)
        if self._muted_s is None:
            self._told_muted = False
        elif now - self._muted_s >= _MUTED_AFTER_S and not self._told_muted:
            self._told_muted = True
            self.bands.put(call_bands.customer_muted(customer.person.first_name), now)

    def _look_at_clock(self, customer: ParticipantView, now: float) -> None:
        timer = self._facts.timer
        added = timer.extension_minutes - self._extension_minutes
        self._extension_minutes = timer.extension_minutes
        if added > 0 and self._facts.is_live:
            self.bands.put(call_bands.time_added(customer.person.first_name, added), now)
        if (notice := self._notices.due(timer, now)) is not None:
            self.bands.put(notice, now)
        reading = timer.read(now)
        is_up = self._facts.is_live and reading.mode is TimerMode.LEFT and reading.seconds <= 0
        self.bands.hold(call_bands.time_up(), now, is_true=is_up)
        self._time_up_s = _since(self._time_up_s, now, is_true=is_up)


def _since(known: float | None, now: float, *, is_true: bool) -> float | None:
    """Return since when something is true; None while it is not."""
    if not is_true:
        return None
    return now if known is None else known
