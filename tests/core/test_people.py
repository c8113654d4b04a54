"""Every person is shown under their real name, whatever LiveKit says."""

import pytest

from desktop.core.people import Directory, Person, Role, role_of_identity

ID = "3f2b8c1e-0d7a-4c55-9f3e-aa0b1c2d3e4f"
DANA = Person(Role.CUSTOMER, "Dana Whitlock", f"customer-{ID}")


def test_a_rename_replaces_the_name_and_an_old_answer_does_not_bring_it_back() -> None:
    before = Directory((DANA,), version=3)
    renamed = Directory((Person(Role.CUSTOMER, "Dana Hale", DANA.identity),), version=4)
    after = before.replaced_by(renamed)
    assert after.person(f"customer-{ID}").display_name == "Dana Hale"
    assert after.replaced_by(before).person(f"customer-{ID}").display_name == "Dana Hale"


@pytest.mark.parametrize("name", ["dana@post.example", ID, f"customer-{ID}", "", "\u202e"])
def test_a_livekit_name_that_is_an_address_or_an_id_is_never_shown(name: str) -> None:
    directory = Directory().with_livekit_name(f"customer-{ID}", name)
    assert directory.person(f"customer-{ID}").display_name == "Customer"


def test_a_livekit_name_helps_only_where_the_backend_knows_nobody() -> None:
    directory = Directory((DANA,)).with_livekit_name(f"customer-{ID}", "Somebody Else")
    assert directory.person(f"customer-{ID}").display_name == "Dana Whitlock"
    assert Directory().with_livekit_name("mechanic-x", "Ike").person("mechanic-x").display_name == "Ike"


def test_an_identity_without_a_known_prefix_is_the_other_side() -> None:
    assert role_of_identity("whoever") is Role.CUSTOMER
    assert role_of_identity("whoever", Role.CUSTOMER) is Role.MECHANIC
    assert role_of_identity(f"mechanic-{ID}") is Role.MECHANIC


def test_a_lean_directory_without_identities_still_names_who_comes() -> None:
    directory = Directory((Person(Role.CUSTOMER, "Dana Whitlock"),))
    assert directory.person(f"customer-{ID}").display_name == "Dana Whitlock"
