"""Who is in a session, and the one rule for the name a person is shown under."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NewType

from desktop.core.text import first_word, initials, usable_name

MechanicId = NewType("MechanicId", str)
"""`mechanics.id`: never the same value as the mechanic's `UserId` (contract section 1, two-identity rule)."""
UserId = NewType("UserId", str)
"""The auth id of a person (`auth_users.id`), mechanic or customer."""
SessionId = NewType("SessionId", str)


class Role(StrEnum):
    """The side a person is on in a session."""

    MECHANIC = "mechanic"
    CUSTOMER = "customer"

    @property
    def label(self) -> str:
        """The word shown where a name is missing or two names are equal."""
        return "Mechanic" if self is Role.MECHANIC else "Customer"


@dataclass(frozen=True, slots=True)
class Person:
    """One member of a session as the backend names them. `identity` is LiveKit's key and is never shown."""

    role: Role
    display_name: str
    identity: str | None = None
    present: bool = False

    @property
    def first_name(self) -> str:
        """The first word of the display name, for sentences."""
        return first_word(self.display_name)

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        return initials(self.display_name)


def role_of_identity(identity: str, own_role: Role = Role.MECHANIC) -> Role:
    """Return the role that an identity tells; one without a known prefix is the other side (contract section 7)."""
    for role in Role:
        if identity.startswith(f"{role.value}-"):
            return role
    return Role.CUSTOMER if own_role is Role.MECHANIC else Role.MECHANIC


@dataclass(frozen=True, slots=True)
class Directory:
    """The people of a session, kept apart from LiveKit and replaceable at any time; the newest `version` wins."""

    people: tuple[Person, ...] = ()
    version: int = 0
    livekit_names: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def replaced_by(self, newer: "Directory") -> "Directory":
        """Return the directory to keep after `newer` arrived: a lower version never overwrites a higher one."""
        if newer.version < self.version:
            return self
        return replace(newer, livekit_names=self.livekit_names)

    def with_livekit_name(self, identity: str, name: str) -> "Directory":
        """Return a directory that knows the name LiveKit gives an identity: used only if the backend knows none."""
        others = tuple(pair for pair in self.livekit_names if pair[0] != identity)
        usable = None if "@" in name else usable_name(name)
        return replace(self, livekit_names=(*others, (identity, usable)) if usable else others)

    def by_identity(self, identity: str) -> Person | None:
        """Return the person of an identity, if the backend named one."""
        return next((person for person in self.people if person.identity == identity), None)

    def by_role(self, role: Role) -> Person | None:
        """Return the first person of a role, if the backend named one."""
        return next((person for person in self.people if person.role is role), None)

    def person(self, identity: str) -> Person:
        """Return who to show for an identity: backend name, else a clean LiveKit name, else the role's word."""
        known = self.by_identity(identity)
        if known is not None:
            return known
        role = role_of_identity(identity)
        alone = self.by_role(role)
        if alone is not None and alone.identity is None:
            return replace(alone, identity=identity)
        name = dict(self.livekit_names).get(identity)
        return Person(role=role, display_name=name or role.label, identity=identity)
