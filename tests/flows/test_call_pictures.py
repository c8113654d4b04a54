"""Wishes for pictures: they reach the room, and the next room too."""

from desktop.core.call import PictureLayer, VideoKey
from desktop.core.errors import RoomConnectError
from tests.flows.call_fakes import CUSTOMER, SESSION, Stage, play


def test_what_the_screen_shows_is_known_to_every_new_room() -> None:
    async def story(stage: Stage) -> None:
        stage.rooms.troubles = [RoomConnectError()]
        await stage.flow.join(SESSION)
        wishes = {VideoKey(CUSTOMER): PictureLayer.LOW}
        stage.flow.want_pictures(wishes)
        assert stage.room.picture_wishes == wishes
        await stage.screen.until(lambda: stage.screen.state.mechanic.in_room)
        assert len(stage.rooms.opened) == 2
        assert stage.room.picture_wishes == wishes

    play(story)
