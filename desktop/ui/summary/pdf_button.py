"""[Save PDF]: asks where a summary is to lie on this PC and writes it there; on a desktop: a kiosk has no dialogs."""

from collections.abc import Callable

from PySide6.QtCore import QIODevice, QSaveFile, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.ui.buttons import Button
from desktop.ui.theme import appearance, theme

_FAILED = "The PDF could not be saved there."
_FACE = ("Save PDF", "file-text")


class SavePdfButton(Button):
    """`content` gives the bytes at the moment they are wanted; `failed` carries the sentence for who tapped."""

    failed = Signal(str)

    def __init__(self, content: Callable[[], bytes], parent: QWidget | None = None) -> None:
        super().__init__(*_FACE, name="savePdf", primary=True, parent=parent)
        self._content = content
        self.clicked.connect(self._ask_where)
        appearance().changed.connect(self._show_for_theme)
        self._show_for_theme()

    def show_unsaved(self) -> None:
        """Offer it again: what was saved is not what stands there now."""
        self.set_face(*_FACE)

    def _ask_where(self) -> None:
        dialog = QFileDialog(self.window(), "Save the summary as PDF")
        dialog.setObjectName("pdfDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile("summary.pdf")
        dialog.fileSelected.connect(self.save_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_to(self, path: str) -> None:
        """Write the file, whole or not at all."""
        file = QSaveFile(path)
        if file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(self._content()) >= 0 and file.commit():
            self.set_face("PDF saved", "check")
        else:
            self.failed.emit(_FAILED)

    def _show_for_theme(self) -> None:
        self.setVisible(not theme().is_kiosk)
