"""The one rule for the name a person is shown under (contract section 5): the first usable value wins."""

from collections.abc import Iterable

from desktop.core.people import Role
from desktop.core.text import usable_name


def _first_usable(values: Iterable[object], role: Role) -> str:
    for value in values:
        if isinstance(value, str) and (name := usable_name(value)):
            return name
    return role.label


def mechanic_name(name: str | None, full_name: str | None) -> str:
    """Return a mechanic's name from `mechanics.name`, else the profile of that mechanic's own user."""
    return _first_usable((name, full_name), Role.MECHANIC)


def customer_name(full_name: str | None, metadata_name: object, own_email: str | None, guest_email: str | None) -> str:
    """Return a customer's name: profile, sign-up data, then the local part of their own or the guest's address.

    The first three values belong to one and the same user; nothing of the viewer ever takes part.
    """
    return _first_usable((full_name, metadata_name, own_email, guest_email), Role.CUSTOMER)
