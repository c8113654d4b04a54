"""CallFiles: the files of one session: which there are, which are on their way out, which are fetched."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from desktop.core.errors import BaylinkError, RefusedError
from desktop.core.files import FILE_NAME_CAP, FilesState, Upload, UploadPhase, media_type_of, refusal_of
from desktop.core.people import SessionId
from desktop.core.session import FileEntry
from desktop.core.text import clean_line
from desktop.flows.record_ports import FileShelf, RecordBackend

_log = logging.getLogger(__name__)

_NOT_HERE = "Files cannot be sent here."


class CallFiles:
    """Lives in one loop; `changed` is called at every change. Uploads go one after the other, in their order."""

    def __init__(
        self, session_id: SessionId, backend: RecordBackend, shelf: FileShelf, changed: Callable[[], None]
    ) -> None:
        """Make it without files; `opened` or `refresh` brings them."""
        self._session_id = session_id
        self._backend = backend
        self._shelf = shelf
        self._changed = changed
        self._turn = asyncio.Lock()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._fetches: dict[str, asyncio.Task[Path]] = {}
        self._state = FilesState()

    @property
    def state(self) -> FilesState:
        """How the files stand."""
        return self._state

    def opened(self, entries: tuple[FileEntry, ...]) -> None:
        """Take the list of a join answer."""
        self._to(entries=entries)

    def refresh(self) -> None:
        """Read the list again."""
        if "list" not in self._tasks:
            self._keep("list", self._refresh())

    # ---- out --------------------------------------------------------------------------------------------------------

    def upload(self, path: Path) -> None:
        """Send a file."""
        upload = Upload(str(uuid4()), clean_line(path.name, FILE_NAME_CAP), 0, path)
        self._to(uploads=(*self._state.uploads, upload), sentence="")
        self._keep(upload.temp_id, self._send(upload.temp_id))

    def retry(self, temp_id: str) -> None:
        """Send a file again that did not go through, under its old id."""
        upload = self._upload(temp_id)
        if upload is not None and upload.phase is UploadPhase.FAILED:
            self._put(temp_id, phase=UploadPhase.WAITING, sentence="")
            self._keep(temp_id, self._send(temp_id))

    def cancel(self, temp_id: str) -> None:
        """Stop sending a file, or take one away that was not taken."""
        task = self._tasks.get(temp_id)
        if task is not None:
            task.cancel()
        self._drop(temp_id)

    async def _send(self, temp_id: str) -> None:
        async with self._turn:
            upload = self._upload(temp_id)
            if upload is None:
                return
            try:
                upload = await self._inspected(upload)
                self._put(temp_id, phase=UploadPhase.SENDING, sent_bytes=0)
                stored = await self._backend.upload(
                    self._session_id,
                    upload.path,
                    upload.name,
                    upload.media_type,
                    temp_id,
                    lambda sent: self._sent(temp_id, sent),
                )
            except RefusedError as error:
                self._refused(temp_id, error)
            except BaylinkError as error:
                _log.info("a file was not sent: %s, request %s", error.code, error.reference)
                self._put(temp_id, phase=UploadPhase.FAILED, sentence=error.sentence)
            except OSError:
                self._put(temp_id, phase=UploadPhase.REFUSED, sentence=BaylinkError("file_unreadable").sentence)
            else:
                self._drop(temp_id)
                others = tuple(entry for entry in self._state.entries if entry.id != stored.id)
                self._to(entries=(*others, stored))

    async def _inspected(self, upload: Upload) -> Upload:
        """Return the upload with its size and type; raises the refusal that is known without sending it."""
        size = (await asyncio.to_thread(upload.path.stat)).st_size
        self._put(upload.temp_id, size_bytes=size)
        code = refusal_of(upload.name, size)
        if code is not None:
            raise RefusedError(code, 400)
        return replace(upload, size_bytes=size, media_type=media_type_of(upload.name) or "")

    def _refused(self, temp_id: str, error: RefusedError) -> None:
        _log.info("a file was refused: %s, request %s", error.code, error.reference)
        if error.code == "feature_missing":
            self._drop(temp_id)
            self._to(can_send=False, sentence=_NOT_HERE)
            return
        may_try_again = error.status in {401, 429}
        phase = UploadPhase.FAILED if may_try_again else UploadPhase.REFUSED
        self._put(temp_id, phase=phase, sentence=error.sentence)

    def _sent(self, temp_id: str, sent: int) -> None:
        upload = self._upload(temp_id)
        if upload is not None and upload.phase is UploadPhase.SENDING:
            self._put(temp_id, sent_bytes=min(sent, upload.size_bytes))

    # ---- in ---------------------------------------------------------------------------------------------------------

    async def fetch(self, file_id: str) -> Path | None:
        """Return where a file lies on this PC, fetched if it has to be; None, and a sentence, where that fails."""
        try:
            return await self.obtain(file_id)
        except BaylinkError as error:
            _log.info("a file could not be fetched: %s, request %s", error.code, error.reference)
            self._to(sentence=error.sentence)
        except OSError:
            self._to(sentence=BaylinkError("disk_full").sentence)
        return None

    async def obtain(self, file_id: str) -> Path:
        """Return where a file lies on this PC; raises BaylinkError or OSError where it cannot be fetched."""
        fetching = self._fetches.get(file_id)
        if fetching is None:
            fetching = self._fetches[file_id] = asyncio.create_task(self._fetch(file_id), name="file")
            fetching.add_done_callback(lambda task: self._fetched(file_id, task))
            self._to(fetching=frozenset(self._fetches))
        # One that stops waiting does not stop the others.
        return await asyncio.shield(fetching)

    async def _fetch(self, file_id: str) -> Path:
        entry = await self._entry(file_id)
        path = self._shelf.place(self._session_id, entry)
        if not await asyncio.to_thread(path.is_file):
            await self._backend.download(self._session_id, file_id, path)
        return path

    def _fetched(self, file_id: str, task: asyncio.Task[Path]) -> None:
        if not task.cancelled():
            task.exception()  # told to whoever waited; nobody may
        self._fetches.pop(file_id, None)
        self._to(fetching=frozenset(self._fetches))

    async def entry(self, file_id: str) -> FileEntry:
        """Return a file's label; raises `file_gone` for one that is not there."""
        return await self._entry(file_id)

    async def _entry(self, file_id: str) -> FileEntry:
        for _ in range(2):
            for entry in self._state.entries:
                if entry.id == file_id:
                    return entry
            self._to(entries=await self._backend.files(self._session_id))
        raise RefusedError("file_gone", 404)

    async def _refresh(self) -> None:
        try:
            self._to(entries=await self._backend.files(self._session_id))
        except BaylinkError as error:
            _log.info("the files could not be read: %s, request %s", error.code, error.reference)
            if error.code == "feature_missing":
                self._to(can_send=False, sentence=_NOT_HERE)

    # ---- inner workings ---------------------------------------------------------------------------------------------

    async def aclose(self) -> None:
        """Stop everything that is on its way."""
        tasks = (*self._tasks.values(), *self._fetches.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, key: str, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name="files")
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a part of the files failed", exc_info=error)

    def _upload(self, temp_id: str) -> Upload | None:
        return next((upload for upload in self._state.uploads if upload.temp_id == temp_id), None)

    def _put(self, temp_id: str, **changes: object) -> None:
        uploads = tuple(
            replace(upload, **changes) if upload.temp_id == temp_id else upload  # type: ignore[arg-type] # fields of Upload only
            for upload in self._state.uploads
        )
        self._to(uploads=uploads)

    def _drop(self, temp_id: str) -> None:
        self._to(uploads=tuple(upload for upload in self._state.uploads if upload.temp_id != temp_id))

    def _to(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type] # fields of FilesState only
        if state != self._state:
            self._state = state
            self._changed()
