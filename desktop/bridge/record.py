"""RecordGateway: wishes about notes, files and the summary go to RecordFlow; states and pictures come back."""

import asyncio
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.bridge.errands import Errands
from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.newest import Newest
from desktop.bridge.pictures import decoded, limit_allocations
from desktop.core.notes import NotesChoice
from desktop.core.record import RecordState
from desktop.core.summary import SummaryDraft
from desktop.flows.record import RecordFlow


class RecordGateway(QObject):
    """Lives in the GUI thread; every method returns at once.

    `state_changed` carries a RecordState, only the newest when the GUI is busy. `picture_ready` carries a file's id
    and its QImage, or None where it cannot be shown; it was decoded elsewhere. `file_ready` carries a file's id and
    its path on this PC. `failed` carries a sentence for something that nobody expected.
    """

    state_changed = Signal(object)
    picture_ready = Signal(str, object)
    file_ready = Signal(str, object)
    failed = Signal(object)

    _picture_crossed = Signal(str, object)
    _file_crossed = Signal(str, object)

    def __init__(self, loop_thread: LoopThread, parent: QObject | None = None) -> None:
        """Make the gateway; give its `publish` to the flow, then the flow to `serve`."""
        super().__init__(parent)
        limit_allocations()
        self._states = Newest[RecordState](self)
        self._states.arrived.connect(self.state_changed)
        self._failures = Newest[str](self)
        self._failures.arrived.connect(self.failed)
        self._errands = Errands(loop_thread, self._failures.put)
        self._flow: RecordFlow | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._picture_crossed.connect(self._deliver_picture, queued)
        self._file_crossed.connect(self._deliver_file, queued)

    def publish(self, state: RecordState) -> None:
        """Leave a state for the GUI thread; from any thread."""
        self._states.put(state)

    def serve(self, flow: RecordFlow) -> None:
        """Send the wishes to `flow` from now on."""
        self._flow = flow

    # ---- wishes, from the GUI thread --------------------------------------------------------------------------------

    @Slot(str)
    def edit_notes(self, text: str) -> None:
        """Take what stands in the notes."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.edit_notes, text))

    @Slot(str)
    def choose_notes(self, choice: str) -> None:
        """Settle two versions of the notes; `choice` is a NotesChoice."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.choose_notes, NotesChoice(choice)))

    @Slot(str)
    def upload(self, path: str) -> None:
        """Send a file of this PC."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.upload, Path(path)))

    @Slot(str)
    def retry_upload(self, temp_id: str) -> None:
        """Send a file again."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.retry_upload, temp_id))

    @Slot(str)
    def cancel_upload(self, temp_id: str) -> None:
        """Stop sending a file, or take it away."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.cancel_upload, temp_id))

    @Slot(str)
    def want_picture(self, file_id: str) -> None:
        """Fetch and decode a picture; it arrives as `picture_ready`."""
        if self._flow is not None:
            self._errands.run(self._picture(self._flow, file_id))

    @Slot(str)
    def want_file(self, file_id: str) -> None:
        """Fetch a file; it arrives as `file_ready`, and not at all where it could not be fetched."""
        if self._flow is not None:
            self._errands.run(self._file(self._flow, file_id))

    @Slot()
    def write_summary(self) -> None:
        """Open the summary of the session on screen."""
        if self._flow is not None:
            self._errands.call(self._flow.write_summary)

    @Slot(object)
    def edit_summary(self, draft: SummaryDraft) -> None:
        """Take what the summary's form holds."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.edit_summary, draft))

    @Slot()
    def send_summary(self) -> None:
        """Send the summary."""
        if self._flow is not None:
            self._errands.call(self._flow.send_summary)

    # ---- in the loop thread -----------------------------------------------------------------------------------------

    async def _picture(self, flow: RecordFlow, file_id: str) -> None:
        path = await flow.fetch(file_id)
        image = await asyncio.to_thread(decoded, path) if path is not None else None
        self._picture_crossed.emit(file_id, image)

    async def _file(self, flow: RecordFlow, file_id: str) -> None:
        path = await flow.fetch(file_id)
        if path is not None:
            self._file_crossed.emit(file_id, path)

    # ---- in the GUI thread ------------------------------------------------------------------------------------------

    @Slot(str, object)
    def _deliver_picture(self, file_id: str, image: object) -> None:
        self.picture_ready.emit(file_id, image)

    @Slot(str, object)
    def _deliver_file(self, file_id: str, path: object) -> None:
        self.file_ready.emit(file_id, path)
