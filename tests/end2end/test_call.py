"""What a mechanic meets in a call beyond the straight way: other clients, hostile words, returns, the other's end."""

from PySide6.QtWidgets import QWidget

from desktop.practice.day import BRAKES
from desktop.practice.picture_code import PictureCode
from desktop.practice.robot import Robot, Script, StepFailedError, Until
from desktop.practice.shop_day import CUSTOMER, ENDED_SENTENCE, MECHANIC, refused
from desktop.practice.sights import bubble, count_of, later_code, picture_code, remote_tile
from tests.end2end.conftest import Stage

HOSTILE_NAME = "<img src=/dev/zero><b>Bo</b> & Sons"
HOSTILE_LINE = '<img src="file:///etc/passwd"> a < b > c && "quote" javascript:alert(1)'


def test_join_shows_the_customers_frames_under_real_names(stage: Stage) -> None:
    day = stage.script
    stage.play(day.sign_in, day.see_sessions, day.join_video, day.watch_picture, day.be_seen, day.write_and_read)


def test_lines_of_stock_web_clients_show_once_and_hostile_words_literally(stage: Stage) -> None:
    day = stage.script

    def read_every_form(robot: Robot) -> Script:
        for form in ("full", "stock", "legacy", "stored"):
            line = f"This line goes as {form}. {HOSTILE_LINE}"
            day.tell_customer("say", text=line, form=form)
            yield Until(lambda line=line: bubble(robot, line), f"the {form} line", 15)  # type: ignore[misc]  # a default binds the line of this round
        # A second copy of each had time to come: the server's push follows every stored line.
        day.tell_customer("say", text="That was all.", form="full")
        yield Until(lambda: bubble(robot, "That was all."), "the last line")
        for form in ("full", "stock", "legacy", "stored"):
            if (count := count_of(robot, f"This line goes as {form}.")) != 1:
                raise StepFailedError(f"the {form} line is there {count} times")
        return "each once"

    def see_a_hostile_name(robot: Robot) -> Script:
        day.tell_customer("rename", name=HOSTILE_NAME)
        yield robot.until_says("callName", HOSTILE_NAME, 12)
        yield robot.until_says("remotePlate", "<img src=/dev/zero>", 3)
        return "shown literally"

    stage.play(day.sign_in, day.see_sessions, day.join_video, read_every_form, see_a_hostile_name)


def test_a_customer_who_leaves_and_returns_is_seen_again(stage: Stage) -> None:
    day = stage.script
    last: list[PictureCode] = []

    def see_them_go(robot: Robot) -> Script:
        last.append((yield Until(lambda: picture_code(robot), "a picture")))
        day.tell_customer("leave")
        yield Until(lambda: robot.find("stageNotice") or remote_tile(robot).is_grey, "a notice on the stage", 20)
        return "the stage says so"

    def see_them_return(robot: Robot) -> Script:
        day.tell_customer("return")
        yield Until(lambda: later_code(robot, last[0], 10), "newer pictures", 30)
        if CUSTOMER not in robot.words_of("callName"):
            raise StepFailedError("the name is gone")
        return "the picture goes on"

    stage.play(day.sign_in, day.see_sessions, day.join_video, see_them_go, see_them_return)


def test_an_end_by_the_customer_leads_to_the_completion_and_the_session_stays_closed(stage: Stage) -> None:
    day = stage.script

    def see_the_end(robot: Robot) -> Script:
        yield from day.let_minutes_go_by(robot, BRAKES, 12)
        day.tell_customer("end")
        yield robot.until_seen("completionPage", 10)
        for place, words in (("completionCustomer", CUSTOMER), ("completionMechanic", MECHANIC)):
            yield robot.until_says(place, words, 5)
        yield robot.until_says("completionEndedby", "Dana ended it", 5)
        return robot.words_of("completionTitle")

    def be_refused(robot: Robot) -> Script:
        robot.click("backToSessions")
        yield robot.until_seen("sessionsPage")
        return (yield from refused(robot, BRAKES, ENDED_SENTENCE, leads_to="completionPage"))

    stage.play(day.sign_in, day.see_sessions, day.join_video, day.watch_picture, see_the_end, be_refused)


def test_a_session_is_left_as_it_was_when_the_program_is_closed(stage: Stage) -> None:
    day = stage.script

    def close_the_window(robot: Robot) -> Script:
        window: QWidget = robot.see("mainWindow")
        window.close()
        yield day.until_told("went", 15)
        return "the customer saw the mechanic go"

    stage.play(day.sign_in, day.see_sessions, day.join_video, close_the_window)
