"""A robot at the window: finds real widgets, clicks and types as a person does, and waits without blocking the GUI."""

import re
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QWidget

from desktop.practice.picture_code import PictureCode, Rect, read_bgra

_TICK_MS = 10
_SETTLE_S = 0.5
"""From the last thing seen to the picture: pages fade over, and the screen shows what was painted."""
_FORBIDDEN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b(mechanic|customer)-[0-9a-f]{8}|@\w+\.example",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Until:
    """What a script waits for: `condition` becomes true within `within_s` seconds.

    In a failure `what` names it, and `instead` what was there in its place.
    """

    condition: Callable[[], object]
    what: str
    within_s: float = 15.0
    instead: Callable[[], str] = str


type Part[T] = Generator[Until, Any, T]
"""A piece of a script: yields what it waits for, gets the condition's value back, returns what it found."""
type Script = Part[str]
"""The actions of one step; returns in words what was seen."""


class StepFailedError(AssertionError):
    """What should have happened at the window did not."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step: what it was, what was seen or missed, how long it took, and its picture."""

    name: str
    passed: bool
    seen: str
    seconds: float
    picture: Path | None


class Robot(QObject):
    """Plays named scripts one after the other on the GUI thread; `finished` comes after the last or the first failure.

    Each step leaves a picture of the window in `folder`, taken from the screen where the platform allows it, and is
    told to `on_step` when it is over.
    """

    finished = Signal()

    def __init__(
        self,
        steps: list[tuple[str, Callable[["Robot"], Script]]],
        folder: Path,
        on_step: Callable[[StepResult], None],
    ) -> None:
        """Make the robot on the GUI thread; `start` lets it play."""
        super().__init__()
        self._steps = list(steps)
        self._folder = folder
        self._on_step = on_step
        self._script: Script | None = None
        self._wait: Until | None = None
        self._deadline_s = self._began_s = 0.0
        self._seen: tuple[str, float, float] | None = None
        self.results: list[StepResult] = []
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def passed(self) -> bool:
        """Whether every step really happened."""
        return len(self.results) == len(self._steps) and all(result.passed for result in self.results)

    @property
    def not_reached(self) -> list[str]:
        """The names of the steps that were not played."""
        return [name for name, _ in self._steps[len(self.results) :]]

    def start(self) -> None:
        """Begin with the first step."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._timer.start()

    def stop(self) -> None:
        """Play no further."""
        self._timer.stop()

    # What a person sees

    def find(self, name: str) -> QWidget | None:
        """Return the visible widget of an object name, or None."""
        for window in QApplication.topLevelWidgets():
            if window.isVisible():
                found: list[QWidget] = [window, *window.findChildren(QWidget, name)]
                for widget in found:
                    if widget.objectName() == name and widget.isVisible():
                        return widget
        return None

    def see(self, name: str) -> QWidget:
        """Return the visible widget of an object name. Raises StepFailedError."""
        widget = self.find(name)
        if widget is None:
            raise StepFailedError(f"{name} is not to be seen")
        return widget

    def words_of(self, name: str) -> str:
        """Return what a visible widget says: its whole text, as a screen reader would read it; empty if not there."""
        widget = self.find(name)
        return "" if widget is None else widget.accessibleName() or _text_of(widget)

    def until_seen(self, name: str, within_s: float = 15.0) -> Until:
        """Wait for a visible widget."""
        return Until(lambda: self.find(name), f"{name} to be seen", within_s)

    def until_says(self, name: str, words: str, within_s: float = 15.0) -> Until:
        """Wait for words in a visible widget."""
        return Until(
            lambda: words in self.words_of(name),
            f"{name} to say {words!r}",
            within_s,
            lambda: f"it says {self.words_of(name)!r}",
        )

    def words_on_screen(self) -> list[str]:
        """Return every title, text, row and accessible name that is visible now."""
        texts: list[str] = []
        for window in QApplication.topLevelWidgets():
            if window.isVisible():
                texts.append(window.windowTitle())
                for widget in window.findChildren(QWidget):
                    if widget.isVisible():
                        texts += [widget.accessibleName(), _text_of(widget)]
                        texts += _row_texts(widget) if isinstance(widget, QListView) else []
        return texts

    def leaks(self) -> list[str]:
        """Return what is on screen that no mechanic may see: ids, identities, e-mail addresses other than one's own."""
        own = self.text_in("emailField")
        return [text for text in self.words_on_screen() if _FORBIDDEN.search(text) and text != own]

    def text_in(self, name: str) -> str:
        """Return what stands in a visible field."""
        widget = self.find(name)
        return "" if widget is None else _text_of(widget)

    # What a person does

    def click(self, name: str) -> None:
        """Click the middle of a visible, enabled widget."""
        widget = self.see(name)
        if not widget.isEnabled():
            raise StepFailedError(f"{name} cannot be pressed")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def click_at(self, widget: QWidget, place: QPoint) -> None:
        """Click a place inside a widget."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def write(self, name: str, text: str) -> None:
        """Put the focus into a field, empty it, and type."""
        field = self.see(name)
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)

    def press(self, name: str, key: Qt.Key) -> None:
        """Press a key in a widget."""
        QTest.keyClick(self.see(name), key)

    # Pictures

    def picture(self, widget: QWidget | None = None) -> QImage:
        """Return what is on the screen of a widget (the window by default), else what it would paint."""
        shown = widget or self.see("mainWindow")
        window = shown.window()
        screen = window.screen()
        pixmap = QPixmap()
        if QGuiApplication.platformName() == "xcb":
            place = QRect(shown.mapTo(window, QPoint(0, 0)), shown.size())
            pixmap = screen.grabWindow(window.winId(), place.x(), place.y(), place.width(), place.height())
        if pixmap.isNull():
            pixmap = shown.grab()
        return pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)

    def read_code(self, tile: QWidget, place: QRect) -> PictureCode | None:
        """Return the picture code painted at `place` of a tile, from the pixels on screen."""
        image = self.picture(tile)
        ratio = image.width() / max(1, tile.width())
        rect = Rect(place.x() * ratio, place.y() * ratio, place.width() * ratio, place.height() * ratio)
        return read_bgra(
            image.constBits(), image.width(), image.height(), bytes_per_line=image.bytesPerLine(), rect=rect
        )

    # Playing

    def _tick(self) -> None:
        try:
            self._go_on()
        except StopIteration as end:
            now = time.monotonic()
            self._seen = str(end.value), now - self._began_s, now + _SETTLE_S
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in a step is that step's failure
            words = str(error) if isinstance(error, StepFailedError) else repr(error)
            self._finish(words, time.monotonic() - self._began_s, passed=False)

    def _go_on(self) -> None:
        if self._seen is not None:
            seen, seconds, until = self._seen
            if time.monotonic() >= until:
                self._finish(seen, seconds, passed=True)
        elif self._script is None or self._wait is None:
            _, make = self._steps[len(self.results)]
            self._began_s = time.monotonic()
            self._script = make(self)
            self._expect(next(self._script))
        elif value := self._wait.condition():
            self._expect(self._script.send(value))
        elif time.monotonic() > self._deadline_s:
            instead = self._wait.instead()
            raise StepFailedError(
                f"waited {self._wait.within_s:g} s in vain for {self._wait.what}{', ' if instead else ''}{instead}"
            )

    def _expect(self, wait: Until) -> None:
        self._wait, self._deadline_s = wait, time.monotonic() + wait.within_s

    def _finish(self, seen: str, seconds: float, *, passed: bool) -> None:
        name = self._steps[len(self.results)][0]
        leaks = self.leaks() if passed else []
        if leaks:
            passed, seen = False, f"on screen stands {leaks[0]!r}"
        result = StepResult(name, passed, seen, seconds, self._save(name, passed=passed))
        self._script = self._wait = self._seen = None
        self.results.append(result)
        self._on_step(result)
        if not passed or len(self.results) == len(self._steps):
            self._timer.stop()
            self.finished.emit()

    def _save(self, name: str, *, passed: bool) -> Path | None:
        if self.find("mainWindow") is None:
            return None
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        path = self._folder / f"{len(self.results) + 1:02}-{slug}{'' if passed else '-FAILED'}.png"
        return path if self.picture().save(str(path)) else None


def _text_of(widget: QWidget) -> str:
    for reader in ("text", "toPlainText"):
        read = getattr(widget, reader, None)
        if callable(read):
            return str(read())
    return ""


def _row_texts(view: QListView) -> list[str]:
    model = view.model()
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
    indexes: list[QModelIndex] = [model.index(row, 0) for row in range(model.rowCount())]
    return [str(index.data(role) or "") for index in indexes for role in roles]
