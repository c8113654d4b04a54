"""What a robot reads from the app's pages: rows of the list, bubbles of the chat, pictures on the stage."""

import re

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QListView

from desktop.models.chat import ChatDataRole
from desktop.models.chat_row import ChatRow
from desktop.models.session_words import RowWords
from desktop.models.sessions import SessionListModel
from desktop.practice.day import PracticeSession
from desktop.practice.picture_code import PictureCode
from desktop.practice.robot import Robot, StepFailedError
from desktop.ui.session_list import SessionList
from desktop.ui.session_row_delegate import SessionRowDelegate
from desktop.ui.video_tile import VideoTile


def session_list(robot: Robot) -> SessionList:
    """Return the list of sessions on screen."""
    widget = robot.see("sessionList")
    if not isinstance(widget, SessionList):
        raise StepFailedError("the list of sessions is another widget")
    return widget


def row_says(robot: Robot, session: PracticeSession, words: str) -> bool:
    """Whether the row of a session says something, as it is painted and spoken."""
    index = session_list(robot).sessions.index_of(session.id)
    said = index.data(SessionListModel.WORDS) if index.isValid() else None
    return isinstance(said, RowWords) and (words in said.spoken or words in said.button or words in said.note)


def press_row_button(robot: Robot, session: PracticeSession) -> None:
    """Bring the row of a session into view and click the button painted in it."""
    view = session_list(robot)
    index = view.sessions.index_of(session.id)
    if not index.isValid():
        raise StepFailedError(f"{session.key} is not in the list")
    view.scrollTo(index)
    delegate = view.itemDelegate()
    if not isinstance(delegate, SessionRowDelegate):
        raise StepFailedError("the rows are drawn by another delegate")
    robot.click_at(view.viewport(), delegate.button_rect(view.visualRect(index)).center())


def choose_row(robot: Robot, session: PracticeSession) -> None:
    """Click the row of a session beside its button: the detail shows it."""
    view = session_list(robot)
    index = view.sessions.index_of(session.id)
    if not index.isValid():
        raise StepFailedError(f"{session.key} is not in the list")
    view.scrollTo(index)
    place = view.visualRect(index)
    robot.click_at(view.viewport(), QPoint(place.left() + place.width() // 4, place.center().y()))


def bubbles(robot: Robot) -> list[ChatRow]:
    """Return the messages whose bubbles lie in the visible part of the chat."""
    view = robot.find("chatList")
    if not isinstance(view, QListView):
        return []
    model, seen = view.model(), view.viewport().rect()
    shown: list[ChatRow] = []
    for number in range(model.rowCount()):
        index = model.index(number, 0)
        row = index.data(ChatDataRole.ROW)
        if isinstance(row, ChatRow) and view.visualRect(index).intersects(seen):
            shown.append(row)
    return shown


def bubble(robot: Robot, words: str) -> ChatRow | None:
    """Return the visible bubble that holds some words."""
    return next((row for row in bubbles(robot) if words in row.text), None)


def count_of(robot: Robot, words: str) -> int:
    """Return how many messages of the whole transcript hold some words."""
    view = robot.find("chatList")
    if not isinstance(view, QListView):
        return 0
    model = view.model()
    texts = [str(model.index(row, 0).data(Qt.ItemDataRole.DisplayRole)) for row in range(model.rowCount())]
    return sum(words in text for text in texts)


def remote_tile(robot: Robot) -> VideoTile:
    """Return the tile of the customer's picture."""
    tile = robot.see("remoteVideo")
    if not isinstance(tile, VideoTile):
        raise StepFailedError("the stage shows another widget")
    return tile


def preview_tile(robot: Robot) -> VideoTile:
    """Return the tile of the own picture on the page that checks devices."""
    tile = robot.see("previewTile")
    if not isinstance(tile, VideoTile):
        raise StepFailedError("the own picture is another widget")
    return tile


def is_upright(tile: VideoTile) -> bool:
    """Whether the picture on a tile is higher than wide."""
    place: QRect = tile.picture_rect()
    return place.height() > place.width() > 0


def picture_code(robot: Robot) -> PictureCode | None:
    """Return the code of the customer's picture, read from the pixels on screen."""
    tile = remote_tile(robot)
    place = tile.picture_rect()
    return None if place.isEmpty() else robot.read_code(tile, place)


def later_code(robot: Robot, first: PictureCode, frames: int) -> PictureCode | None:
    """Return the code on screen once it is at least `frames` frames later than `first`."""
    code = picture_code(robot)
    return code if code is not None and code.counter >= first.counter + frames else None


def minutes_left(spoken_timer: str) -> int:
    """Return the whole minutes that a session's timer says, such as "Time 32:59 left of 45 min"; -1 if none."""
    figures = re.match(r"Time (\d+):\d\d\b", spoken_timer)
    return -1 if figures is None else int(figures.group(1))
