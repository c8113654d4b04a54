"""What practice knows of the demo data by heart is what the join server really loads."""

from desktop.joinserver.demo_data import ids
from desktop.joinserver.demo_data.people import CUSTOMERS, MECHANICS
from desktop.practice.day import BRAKES, MISFIRE, OIL_LIGHT
from desktop.practice.demo_people import CUSTOMER_EMAILS, DEMO_PASSWORD, MECHANIC_EMAIL


def test_logins_and_ids_are_those_of_the_demo_data() -> None:
    emails = {customer.key: customer.email for customer in CUSTOMERS}
    assert {key: emails[key] for key in CUSTOMER_EMAILS} == CUSTOMER_EMAILS
    assert MECHANICS[0].email == MECHANIC_EMAIL
    assert ids.DEMO_PASSWORD == DEMO_PASSWORD
    for session in (BRAKES, MISFIRE, OIL_LIGHT):
        assert session.id == ids.session_id(session.key)
        assert session.email == emails[session.customer]
