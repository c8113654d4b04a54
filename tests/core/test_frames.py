"""The newest picture wins, and a broken one never reaches the painter."""

import pytest

from desktop.core.frames import Frame, LatestFrame


def test_a_slow_screen_gets_the_newest_picture_and_is_woken_once() -> None:
    mailbox = LatestFrame()
    first, second = Frame(bytes(16), 2, 2), Frame(bytes(16), 2, 2, rotation=90)
    assert mailbox.put(first) is True
    assert mailbox.put(second) is False
    assert mailbox.take() is second
    assert mailbox.take() is None
    assert mailbox.put(first) is True


def test_a_picture_shorter_than_it_says_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 16 bytes"):
        Frame(bytes(15), 2, 2)
    with pytest.raises(ValueError, match="rotation"):
        Frame(bytes(16), 2, 2, rotation=45)


def test_a_phone_held_upright_is_shown_upright() -> None:
    assert Frame(bytes(4 * 6), 3, 2, rotation=90).shown_size == (2, 3)
    assert Frame(bytes(4 * 6), 3, 2, rotation=180).shown_size == (3, 2)
