"""The sign-in page: e-mail and password, what went wrong in one sentence, and who is known here."""

import time
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.core.account import AccountPhase, AccountState, CredentialHome
from desktop.core.bands import Band, BandLevel
from desktop.core.clock import format_seconds
from desktop.ui.brand_panel import BrandPanel
from desktop.ui.buttons import Button
from desktop.ui.clock_label import local_now
from desktop.ui.field import LabelledField
from desktop.ui.loading_line import LoadingLine
from desktop.ui.message_bar import MessageBar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme

NO_SAFE_STORE = Band(
    key="no_safe_store",
    level=BandLevel.INFO,
    icon="info",
    title="",
    text="You will have to sign in again after a restart, because this PC has no safe place to keep it.",
)
_OFFLINE = "No connection to Baylink. Check the network cable or Wi-Fi. Trying again by itself."
_SLOW_AFTER_MS = 10_000


class SignInPage(QWidget):
    """Draws an `AccountState`; GUI thread only. Typed texts stay as they are while states come and go."""

    sign_in_requested = Signal(str, str)
    """Sign in with this e-mail and password."""
    cancel_requested = Signal()
    """Give up the sign-in under way."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = local_now,
        monotonic: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("signInPage")
        self._monotonic = monotonic
        self._state = AccountState()
        set_surface(self, "surface")
        self._bar = MessageBar(self)
        self._line = LoadingLine(self)
        self._brand = BrandPanel(now, self)
        self._form = self._build_form()
        self._row = QHBoxLayout()
        self._row.addWidget(self._brand, 1)
        self._row.addStretch(1)
        self._row.addWidget(self._form)
        self._row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addLayout(self._row, 1)
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_AFTER_MS)
        self._slow.timeout.connect(self._draw_who)
        self._locked = QTimer(self, interval=1000)
        self._locked.timeout.connect(self._draw_buttons)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self.render_state(self._state)

    def _build_form(self) -> QWidget:
        form = QWidget(self)
        form.setObjectName("signInForm")
        self._who = PlainLabel(role="text-muted", wrap=True, parent=form)
        self._who.setObjectName("whoIsKnown")
        self._email = LabelledField("Email", name="emailField", parent=form)
        self._show = Button("Show", "eye", name="showPassword", kind="quiet", label="Show password", parent=form)
        self._password = LabelledField("Password", name="passwordField", button=self._show, parent=form)
        self._password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._submit = Button("Sign in", name="signInButton", kind="accent", primary=True, parent=form)
        self._cancel = Button("Cancel", "x", name="cancelSignIn", kind="outline", primary=True, parent=form)
        self._hint = PlainLabel(
            "Press Enter to sign in.  No account? Ask your workshop manager.", "caption", "text-muted", wrap=True
        )
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self._submit, 1)
        self._buttons.addWidget(self._cancel)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(1)
        column.addWidget(PlainLabel("Sign in", "headline", parent=form))
        for part in (self._who, self._email, self._password):
            column.addWidget(part)
        column.addSpacing(6)
        column.addLayout(self._buttons)
        column.addWidget(self._hint)
        column.addStretch(1)
        self._form_column = column
        self._email.edit.returnPressed.connect(self._on_email_entered)
        self._password.edit.returnPressed.connect(self._send)
        self._show.clicked.connect(self._toggle_password)
        self._submit.clicked.connect(self._send)
        self._cancel.clicked.connect(self.cancel_requested)
        for first, second in (
            (self._email.edit, self._password.edit),
            (self._password.edit, self._show),
            (self._show, self._submit),
            (self._submit, self._cancel),
        ):
            QWidget.setTabOrder(first, second)
        return form

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=180, desktop=0)
        self._row.setContentsMargins(side, 0, side, 0)
        self._row.setSpacing(look.pick(kiosk=60, desktop=0))
        self._form.setFixedWidth(look.pick(kiosk=620, desktop=400))
        self._form_column.setSpacing(look.pick(kiosk=18, desktop=16))
        self._buttons.setSpacing(look.size("gap"))
        self._hint.setVisible(not look.is_kiosk)
        # The kiosk page has its brand at the left edge of the middle part, the desktop page a panel of its own.
        self._row.setStretch(0, 1 if look.is_kiosk else 0)
        self._row.setStretch(1, 0 if look.is_kiosk else 1)
        self._row.setStretch(3, 0 if look.is_kiosk else 1)

    def prefill(self, email: str, password: str) -> None:
        """Fill both fields, as the practice day does."""
        self._email.edit.setText(email)
        self._password.edit.setText(password)

    def render_state(self, state: AccountState) -> None:
        """Draw a state. A field that the mechanic is typing in is never overwritten."""
        before, self._state = self._state, state
        has_left = before.phase is AccountPhase.SIGNED_IN and state.phase is AccountPhase.SIGNED_OUT
        if has_left or (state.email and not self._email.edit.text()):
            # Who signs in next does not see who was here; a sign-in that was only interrupted brings its own address.
            self._email.edit.setText(state.email)
        if state.phase is AccountPhase.SIGNED_IN:
            self._password.edit.clear()
            self._hide_password()
        self._bar.show_band(NO_SAFE_STORE if state.credential_home is CredentialHome.MEMORY else None)
        self._line.set_busy(state.phase in {AccountPhase.STARTING, AccountPhase.SIGNING_IN})
        if state.phase is not AccountPhase.SIGNING_IN:
            self._slow.stop()
        elif before.phase is not AccountPhase.SIGNING_IN:
            self._slow.start()
        self._draw_brand()
        self._draw_who()
        error = state.error or (_OFFLINE if state.offline else "")
        self._password.set_error(error)
        self._draw_buttons()
        # Before the kept sign-in was found or not, somebody may already be typing: nothing moves under their fingers.
        if state.phase is AccountPhase.SIGNED_OUT and before.phase in {AccountPhase.SIGNING_IN, AccountPhase.SIGNED_IN}:
            self._go_on_typing(after_refusal=bool(state.error))

    def _go_on_typing(self, *, after_refusal: bool) -> None:
        """Give the fields the focus back that they lost while they were off."""
        if after_refusal:
            self._password.edit.setFocus()
        else:
            self.focus_next_step()

    def focus_next_step(self) -> None:
        """Put the focus where the mechanic goes on: the first empty field, or the button when both are filled."""
        for field in (self._email, self._password):
            if not field.edit.text():
                field.edit.setFocus()
                return
        self._submit.setFocus()

    def _draw_brand(self) -> None:
        state = self._state
        place = state.bay_name or state.shop_name
        self._brand.bay.setVisible(bool(place))
        self._brand.bay.set_fact(place, "car-front", "plain")
        if state.offline:
            self._brand.online.set_fact("Offline", "wifi-off", "warning")
        else:
            self._brand.online.set_fact("Online", "wifi", "success")

    def _draw_who(self) -> None:
        state = self._state
        name = state.mechanic.name if state.mechanic else ""
        if state.phase is AccountPhase.STARTING:
            words = "Looking for the sign-in kept on this PC"
        elif state.phase is AccountPhase.SIGNING_IN and not self._slow.isActive():
            words = "Still working. The server is slow."
        elif state.phase is AccountPhase.SIGNED_IN and name:
            words = f"Signed in as {name}"
        elif state.interrupted and name:
            words = f"{name} was signed in here. The session on screen goes on."
        else:
            words = ""
        self._who.set_text(words)
        self._who.setVisible(bool(words))

    def _draw_buttons(self) -> None:
        state = self._state
        busy = state.phase is AccountPhase.SIGNING_IN
        left = 0 if state.retry_at_s is None else max(0, int(state.retry_at_s - self._monotonic() + 0.999))
        if left and not self._locked.isActive():
            self._locked.start()
        elif not left:
            self._locked.stop()
        signing_in = state.phase is AccountPhase.SIGNING_IN
        self._submit.set_face("Signing in" if signing_in else f"Wait {format_seconds(left)}" if left else "Sign in")
        self._submit.setEnabled(not busy and not left)
        self._cancel.setVisible(signing_in)
        for part in (self._email.edit, self._password.edit, self._show):
            part.setEnabled(not busy)

    def _on_email_entered(self) -> None:
        if self._password.edit.text():
            self._send()
        else:
            self._password.edit.setFocus()

    def _send(self) -> None:
        if not self._submit.isEnabled():
            return
        email, password = self._email.edit.text().strip(), self._password.edit.text()
        if not email:
            self._email.edit.setFocus()
        elif not password:
            self._password.edit.setFocus()
        else:
            self.sign_in_requested.emit(email, password)

    def _toggle_password(self) -> None:
        if self._password.edit.echoMode() is QLineEdit.EchoMode.Password:
            self._password.edit.setEchoMode(QLineEdit.EchoMode.Normal)
            self._show.set_face("Hide", "eye-off")
            self._show.setAccessibleName("Hide password")
        else:
            self._hide_password()

    def _hide_password(self) -> None:
        self._password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._show.set_face("Show", "eye")
        self._show.setAccessibleName("Show password")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the loading line at the top."""
        super().resizeEvent(event)
        self._line.lay(0, self.width())

    def showEvent(self, event: QShowEvent) -> None:
        """Start where typing goes on."""
        super().showEvent(event)
        if not event.spontaneous():
            self.focus_next_step()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels a sign-in under way."""
        if event.key() == Qt.Key.Key_Escape and self._state.phase is AccountPhase.SIGNING_IN:
            self.cancel_requested.emit()
            return
        super().keyPressEvent(event)
