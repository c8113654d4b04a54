"""WarmUp: draws pages that nobody has seen yet into nothing, so that their first show is as quick as a later one."""

from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget


class WarmUp(QObject):
    """Prepares one part of a page at a time, whenever the event loop has nothing better to do. GUI thread only.

    What a widget needs once (its style, its fonts' glyphs, its icons, the first layout) costs about as much as all that
    a page shows in a call's first second, and falls into the moment when the call itself needs the processor most.
    """

    def __init__(self, parent: QObject) -> None:
        """Have nothing to do yet."""
        super().__init__(parent)
        self._pages: deque[QWidget] = deque()
        self._parts: deque[QWidget] = deque()
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._next)

    @property
    def is_on(self) -> bool:
        """Whether something is still to be prepared."""
        return self._turn.isActive()

    def begin(self, pages: Iterable[QWidget], size: QSize) -> None:
        """Prepare these pages, which hold nothing of anybody yet, for a window's inside of `size`."""
        self.stop()
        for page in pages:
            page.resize(size)
            self._pages.append(page)
        self._turn.start()

    def stop(self) -> None:
        """Leave the rest as it is; the pages may be deleted then."""
        self._turn.stop()
        self._pages.clear()
        self._parts.clear()

    @Slot()
    def _next(self) -> None:
        if self._parts:
            self._parts.popleft().grab()
        elif self._pages:
            self._parts.extend(_parts_of(self._pages.popleft()))
        else:
            self._turn.stop()


def _parts_of(page: QWidget) -> list[QWidget]:
    """Return the page's own parts that will be seen, each with its place; a grab of the whole would take too long."""
    page.ensurePolished()
    layout = page.layout()
    if layout is not None:
        layout.activate()
    parts = page.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [part for part in parts if not part.isHidden()]
