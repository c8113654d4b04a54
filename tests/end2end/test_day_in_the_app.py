"""The straight way through a session with the real app, its servers and a customer's process; and a second screen."""

import asyncio
from collections.abc import Mapping

import httpx
from livekit import rtc

from desktop.joinserver.demo_data import DEMO_PASSWORD
from desktop.practice.day import BRAKES, OIL_LIGHT
from desktop.practice.robot import Robot, Script, StepFailedError, Until
from desktop.practice.shop_day import ENDED_SENTENCE, MECHANIC, RENAMED, refused
from desktop.practice.sights import bubbles, picture_code, press_row_button, row_says
from tests.end2end.conftest import Stage
from tests.ui import walk

_STAYS_OUT_S = 8.0


def test_ac_01_03_13_19_a_renamed_customer_is_talked_to_and_the_end_closes_the_session_in_the_app(stage: Stage) -> None:
    """Real names everywhere, a rename on the same connection, each line once, the end, and no way back in."""
    day = stage.script

    def keep_the_connection(robot: Robot) -> Script:
        parts = stage.app._parts
        if parts is None or parts.call._session is None:
            raise StepFailedError("there is no call")
        door = parts.call._session._door
        room = door._room
        script = day.see_rename(robot)
        seen = yield from script
        if door._room is not room:
            raise StepFailedError("a rename cost the connection")
        if risks := walk.markup_risks(stage.app.window):
            raise StepFailedError(f"words could be read as markup: {risks}")
        if {row.name for row in bubbles(robot)} != {MECHANIC, RENAMED}:
            raise StepFailedError(f"bubbles are named {sorted({row.name for row in bubbles(robot)})}")
        return seen

    def be_refused(robot: Robot) -> Script:
        robot.click("backToSessions")
        yield robot.until_seen("sessionsPage")
        seen = yield from refused(robot, BRAKES, ENDED_SENTENCE, leads_to="completionPage")
        robot.click("backToSessions")
        yield robot.until_seen("sessionsPage")
        return seen

    stage.play(
        day.sign_in,
        day.see_sessions,
        day.join_video,
        day.watch_picture,
        day.write_and_read,
        keep_the_connection,
        day.see_upright,
        day.mute,
        day.end_video,
        be_refused,
        day.sign_out,
    )


def test_ac_24_a_chat_session_goes_both_ways_and_touches_no_camera_in_the_app(stage: Stage) -> None:
    day = stage.script
    opened: list[object] = []
    camera = stage.app._camera

    def watched_camera() -> object:
        opened.append(camera)
        return camera() if camera is not None else None

    def make_room(_robot: Robot) -> Script:
        ending = stage.thread.submit(end_as_mechanic(stage, BRAKES.id))
        yield Until(ending.done, "the first session to be over", 20)
        ending.result(0)
        return "the mechanic is free"

    def join_chat(robot: Robot) -> Script:
        yield Until(lambda: row_says(robot, OIL_LIGHT, "Accept"), "the request in the list", 20)
        press_row_button(robot, OIL_LIGHT)
        day._chatter = yield from day._enter(OIL_LIGHT)
        yield Until(lambda: row_says(robot, OIL_LIGHT, "Join"), "the accepted session in the list", 20)
        press_row_button(robot, OIL_LIGHT)
        yield robot.until_seen("chatPage")
        return "open"

    stage.app._camera = watched_camera  # type: ignore[assignment]  # passes on what the day's own camera is
    stage.play(make_room, day.sign_in, join_chat, day.chat_only, day.end_chat)
    assert not opened, "a camera was asked for in a chat session"


def test_ac_40_a_second_screen_takes_over_and_this_one_stays_out_in_the_app(stage: Stage) -> None:
    day = stage.script

    def be_replaced(robot: Robot) -> Script:
        entering = stage.thread.submit(second_screen(stage, BRAKES.id))
        yield Until(entering.done, "the second screen", 30)
        room = entering.result(0)
        yield robot.until_seen("sessionsPage", 15)
        yield robot.until_says("messageBar", "another screen", 5)
        pause = stage.thread.submit(asyncio.sleep(_STAYS_OUT_S, True))
        yield Until(pause.done, "a while", _STAYS_OUT_S + 5)
        is_still_in = room.isconnected()
        leaving = stage.thread.submit(room.disconnect())
        yield Until(leaving.done, "the second screen to leave", 10)
        if not is_still_in or robot.find("callPage") is not None:
            raise StepFailedError("this screen came back by itself")
        return "this screen stays out"

    def come_back(robot: Robot) -> Script:
        yield from day_join(robot, stage)
        yield Until(lambda: picture_code(robot), "the picture again", 20)
        return "back by a tap"

    stage.play(day.sign_in, day.see_sessions, day.join_video, day.watch_picture, be_replaced, come_back)


def day_join(robot: Robot, stage: Stage) -> Script:
    """Open the same session again from its row."""
    yield Until(lambda: not stage.app.sessions_page.sessions.sessions.index_of(BRAKES.id).row() < 0, "the row", 20)
    stage.app.sessions_page.join_requested.emit(BRAKES.id)
    yield robot.until_seen("callPage", 15)
    return "opened"


async def second_screen(stage: Stage, session_id: str) -> rtc.Room:
    """Join as the same mechanic on another machine."""
    token = await sign_in_as_mechanic(stage)
    joined = await post(
        stage, f"/api/mechanic/sessions/{session_id}/join", {"device_fingerprint": "bay9-another-pc"}, token
    )
    room = rtc.Room()
    await room.connect(str(joined["serverUrl"]), str(joined["token"]))
    return room


async def end_as_mechanic(stage: Stage, session_id: str) -> None:
    """End a session as another screen of the mechanic would."""
    await post(stage, f"/api/sessions/{session_id}/end", {}, await sign_in_as_mechanic(stage))


async def sign_in_as_mechanic(stage: Stage) -> str:
    """Return an access token of the practising mechanic."""
    login = {"email": stage.thread.day.login.email, "password": DEMO_PASSWORD}
    return str((await post(stage, "/api/mechanic/login", login))["access_token"])


async def post(stage: Stage, path: str, body: Mapping[str, object], token: str = "") -> dict[str, object]:
    """Ask the day's join server, beside the app."""
    async with httpx.AsyncClient(base_url=stage.thread.day.join_server.url) as client:
        answer = await client.post(path, json=body, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer.raise_for_status()
        read: dict[str, object] = answer.json()
        return read
