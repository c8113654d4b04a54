"""A key of the virtual keyboard: pressed and let go through the X server's test extension, as a person would."""

import ctypes
import time


class Key:
    """One key of one display. Raises RuntimeError if the display cannot be opened or has no such key."""

    def __init__(self, display: str, name: str) -> None:
        """Open the display; `name` is an X keysym such as "t" or "F13"."""
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
        self._x11.XStringToKeysym.restype = ctypes.c_ulong
        self._x11.XStringToKeysym.argtypes = [ctypes.c_char_p]
        self._x11.XKeysymToKeycode.restype = ctypes.c_ubyte
        self._x11.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        self._x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
        self._test.XTestFakeKeyEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
        self._display = self._x11.XOpenDisplay(display.encode())
        if not self._display:
            raise RuntimeError(f"display {display} cannot be opened")
        self._code = self._x11.XKeysymToKeycode(self._display, self._x11.XStringToKeysym(name.encode()))
        if not self._code:
            raise RuntimeError(f"display {display} has no key {name}")

    def press(self) -> float:
        """Press and hold; return when, in monotonic seconds."""
        return self._move(down=True)

    def release(self) -> float:
        """Let go; return when, in monotonic seconds."""
        return self._move(down=False)

    def close(self) -> None:
        """Close the display."""
        self._x11.XCloseDisplay(self._display)

    def _move(self, *, down: bool) -> float:
        at = time.monotonic()
        self._test.XTestFakeKeyEvent(self._display, self._code, int(down), 0)
        self._x11.XSync(self._display, 0)
        return at
