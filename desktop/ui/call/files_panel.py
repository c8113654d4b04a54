"""The files tab: what was sent, what is on its way, one picture at a time, and on the desktop a way to add a file."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from desktop.core.files import MEDIA_TYPES, FilesState, Upload, UploadPhase, is_picture
from desktop.core.session import FileEntry
from desktop.core.text import clean_line
from desktop.models.files import entry_words, upload_words
from desktop.ui.buttons import Button
from desktop.ui.call.reading_tab import ReadingTab
from desktop.ui.icons import paint_icon
from desktop.ui.picture_view import PictureView
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme

_BAR_PX = 4


class _Row(QWidget):
    """An icon, a name, a line below it, and one button at most; `key` names what the row is about."""

    pressed = Signal(str)

    def __init__(self, key: str, icon: str, name: str, line: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._icon = icon
        self._share: float | None = None
        self._name = PlainLabel(name, weight=500, parent=self)
        self._line = PlainLabel(line, "caption", "text-muted", wrap=True, max_lines=3, parent=self)
        self.button = Button("", name="fileAction", parent=self)
        self.button.clicked.connect(self._press)
        self.button.hide()
        texts = QVBoxLayout()
        texts.setSpacing(0)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        texts.addWidget(self._name)
        texts.addWidget(self._line)
        self._row = QHBoxLayout(self)
        self._row.addLayout(texts, 1)
        self._row.addWidget(self.button)
        px = theme().size("icon")
        self._row.setContentsMargins(px + theme().space("x4"), 6, 0, 6 + _BAR_PX)
        self._row.setSpacing(theme().size("gap"))
        self.setAccessibleName(f"{name}, {line}")

    def offer(self, word: str, icon: str = "") -> None:
        """Show the button with a word, or hide it for none."""
        self.button.set_face(word, icon)
        self.button.setAccessibleName(f"{word} {self._name.text()}")
        self.button.setVisible(bool(word))

    def show_line(self, line: str, role: str = "text-muted", share: float | None = None) -> None:
        """Say another thing below the name; with a `share` a line shows how much is done."""
        self._line.set_text(line)
        self._line.set_role(role)
        self._share = share
        self.setAccessibleName(f"{self._name.text()}, {line}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon and how much is done."""
        look = theme()
        painter = QPainter(self)
        px = look.size("icon")
        icon = QRectF(0, (self.height() - px) / 2, px, px)
        paint_icon(painter, icon, self._icon, look.color("text-muted"))
        if self._share is not None:
            left = px + look.space("x4")
            width = self.width() - left
            top = self.height() - _BAR_PX
            painter.fillRect(QRectF(left, top, width, _BAR_PX), look.color("control"))
            painter.fillRect(QRectF(left, top, width * self._share, _BAR_PX), look.color("accent"))

    def _press(self) -> None:
        self.pressed.emit(self.key)


