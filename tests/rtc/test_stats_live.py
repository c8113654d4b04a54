"""The statistics of a real call: both directions are told, and leaving ends them."""

import pytest

from desktop.core.link import LinkStats
from tests.rtc.live import House, PlainCamera, Server

pytestmark = pytest.mark.server


def test_a_call_tells_what_comes_in_and_what_goes_out(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        await peer.publish(width=640, height=360)
        client = await house.enter(camera=PlainCamera(640, 360))

        def told() -> list[LinkStats]:
            return [event for event in client.events if isinstance(event, LinkStats)]

        await client.until(lambda: told() and told()[-1].fps > 5 and told()[-1].sent_fps > 5)
        stats = told()[-1]
        assert (stats.frame_width, stats.frame_height) == (640, 360)
        assert (stats.sent_width, stats.sent_height) == (640, 360)
        assert stats.rx_kbps > 10
        assert stats.tx_kbps > 10
        assert stats.rx_loss < 0.05
        assert 0 <= stats.round_trip_ms < 1000
        assert stats.spare_out_kbps is not None
        count = len(told())
        await client.room.leave()
        assert len(told()) == count

    server.play(story)


def test_a_session_of_chat_alone_measures_no_pictures(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        client = await house.enter(media=False)
        await peer.say("hello", temp_id="t1")
        await client.until(lambda: any(type(event).__name__ == "ChatReceived" for event in client.events))
        assert not [event for event in client.events if isinstance(event, LinkStats)]

    server.play(story)


def test_where_nobody_sends_anything_the_media_server_still_gives_signs_of_life(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter()
        silent: list[LinkStats] = []

        def answers() -> int:
            silent[:] = [event for event in client.events if isinstance(event, LinkStats)][-8:]
            return sum(stats.ice_answers for stats in silent)

        await client.until(lambda: len(silent) == 8 if answers() else False)
        assert answers() >= 2
        assert max(stats.rx_kbps for stats in silent) < 5

    server.play(story)
