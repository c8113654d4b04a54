"""A finger on the virtual screen: real clicks through the X server's test extension, the same for every program."""

import ctypes
import time
from types import TracebackType
from typing import Self

_MOVE_SETTLE_S = 0.3
_HOLD_S = 0.03


class Pointer:
    """The mouse of one display. Raises RuntimeError if the display cannot be opened, OSError without libXtst."""

    def __init__(self, display: str) -> None:
        """Open the display."""
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
        for function in (self._x11.XFlush, self._x11.XCloseDisplay):
            function.argtypes = [ctypes.c_void_p]
        self._x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._test.XTestFakeMotionEvent.argtypes = [ctypes.c_void_p, *[ctypes.c_int] * 3, ctypes.c_ulong]
        self._test.XTestFakeButtonEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
        self._display = self._x11.XOpenDisplay(display.encode())
        if not self._display:
            raise RuntimeError(f"display {display} cannot be opened")

    def __enter__(self) -> Self:
        """Return the pointer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the display."""
        self._x11.XCloseDisplay(self._display)

    def move(self, x: int, y: int) -> None:
        """Put the pointer there, and give the program under it a moment to notice."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self._x11.XSync(self._display, 0)
        time.sleep(_MOVE_SETTLE_S)

    def tap(self) -> float:
        """Press and release where the pointer is; return when it was released, which is when a button acts.

        In monotonic seconds.
        """
        self._test.XTestFakeButtonEvent(self._display, 1, 1, 0)
        self._x11.XSync(self._display, 0)
        time.sleep(_HOLD_S)
        at = time.monotonic()
        self._test.XTestFakeButtonEvent(self._display, 1, 0, 0)
        self._x11.XSync(self._display, 0)
        return at