class FilesTab(QStackedWidget):
    """Drawn from a `FilesState`. Wishes carry a file's id, a path, or an upload's id.

    `can_add_changed` carries `can_add`.
    """

    upload_requested = Signal(str)
    retry_requested = Signal(str)
    cancel_requested = Signal(str)
    picture_requested = Signal(str)
    open_requested = Signal(str)
    can_add_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filesTab")
        set_surface(self, "raised")
        self._state: FilesState | None = None
        self._is_drawn = False
        self._shown_picture = ""
        self._rows: dict[str, _Row] = {}
        self._build_list()
        self._build_picture()
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self.render_state(FilesState())

    def _build_list(self) -> None:
        self._list = ReadingTab("filesList", "Files", self)
        self._add = Button("Add file", "paperclip", name="addFile", parent=self._list)
        self._add.clicked.connect(self.ask_for_file)
        self._sentence = PlainLabel("", "caption", "warning-fg", wrap=True, parent=self._list)
        self._sentence.setObjectName("filesSentence")
        self._none = PlainLabel("No files yet.", role="text-muted", parent=self._list)
        self._list.column.addWidget(self._sentence)
        self._list.column.addWidget(self._none)
        self._list.column.addSpacing(8)
        self._list.column.addWidget(self._add)
        self._list.column.addStretch(1)
        self.addWidget(self._list)

    def _build_picture(self) -> None:
        page = QWidget(self)
        self._picture = PictureView("filePicture", page)
        self._caption = PlainLabel("", "caption", "text-muted", parent=page)
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._back = Button("All files", "arrow-left", name="backToFiles", parent=page)
        self._back.clicked.connect(self._show_list)
        self._picture_column = QVBoxLayout(page)
        self._picture_column.addWidget(self._picture, 1)
        self._picture_column.addWidget(self._caption)
        self._picture_column.addWidget(self._back)
        self.addWidget(page)

    @property
    def can_add(self) -> bool:
        """Whether a file of this PC can be added; the kiosk has no dialogs to choose one in."""
        return not self._add.isHidden()

    def start_over(self) -> None:
        """Forget the files of the former session."""
        self._show_list()
        self.render_state(FilesState())

    def render_state(self, state: FilesState) -> None:
        """Show a state; its rows are made when they can be seen."""
        if state == self._state:
            return
        self._state = state
        self._is_drawn = False
        if self.isVisible():
            self._draw(state)
        self._add.setVisible(state.can_send and not theme().is_kiosk)
        self.can_add_changed.emit(self.can_add)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody saw it."""
        super().showEvent(event)
        if self._state is not None and not self._is_drawn:
            self._draw(self._state)

    def _draw(self, state: FilesState) -> None:
        """Make and fill the rows; a row stays the same widget while its file or upload does."""
        self._is_drawn = True
        wanted: dict[str, _Row] = {}
        for upload in state.uploads:
            wanted[upload.temp_id] = self._upload_row(upload)
        for entry in reversed(state.entries):
            wanted[entry.id] = self._entry_row(entry, is_fetching=entry.id in state.fetching)
        for key, row in self._rows.items():
            if wanted.get(key) is not row:
                self._list.column.removeWidget(row)
                row.hide()
                row.deleteLater()
        for place, row in enumerate(wanted.values()):
            if self._list.column.indexOf(row) != place:
                self._list.column.removeWidget(row)
                self._list.column.insertWidget(place, row)
                row.show()
        self._rows = wanted
        self._none.setVisible(not wanted)
        self._sentence.set_text(state.sentence)
        self._sentence.setVisible(bool(state.sentence))

    def show_picture(self, file_id: str, image: QImage | None) -> None:
        """Show a picture that was asked for; None says that it cannot be shown: then its card stands there."""
        if file_id != self._shown_picture:
            return
        if image is not None:
            self._picture.show_picture(image, self._caption.text())
        else:
            self._picture.show_file_card(self._caption.text(), "This picture cannot be shown.")

    def ask_for_file(self) -> None:
        """Let a file of this PC be chosen; desktop only, the kiosk has no dialogs."""
        if theme().is_kiosk:
            return
        dialog = QFileDialog(self.window(), "Add a file to the session")
        dialog.setObjectName("fileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        endings = " ".join(f"*.{ending}" for ending in MEDIA_TYPES)
        dialog.setNameFilter(f"Photos, PDF, text and MP4 ({endings})")
        dialog.fileSelected.connect(self.upload_requested)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _entry_row(self, entry: FileEntry, *, is_fetching: bool) -> _Row:
        row = self._rows.get(entry.id)
        if row is None:
            icon = "image" if entry.media_type.startswith("image/") else "file-text"
            row = _Row(entry.id, icon, clean_line(entry.name), entry_words(entry), self)
            row.pressed.connect(self._open)
        if is_picture(entry):
            row.offer("View")
        else:
            row.offer("" if theme().is_kiosk else "Open")
        row.button.setEnabled(not is_fetching)
        return row

    def _upload_row(self, upload: Upload) -> _Row:
        row = self._rows.get(upload.temp_id)
        if row is None:
            row = _Row(upload.temp_id, "paperclip", upload.name, "", self)
            row.pressed.connect(self._act_on_upload)
        went_wrong = upload.phase in {UploadPhase.FAILED, UploadPhase.REFUSED}
        role = "danger-fg" if went_wrong else "text-muted"
        row.show_line(upload_words(upload), role, None if went_wrong else upload.share)
        words = {UploadPhase.FAILED: ("Try again", "refresh-cw"), UploadPhase.REFUSED: ("Remove", "x")}
        row.offer(*words.get(upload.phase, ("Cancel", "x")))
        return row

    def _act_on_upload(self, temp_id: str) -> None:
        uploads = self._state.uploads if self._state is not None else ()
        failed = any(one.temp_id == temp_id and one.phase is UploadPhase.FAILED for one in uploads)
        (self.retry_requested if failed else self.cancel_requested).emit(temp_id)

    def _open(self, file_id: str) -> None:
        entries = self._state.entries if self._state is not None else ()
        entry = next((entry for entry in entries if entry.id == file_id), None)
        if entry is None:
            return
        if not is_picture(entry):
            self.open_requested.emit(file_id)
            return
        self._shown_picture = file_id
        self._caption.set_text(clean_line(entry.name))
        self._picture.show_picture(None, self._caption.text(), "Fetching the picture")
        self.setCurrentIndex(1)
        self._back.setFocus()
        self.picture_requested.emit(file_id)

    def _show_list(self) -> None:
        self._shown_picture = ""
        self._picture.show_picture(None, "")
        self.setCurrentIndex(0)

    def _take_theme(self) -> None:
        side = theme().pick(kiosk=24, desktop=16)
        self._picture_column.setContentsMargins(side, side, side, side)
        self._picture_column.setSpacing(theme().size("gap"))
