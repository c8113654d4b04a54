"""Who a call shows, and under which name, whatever order the platform and the room speak in."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.call import Quality, TrackState
from desktop.core.people import Directory, Person, Role
from desktop.flows.call_people import LEFT_AFTER_S, People
from desktop.rtc.events import TrackSource
from tests.flows.call_fakes import CUSTOMER, MECHANIC


def _directory(name: str = "Dana Whitlock", *, version: int = 1, present: bool = False) -> Directory:
    return Directory(
        (
            Person(Role.MECHANIC, "Marisol Quintero", MECHANIC),
            Person(Role.CUSTOMER, name, CUSTOMER, present=present),
        ),
        version,
    )


def test_the_platforms_word_counts_until_the_room_has_shown_the_person() -> None:
    people = People(_directory(present=True))
    people.quality_changed(CUSTOMER, Quality.GOOD)
    assert people.customer(was_here=False).in_room
    assert not people.customer_seen
    people.joined(CUSTOMER, "")
    people.left(CUSTOMER, 10)
    people.tick(10 + LEFT_AFTER_S)
    view = people.customer(was_here=False)
    assert (view.in_room, view.was_in_room) == (False, True)


def test_ac_18_equal_names_are_told_apart_by_role_in_the_app() -> None:
    people = People(_directory("Marisol Quintero"))
    people.joined(CUSTOMER, "")
    mechanic, customer = people.mechanic().person, people.customer(was_here=False).person
    assert mechanic.display_name == customer.display_name
    assert (mechanic.role, customer.role) == (Role.MECHANIC, Role.CUSTOMER)


def test_livekits_name_is_used_only_where_the_platform_has_none() -> None:
    people = People(_directory())
    people.joined(CUSTOMER, "somebody@post.example")
    people.renamed(CUSTOMER, "Another Name")
    assert people.customer(was_here=False).person.display_name == "Dana Whitlock"


def test_an_older_directory_never_takes_a_name_back() -> None:
    people = People(_directory("Dana Whitlock-Reyes", version=5))
    people.replace(_directory("Dana Whitlock", version=4))
    assert people.customer(was_here=False).person.display_name == "Dana Whitlock-Reyes"


def test_who_really_left_loses_picture_and_voice() -> None:
    people = People(_directory())
    people.joined(CUSTOMER, "")
    for source in TrackSource:
        people.track_changed(CUSTOMER, source, TrackState.FLOWING, 0)
    people.speakers_changed(frozenset({CUSTOMER}))
    for source in TrackSource:
        people.track_changed(CUSTOMER, source, TrackState.ABSENT, 1)
    people.left(CUSTOMER, 1)
    people.tick(1 + LEFT_AFTER_S)
    view = people.customer(was_here=True)
    assert {view.camera, view.screen, view.microphone} == {TrackState.ABSENT}
    assert not view.speaking


_EVENTS = st.lists(st.sampled_from(["joined", "left", "flowing", "absent", "tick"]), max_size=30)


@given(_EVENTS, st.integers(min_value=0, max_value=3))
def test_nobody_is_gone_who_left_less_than_six_seconds_ago(events: list[str], step: int) -> None:
    people, now, left_s, may_be_gone = People(_directory()), 0.0, 0.0, True
    for event in events:
        now += step
        if event == "joined":
            people.joined(CUSTOMER, "")
            may_be_gone = False
        elif event == "left":
            people.left(CUSTOMER, now)
            left_s = now
        elif event == "tick":
            people.tick(now)
            may_be_gone = may_be_gone or (left_s > 0 and now - left_s >= LEFT_AFTER_S)
        else:
            state = TrackState.FLOWING if event == "flowing" else TrackState.ABSENT
            people.track_changed(CUSTOMER, TrackSource.CAMERA, state, now)
        assert people.customer(was_here=False).in_room or may_be_gone
