"""The one window: a stack of pages with a cross-fade, its title, its regions, and the wish to be closed."""

from PySide6.QtCore import QEasingCurve, QEvent, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPixmap, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QWidget

from desktop.core.text import clean_line
from desktop.ui.focus_ring import FocusRing
from desktop.ui.icons import window_icon
from desktop.ui.regions import next_control
from desktop.ui.theme import appearance, theme

_LEAST_WIDTH = 1180
_LEAST_HEIGHT = 700
_TITLE_CAP = 120


class _FadingPicture(QWidget):
    """The picture of the page before, over a picture of the new one, until it has faded.

    The new page itself is covered meanwhile: drawing all of it anew for every step would take the time of ten pages.
    """

    def __init__(self, picture: QPixmap, page: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = picture
        self._page = page
        self._new: QPixmap | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setGeometry(parent.rect())
        self._fade = QVariantAnimation(self, startValue=1.0, endValue=0.0, duration=theme().ms("page"))
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fade.valueChanged.connect(self._step)
        self._fade.finished.connect(self.deleteLater)
        self._fade.start()
        self.show()
        self.raise_()

    def _step(self) -> None:
        # Not at once: the page is drawn in a turn of its own, after the one in which it came.
        if self._new is None:
            self._new = self._page.grab()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the new page and what is left of the old one."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().window())
        if self._new is None:
            painter.drawPixmap(0, 0, self._picture)
            return
        painter.drawPixmap(0, 0, self._new)
        painter.setOpacity(float(self._fade.currentValue()))
        painter.drawPixmap(0, 0, self._picture)


class MainWindow(QMainWindow):
    """Holds the pages. Closing is a wish: `close_requested` is emitted, and only `close_now` really closes."""

    close_requested = Signal()
    """Somebody wants to close the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mainWindow")
        self._pages = QStackedWidget(self)
        self._pages.setObjectName("pages")
        self.setCentralWidget(self._pages)
        self._ring = FocusRing(self)
        self._may_close = False
        self._tab_struck = False
        self._fading: _FadingPicture | None = None
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)
        self.set_title("")
        for keys, act in (("F6", self.next_region), ("F11", self._toggle_full_screen)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _take_theme(self) -> None:
        self.setWindowIcon(window_icon())

    def set_title(self, text: str) -> None:
        """Set the window's title; whatever it holds, it is one clean line before the product's name."""
        clean = clean_line(text, _TITLE_CAP)
        self.setWindowTitle(f"{clean} - Baylink" if clean else "Baylink")

    def add_page(self, page: QWidget) -> None:
        """Take a page into the window; the first one is shown."""
        self._pages.addWidget(page)

    def remove_page(self, page: QWidget) -> None:
        """Let a page go; it is deleted by Qt when nothing uses it any more."""
        self._drop_fading()
        self._pages.removeWidget(page)
        page.deleteLater()

    @property
    def page(self) -> QWidget | None:
        """The page that is shown; None before one was added."""
        return self._pages.currentWidget()

    @property
    def page_size(self) -> QSize:
        """The room for a page, in device-independent pixels."""
        return self._pages.size()

    def show_page(self, page: QWidget, *, fade: bool = True) -> None:
        """Show a page that was added; fades over where motion is welcome. Menus and dialogs go with their page."""
        if page is self._pages.currentWidget():
            return
        self._close_dialogs()
        picture = self._pages.grab() if fade and self.isVisible() and theme().ms("page") else None
        self._pages.setCurrentWidget(page)
        if picture is not None:
            self._drop_fading()
            self._fading = _FadingPicture(picture, page, self._pages)
            self._fading.destroyed.connect(self._forget_fading)

    def _close_dialogs(self) -> None:
        while (menu := QApplication.activePopupWidget()) is not None and menu.close():
            pass
        # Asked of the program's few windows: a search among the window's children makes an object for every one.
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible() and _belongs_to(dialog, self):
                dialog.reject()

    def _drop_fading(self) -> None:
        if self._fading is not None:
            self._fading.deleteLater()
            self._fading = None

    def _forget_fading(self) -> None:
        self._fading = None

    def next_region(self) -> None:
        """Move the focus to the first control of the next region of the page."""
        page = self.page
        control = None if page is None else next_control(page, self.focusWidget())
        if control is not None:
            self._ring.by_keyboard()
            control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _toggle_full_screen(self) -> None:
        if not theme().is_kiosk:
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def close_now(self) -> None:
        """Close for good, as the program has decided."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first: the program decides what closing means."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()

    def event(self, event: QEvent) -> bool:
        """See Tab before the focused widget does: every key comes by as a possible shortcut first."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._tab_struck = event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001 - Qt names the argument
        """Frame what Tab reaches. Qt also comes here when a focused widget is hidden: that is not the keyboard."""
        if self._tab_struck:
            self._tab_struck = False
            self._ring.by_keyboard()
        return super().focusNextPrevChild(next)


def _belongs_to(dialog: QDialog, window: QWidget) -> bool:
    parent = dialog.parentWidget()
    return parent is not None and parent.window() is window
