"""Every failure reads as one clear sentence, with nothing in it that a mechanic should not see."""

import pytest

from desktop.core.errors import SENTENCES, BaylinkError, RefusedError


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_failure_has_a_whole_sentence_even_without_its_details(code: str) -> None:
    sentence = BaylinkError(code).sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert code not in sentence or "_" not in code


def test_details_of_the_answer_are_filled_in() -> None:
    refused = RefusedError("mechanic_has_active_session", 409, details={"customer": "Dana Whitlock"})
    assert refused.sentence == "You are still in a session with Dana Whitlock. End it before opening another."


def test_an_unknown_failure_names_the_reference_that_the_log_holds() -> None:
    assert BaylinkError("teapot", reference="7f3a").sentence == "Something went wrong (7f3a)."
