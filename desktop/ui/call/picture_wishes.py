"""What the stage wishes to be fetched: the layers of what is in sight, and nothing once nobody can look."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.core.call import PictureLayer, VideoKey

UNSEEN_AFTER_MS = 3000
_TELLING = frozenset({QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange})


class PictureWishes(QObject):
    """Follows whether a stage can be seen: a page behind another, or a minimised window, wants no pictures after 3 s.

    `changed` carries a mapping from VideoKey to PictureLayer, whole, whenever it is another one.
    """

    changed = Signal(object)

    def __init__(self, stage: QWidget) -> None:
        super().__init__(stage)
        self._stage = stage
        self._wanted: Mapping[VideoKey, PictureLayer] = {}
        self._told: Mapping[VideoKey, PictureLayer] | None = None
        self._is_unseen = False
        self._patience = QTimer(self, singleShot=True, interval=UNSEEN_AFTER_MS)
        self._patience.timeout.connect(self._give_up)
        stage.installEventFilter(self)

    def want(self, layers: Mapping[VideoKey, PictureLayer]) -> None:
        """Take what the tiles in sight can show."""
        self._wanted = dict(layers)
        self._tell()

    def start_over(self) -> None:
        """Tell the next wish in any case: another session begins, and its page is about to be shown."""
        self._told = None
        self._is_unseen = False
        self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the stage or its window appears or goes."""
        if watched is self._stage and event.type() is QEvent.Type.Show:
            self._stage.window().installEventFilter(self)
        if event.type() in _TELLING:
            self._look()
        return False

    def _look(self) -> None:
        is_minimised = bool(self._stage.window().windowState() & Qt.WindowState.WindowMinimized)
        if not self._stage.isVisible() or is_minimised:
            if not self._patience.isActive() and not self._is_unseen:
                self._patience.start()
            return
        self._patience.stop()
        self._is_unseen = False
        self._tell()

    def _give_up(self) -> None:
        self._is_unseen = True
        self._tell()

    def _tell(self) -> None:
        wishes = dict.fromkeys(self._wanted, PictureLayer.OFF) if self._is_unseen else self._wanted
        if wishes and wishes != self._told:
            self._told = wishes
            self.changed.emit(wishes)
