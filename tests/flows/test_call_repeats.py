"""Lines that went live to nobody are said again to who comes back, under the same ids: stories on virtual time."""

import asyncio

from desktop.rtc.events import Disconnected, LostReason, ParticipantJoined
from tests.flows.call_fakes import CUSTOMER, Stage, play


def test_the_first_one_back_after_a_server_restart_says_again_what_nobody_heard() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(60)
        stage.flow.send("to a dying server")
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        stage.flow.send("while it was away")
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2 and stage.screen.state.mechanic.in_room, 10)
        empty = stage.room
        alone = len(empty.sent)
        await asyncio.sleep(3)
        stage.customer_enters()
        heard = empty.sent[alone:]
        assert [text for text, _ in heard] == ["to a dying server", "while it was away"]
        assert [temp_id for _, temp_id in heard] == [line.id for line in stage.screen.transcript]
        room_tells = len(empty.sent)
        stage.room.tell(ParticipantJoined(CUSTOMER))
        assert len(empty.sent) == room_tells, "nothing is in doubt any more"

    play(story)


def test_a_customer_who_was_cut_off_gets_the_lines_of_that_time() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.flow.send("long ago")
        await asyncio.sleep(60)
        stage.flow.send("to a ghost")
        await asyncio.sleep(20)
        stage.customer_drops()
        stage.flow.send("to an empty room")
        await asyncio.sleep(30)
        before = len(stage.room.sent)
        stage.customer_enters()
        assert [text for text, _ in stage.room.sent[before:]] == ["to a ghost", "to an empty room"]

    play(story)
