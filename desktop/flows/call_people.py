"""Who is in a call: names from the directory, presence and tracks from the room, calmed against reconnects."""

from dataclasses import dataclass, field

from desktop.core.call import ParticipantView, Quality, TrackState
from desktop.core.people import Directory, Person, Role, role_of_identity
from desktop.rtc.events import TrackSource

LEFT_AFTER_S = 6.0
"""Full reconnects look like leave and join; who is back within this time was never gone (contract section 6)."""
_ABSENT_AFTER_S = 1.0


@dataclass(slots=True)
class _Track:
    state: TrackState = TrackState.ABSENT
    gone_s: float | None = None


@dataclass(slots=True)
class _Presence:
    """What the room tells of one identity."""

    in_room: bool = False
    was_seen: bool = False
    left_s: float | None = None
    speaking: bool = False
    quality: Quality = Quality.UNKNOWN
    tracks: dict[TrackSource, _Track] = field(default_factory=lambda: {source: _Track() for source in TrackSource})


class People:
    """The people of one call. Times are the loop's seconds; `tick` applies what only time decides."""

    def __init__(self, directory: Directory) -> None:
        """Start with whom the join answer names; the room has not said anything yet."""
        self.directory = directory
        self.own_in_room = False
        self._room: dict[str, _Presence] = {}

    def replace(self, directory: Directory) -> None:
        """Take a directory from anywhere; a lower version never overwrites a higher one."""
        self.directory = self.directory.replaced_by(directory)

    def joined(self, identity: str, name: str) -> None:
        """Note that somebody is in the room."""
        presence = self._of(identity)
        presence.in_room, presence.was_seen, presence.left_s = True, True, None
        self.renamed(identity, name)

    def renamed(self, identity: str, name: str) -> None:
        """Note LiveKit's name of somebody, used only where the directory has none."""
        self.directory = self.directory.with_livekit_name(identity, name)

    def left(self, identity: str, now: float) -> None:
        """Note that somebody is gone, or that the SDK is building everything anew."""
        self._of(identity).left_s = now

    def track_changed(self, identity: str, source: TrackSource, state: TrackState, now: float) -> None:
        """Note a track's state; one that vanishes keeps its last picture for a moment, in case it comes back."""
        track = self._of(identity).tracks[source]
        if state is TrackState.ABSENT and track.state is not TrackState.ABSENT:
            track.state, track.gone_s = TrackState.STALLED, now
        else:
            track.state, track.gone_s = state, None

    def speakers_changed(self, identities: frozenset[str]) -> None:
        """Note who speaks now."""
        for identity, presence in self._room.items():
            presence.speaking = identity in identities
        for identity in identities - self._room.keys():
            if role_of_identity(identity) is Role.MECHANIC:
                self._of(identity).speaking = True

    def quality_changed(self, identity: str, quality: Quality) -> None:
        """Note how good somebody's connection is."""
        self._of(identity).quality = quality

    def lost(self, now: float) -> None:
        """Note that our own room is gone: of nobody in it is anything known, and who was there may be there again."""
        for presence in self._room.values():
            presence.speaking, presence.quality = False, Quality.UNKNOWN
            if presence.in_room and presence.left_s is None:
                presence.left_s = now
            for track in presence.tracks.values():
                if track.state is not TrackState.ABSENT and track.gone_s is None:
                    track.state, track.gone_s = TrackState.STALLED, now

    def wait_anew(self, now: float) -> None:
        """Give everybody the whole time to come back: our own connection has only just returned."""
        for presence in self._room.values():
            if presence.left_s is not None:
                presence.left_s = now
            for track in presence.tracks.values():
                if track.gone_s is not None:
                    track.gone_s = now

    @property
    def picture_states(self) -> frozenset[TrackState]:
        """The states of all pictures that the room gives now; one that vanished for a moment is not among them."""
        tracks = (
            presence.tracks[source]
            for presence in self._room.values()
            if presence.in_room and presence.left_s is None
            for source in (TrackSource.CAMERA, TrackSource.SCREEN_SHARE)
        )
        return frozenset(track.state for track in tracks if track.gone_s is None)

    def tick(self, now: float) -> None:
        """Let those go who stayed away, and the tracks that did not come back."""
        for presence in self._room.values():
            if presence.left_s is not None and now - presence.left_s >= LEFT_AFTER_S:
                presence.in_room, presence.left_s, presence.speaking = False, None, False
                presence.quality = Quality.UNKNOWN
                for track in presence.tracks.values():
                    track.state, track.gone_s = TrackState.ABSENT, None
            if presence.left_s is None:
                for track in presence.tracks.values():
                    if track.gone_s is not None and now - track.gone_s >= _ABSENT_AFTER_S:
                        track.state, track.gone_s = TrackState.ABSENT, None

    @property
    def customer_seen(self) -> bool:
        """Whether the room itself has the customer, whatever the platform says."""
        identity = self._customer_identity()
        presence = self._room.get(identity) if identity else None
        return presence is not None and presence.in_room and presence.left_s is None

    def mechanic(self) -> ParticipantView:
        """Return the own side."""
        person = self.directory.by_role(Role.MECHANIC) or Person(Role.MECHANIC, Role.MECHANIC.label)
        identity = person.identity or self._identity_of(Role.MECHANIC)
        presence = self._room.get(identity) if identity else None
        return ParticipantView(
            person=self.directory.person(identity) if identity else person,
            in_room=self.own_in_room,
            was_in_room=self.own_in_room,
            speaking=presence is not None and presence.speaking,
            quality=presence.quality if presence is not None else Quality.UNKNOWN,
        )

    def customer(self, *, was_here: bool) -> ParticipantView:
        """Return the other side. `was_here`: the session runs, so that they must have been in the room before.

        The platform's word counts until the room has shown the person once; from then on the room's.
        """
        identity = self._customer_identity()
        known = self.directory.by_role(Role.CUSTOMER) or Person(Role.CUSTOMER, Role.CUSTOMER.label)
        person = self.directory.person(identity) if identity else known
        presence = self._room.get(identity) if identity else None
        if presence is None or not presence.was_seen:
            return ParticipantView(person=person, in_room=known.present, was_in_room=known.present or was_here)
        return _view(person, presence)

    def others(self) -> tuple[ParticipantView, ...]:
        """Return who else is in the room."""
        customer = self._customer_identity()
        return tuple(
            _view(self.directory.person(identity), presence)
            for identity, presence in self._room.items()
            if presence.in_room and identity != customer and role_of_identity(identity) is not Role.MECHANIC
        )

    def _of(self, identity: str) -> _Presence:
        return self._room.setdefault(identity, _Presence())

    def _customer_identity(self) -> str | None:
        known = self.directory.by_role(Role.CUSTOMER)
        return (known.identity if known is not None else None) or self._identity_of(Role.CUSTOMER)

    def _identity_of(self, role: Role) -> str | None:
        return next((identity for identity in self._room if role_of_identity(identity) is role), None)


def _view(person: Person, presence: _Presence) -> ParticipantView:
    tracks = presence.tracks
    return ParticipantView(
        person=person,
        in_room=presence.in_room,
        was_in_room=True,
        camera=tracks[TrackSource.CAMERA].state,
        screen=tracks[TrackSource.SCREEN_SHARE].state,
        microphone=tracks[TrackSource.MICROPHONE].state,
        speaking=presence.speaking,
        quality=presence.quality,
    )
