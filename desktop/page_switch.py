"""PageSwitch: which page is on screen, what the window's title says of it, and where the focus begins."""

from collections.abc import Callable

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
_AT_ONCE = _LIVE | {Page.IDLE}
"""A fade would cover the first picture of a call, and show for a moment more what the countdown covers."""


class PageSwitch:
    """In the GUI thread; of the pages in the window one is shown."""

    def __init__(
        self, window: MainWindow, pages: dict[Page, QWidget], changing: Callable[[], dict[Page, QWidget]]
    ) -> None:
        """Take `pages` into the window; `changing` returns those that others put there and may make anew."""
        self._window = window
        self._pages = pages
        self._changing = changing
        self.page: Page | None = None
        self._covered: Page | None = None
        for widget in pages.values():
            window.add_page(widget)

    @property
    def is_live(self) -> bool:
        """Whether a session that is on is shown."""
        return self.page in _LIVE

    def show(self, page: Page, customer: str) -> bool:
        """Show a page, unless it is shown already; return whether it came just now. `customer` names the session."""
        before, self.page = self.page, page
        if page is before:
            return False
        widget = (self._pages | self._changing())[page]
        self._window.show_page(widget, fade=before is not None and page not in _AT_ONCE)
        self.show_title(customer)
        if page is Page.IDLE:
            self._covered = before
        if before is not Page.IDLE or page is not self._covered:
            # Who was only asked whether they are there goes on where the cursor was.
            _focus_entry(widget)
        return True

    def show_title(self, customer: str) -> None:
        """Name the customer in the window's title while their session is shown."""
        self._window.set_title(customer if self.is_live else "")


def _focus_entry(page: QWidget) -> None:
    if isinstance(page, CallPage | ChatPage | CheckPage | CompletionPage | SummaryPage | RejoiningPage | IdlePage):
        page.focus_entry()
    elif isinstance(page, SignInPage):
        page.focus_next_step()
