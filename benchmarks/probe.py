"""Hands and eyes inside the app under test: obeys JSON lines on the input, answers on the output, idle in between.

It uses the app as a test does, through its widgets by their object names. While it has no order it costs nothing, so
that CPU and memory are those of the app.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSocketNotifier, QTimer, Slot
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from benchmarks.gap_meter import GapMeter
from desktop.app import App
from desktop.core.people import SessionId
from desktop.ui.call.small_tile import SmallTile
from desktop.ui.session_list import SessionList
from desktop.ui.video_tile import VideoTile

_POLL_MS = 5
_FLOWS_AFTER = 10
_RESTS_FOR = 40
"""A button that stood still for so many looks (0.2 s) is where it is going to be tapped."""

type Order = dict[str, object]


def tell(event: str, **facts: object) -> None:
    """Write one line for the harness; `at` is CLOCK_MONOTONIC in seconds."""
    sys.stdout.write(json.dumps({"event": event, "at": time.monotonic(), **facts}) + "\n")
    sys.stdout.flush()


class Probe(QObject):
    """Obeys the harness. Made in the GUI thread once the app has started."""

    def __init__(self, app: App) -> None:
        """Watch for the sign-in page, and for orders."""
        super().__init__(app)
        self._app = app
        self._conditions: list[tuple[Callable[[], bool], Callable[[], None]]] = []
        self._painted: set[QObject] = set()
        self._places: list[list[int]] = []
        self._watched: VideoTile | None = None
        self._follows = False
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._check)
        self._orders = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._orders.activated.connect(self._obey)
        self._acts: dict[str, Callable[[Order], None]] = {
            "sign_in": self._sign_in,
            "choose": self._choose,
            "fit": self._fit,
            "gaps": self._measure_gaps,
            "gui_time": self._tell_gui_time,
            "flow": self._tell_flow,
            "follow": self._follow,
            "camera": self._turn_camera,
            "tiles": self._tell_tiles,
            "leave": self._leave,
            "mute": self._mute,
            "quit": self._quit,
        }
        self._when(self._can_sign_in, lambda: tell("usable"))

    # Waiting for the app

    def _when(self, condition: Callable[[], bool], act: Callable[[], None]) -> None:
        self._conditions.append((condition, act))
        self._poll.start()

    @Slot()
    def _check(self) -> None:
        ready = [pair for pair in self._conditions if pair[0]()]
        self._conditions = [pair for pair in self._conditions if pair not in ready]
        for _, act in ready:
            act()
        if not self._conditions:
            self._poll.stop()

    def _can_sign_in(self) -> bool:
        page = self._app.sign_in_page
        if page not in self._painted:
            page.installEventFilter(self)
            return False
        focus = QApplication.focusWidget()
        usable = self._need(QAbstractButton, "signInButton").isEnabled()
        return usable and focus is not None and page.isAncestorOf(focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first paint of the sign-in page, and where the remote picture is painted."""
        if event.type() is QEvent.Type.Paint:
            if watched is self._watched:
                QTimer.singleShot(0, self, self._note_place)
            elif watched not in self._painted:
                self._painted.add(watched)
                watched.removeEventFilter(self)
        return False

    # Orders

    @Slot()
    def _obey(self) -> None:
        line = sys.stdin.readline()
        if not line:
            self._orders.setEnabled(False)
            self._quit({})
            return
        order = json.loads(line)
        self._acts[order["do"]](order)

    def _sign_in(self, _order: Order) -> None:
        self._need(QAbstractButton, "signInButton").click()
        sessions = self._need(SessionList, "sessionList")
        self._when(lambda: sessions.isVisible() and sessions.chosen_row() is not None, lambda: tell("signed_in"))

    def _choose(self, order: Order) -> None:
        """Show a session, in a window of the given size, and tell where the button lies that joins it.

        The window manager resizes the window in its own time: a place read before would be tapped in vain.
        """
        session = SessionId(str(order["session"]))
        sessions = self._need(SessionList, "sessionList")
        button = self._need(QAbstractButton, "primaryAction")
        window = button.window()
        width, height = cast("list[int]", order.get("window") or [window.width(), window.height()])
        window.resize(width, height)
        sessions.choose(session)
        places: list[list[int]] = []

        def is_ready() -> bool:
            row = sessions.chosen_row()
            places.append(_middle(button))
            rests = len(places) >= _RESTS_FOR and all(place == places[-1] for place in places[-_RESTS_FOR:])
            is_sized = (window.width(), window.height()) == (width, height)
            return rests and is_sized and row is not None and row.id == session and button.isEnabled()

        self._places.clear()
        self._watch_tile()
        self._when(is_ready, lambda: tell("ready", button=_middle(button), window=[window.width(), window.height()]))

    def _fit(self, order: Order) -> None:
        """Make the window so large that the remote picture has the wanted size; tell where it lies, and lay before."""
        width, height = cast("list[int]", order["size"])

        def is_fitted() -> bool:
            tile = self._tile()
            if not tile.isVisible() or not tile.frames_painted:
                return False
            self._unwatch_tile()
            self._follows = False
            window = tile.window()
            if (tile.width(), tile.height()) == (width, height):
                return True
            window.resize(window.width() + width - tile.width(), window.height() + height - tile.height())
            return False

        def say() -> None:
            tile = self._tile()
            window = tile.window()
            tell("fitted", picture=_place(tile), window=[window.width(), window.height()], places=self._places)
            self._places = []

        self._when(is_fitted, say)

    def _measure_gaps(self, order: Order) -> None:
        GapMeter(float(str(order["seconds"])), lambda gaps: tell("gaps", gaps=gaps), self)

    def _tell_gui_time(self, _order: Order) -> None:
        """Tell how long the GUI thread, in which this is, has computed in all."""
        tell("gui_time", seconds=time.thread_time())

    def _mute(self, _order: Order) -> None:
        button = self._app.session_pages.call.findChild(QAbstractButton, "muteButton")
        if button is None:
            raise LookupError("the call page has no button to mute")
        self._when(button.isEnabled, button.click)
        self._when(lambda: button.accessibleName() == "Unmute microphone", lambda: tell("muted"))

    def _turn_camera(self, order: Order) -> None:
        """Turn the camera on or off, and tell when the button says that it is."""
        button = self._app.session_pages.call.findChild(QAbstractButton, "cameraButton")
        if button is None:
            raise LookupError("the call page has no button for the camera")
        after = "Turn camera off" if order["on"] else "Turn camera on"
        if button.accessibleName() != after:
            self._when(button.isEnabled, button.click)
        self._when(lambda: button.accessibleName() == after, lambda: tell("camera"))

    def _follow(self, _order: Order) -> None:
        """Tell every place of the large picture from now on, each once."""
        self._places = []
        self._follows = True
        self._watch_tile()

    def _tell_flow(self, _order: Order) -> None:
        """Tell when the large picture goes on: several new frames after the order."""
        tile = self._tile()
        before = tile.frames_painted
        self._when(lambda: tile.isVisible() and tile.frames_painted >= before + _FLOWS_AFTER, lambda: tell("flowing"))

    def _tell_tiles(self, order: Order) -> None:
        """Tell where the pictures lie, the large one first, once there are as many as wanted."""
        count = int(str(order["count"]))

        def tiles() -> list[VideoTile]:
            small = [tile for tile in self._app.window.findChildren(SmallTile) if tile.isVisible() and tile.has_picture]
            return [self._tile(), *(tile for tile in small if tile.accessibleName() != "Your own picture")]

        self._when(
            lambda: len(tiles()) == count and all(tile.frames_painted for tile in tiles()),
            lambda: tell("tiles", places=[_place(tile) for tile in tiles()]),
        )

    def _leave(self, _order: Order) -> None:
        """Leave the call and keep the session open, as locking the screen does; tell when the list is there again."""
        self._app.call_gateway.leave()
        sessions = self._need(SessionList, "sessionList")
        self._when(sessions.isVisible, lambda: tell("left"))

    def _quit(self, _order: Order) -> None:
        self._app.stop()

    # Where the picture is

    def _watch_tile(self) -> None:
        self._unwatch_tile()
        self._watched = self._tile()
        self._watched.installEventFilter(self)

    def _unwatch_tile(self) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched = None

    @Slot()
    def _note_place(self) -> None:
        if self._watched is not None and self._watched.frames_painted:
            place = _place(self._watched)
            if place not in self._places:
                self._places.append(place)
                if self._follows:
                    tell("place", picture=place)

    def _tile(self) -> VideoTile:
        return self._need(VideoTile, "remoteVideo")

    def _need[Widget: QWidget](self, kind: type[Widget], name: str) -> Widget:
        found = self._app.window.findChild(kind, name)
        if found is None:
            raise LookupError(f"the app has no {kind.__name__} called {name}")
        return found


def _middle(widget: QWidget) -> list[int]:
    point = widget.mapToGlobal(widget.rect().center())
    return [point.x(), point.y()]


def _place(tile: VideoTile) -> list[int]:
    picture: QRect = tile.picture_rect()
    corner: QPoint = tile.mapToGlobal(picture.topLeft())
    return [corner.x(), corner.y(), picture.width(), picture.height()]
