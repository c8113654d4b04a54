"""PageSwitch: which page is on screen, what the window's title says of it, and where the focus begins."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop.core.route import Page
from desktop.ui.call.call_page import CallPage
from desktop.ui.chat_page import ChatPage
from desktop.ui.check.check_page import CheckPage
from desktop.ui.completion_page import CompletionPage
from desktop.ui.idle_page import IdlePage
from desktop.ui.main_window import MainWindow
from desktop.ui.rejoining_page import RejoiningPage
from desktop.ui.sign_in_page import SignInPage
from desktop.ui.summary_page import SummaryPage

_LIVE = frozenset({Page.CALL, Page.CHAT})
_WITH_A_TURN = _LIVE | {Page.SESSIONS}
"""The pages that show most; what covers one mechanic's work from other eyes is never a moment late."""
_UNFADED = _LIVE | {Page.IDLE}
"""A fade would cover the first picture of a call, and show for a moment more what the countdown covers."""


class PageSwitch:
    """In the GUI thread; of the pages in the window one is shown."""

    def __init__(
        self,
        window: MainWindow,
        pages: dict[Page, QWidget],
        changing: Callable[[], dict[Page, QWidget]],
        arrived: Callable[[Page], None],
    ) -> None:
        """Take `pages` into the window; `changing` returns those that others put there and may make anew.

        `arrived` is called with every page that came on screen.
        """
        self._window = window
        self._pages = pages
        self._changing = changing
        self._arrived = arrived
        self.page: Page | None = None
        """The page on screen."""
        self._wanted: Page | None = None
        self._covered: Page | None = None
        self._turn = QTimer(window, interval=0, singleShot=True)
        self._coming: Callable[[QWidget], None] | None = None
        self._turn.timeout.connect(self._arrive)
        for widget in pages.values():
            window.add_page(widget)

    @property
    def is_live(self) -> bool:
        """Whether a session that is on is shown."""
        return self.page in _LIVE

    def show(self, page: Page, customer: str) -> None:
        """Show a page, at once or with the event loop's next turn; `customer` names the session."""
        before, self._wanted = self._wanted, page
        if page is before:
            return
        # Who was only asked whether they are there goes on where the cursor was.
        keeps_focus = before is Page.IDLE and page is self._covered
        if page is Page.IDLE:
            self._covered = before
        self._coming = partial(self._bring, fade=before is not None and page not in _UNFADED, focus=not keeps_focus)
        self.show_title(customer)
        if before is not None and page in _WITH_A_TURN:
            # What the page says has just been put on it; laying it out and painting it gets a turn of its own.
            self._turn.start()
        else:
            self._arrive()

    def _arrive(self) -> None:
        self._turn.stop()
        coming, self._coming = self._coming, None
        if coming is not None and self._wanted is not None:
            self.page = self._wanted
            coming((self._pages | self._changing())[self.page])
            self._arrived(self.page)

    def _bring(self, widget: QWidget, *, fade: bool, focus: bool) -> None:
        self._window.show_page(widget, fade=fade)
        if focus:
            _focus_entry(widget)

    def show_title(self, customer: str) -> None:
        """Name the customer in the window's title while their session is shown."""
        self._window.set_title(customer if self._wanted in _LIVE else "")


def _focus_entry(page: QWidget) -> None:
    if isinstance(page, CallPage | ChatPage | CheckPage | CompletionPage | SummaryPage | RejoiningPage | IdlePage):
        page.focus_entry()
    elif isinstance(page, SignInPage):
        page.focus_next_step()
