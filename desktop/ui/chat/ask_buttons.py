"""What a mechanic asks for most in a chat session, in the bar: a photo and the VIN, each by one tap."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.ui.call_button import CallButton
from desktop.ui.chat.quick_replies import OneTap
from desktop.ui.theme import appearance, theme

PHOTO_SENTENCE = "Please send a photo of it."
VIN_SENTENCE = (
    "Please send the VIN: 17 letters and digits, low behind the windscreen or in the frame of the driver's door."
)


class AskButtons(QWidget):
    """Two buttons. `ask_requested` carries the sentence to send; a bouncing finger sends it once."""

    ask_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("askButtons")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tap = OneTap()
        photo = CallButton("Ask for photo", "camera", name="askPhoto", parent=self)
        vin = CallButton("Ask for VIN", "scan-barcode", name="askVin", parent=self)
        photo.clicked.connect(self._ask_for_photo)
        vin.clicked.connect(self._ask_for_vin)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(photo)
        self._row.addWidget(vin)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _ask_for_photo(self) -> None:
        self._ask(PHOTO_SENTENCE)

    def _ask_for_vin(self) -> None:
        self._ask(VIN_SENTENCE)

    def _ask(self, sentence: str) -> None:
        if self._tap.counts(sentence):
            self.ask_requested.emit(sentence)

    def _take_theme(self) -> None:
        self._row.setSpacing(theme().size("gap"))
