"""PulseNames: which sound devices the sound server has at this moment; Qt (6.12) misses most that are pulled out."""

import ctypes
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_uint32, c_void_p
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

_LIBRARY = "libpulse.so.0"
_EVERY_MS = 200
_AGAIN_AFTER_LOOKS = 10
_READY, _FAILED = 4, 5
_NO_AUTOSPAWN = 1
_MONITOR = b".monitor"


class _Info(Structure):
    """The beginning of the server's description of a sink or a source, which is the same for both."""

    _fields_ = (("name", c_char_p), ("index", c_uint32), ("description", c_char_p))


_Told = CFUNCTYPE(None, c_void_p, POINTER(_Info), c_int, c_void_p)


@dataclass(frozen=True, slots=True)
class ServerNames:
    """What the sound server calls its outputs and inputs; monitors are left out."""

    outputs: frozenset[str]
    inputs: frozenset[str]


class PulseNames(QObject):
    """Asks the sound server five times a second, without ever waiting for it; made and used in the GUI thread.

    `names` is None where no such server answers: then nothing is known here, and Qt's word counts. `restarts` counts
    how often a server went away and one was there again, perhaps with the same names.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin to ask, where there is such a server."""
        super().__init__(parent)
        self.names: ServerNames | None = None
        self.restarts = 0
        self._has_gone = False
        self._outputs: set[str] = set()
        self._inputs: set[str] = set()
        self._open_questions = 0
        self._context: int | None = None
        self._looks_to_rest = 0
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._pulse = _library()
        if self._pulse is None:
            return
        # The server calls these from within `pa_mainloop_iterate`, in the GUI thread; they must live as long.
        self._told_output, self._told_input = _Told(self._take_output), _Told(self._take_input)
        self._loop: int | None = self._pulse.pa_mainloop_new()
        self._timer.start()

    def close(self) -> None:
        """Ask no more."""
        self._timer.stop()
        self._disconnect()
        if self._pulse is not None and self._loop is not None:
            self._pulse.pa_mainloop_free(self._loop)
            self._loop = None

    @Slot()
    def _look(self) -> None:
        pulse = self._pulse
        if pulse is None or self._loop is None:
            return
        if self._looks_to_rest > 0:
            self._looks_to_rest -= 1
            return
        if self._context is None:
            self._connect(pulse)
        while pulse.pa_mainloop_iterate(self._loop, 0, None) > 0:
            pass
        state = pulse.pa_context_get_state(self._context)
        if state >= _FAILED:
            self._disconnect()
            self._looks_to_rest = _AGAIN_AFTER_LOOKS
            self._has_gone = self._has_gone or self.names is not None
            self._set(None)
        elif state == _READY and self._open_questions == 0:
            self._outputs, self._inputs = set(), set()
            self._open_questions = 2
            for ask, told in (
                (pulse.pa_context_get_sink_info_list, self._told_output),
                (pulse.pa_context_get_source_info_list, self._told_input),
            ):
                operation = ask(self._context, told, None)
                if operation:
                    pulse.pa_operation_unref(operation)

    def _connect(self, pulse: ctypes.CDLL) -> None:
        self._context = pulse.pa_context_new(pulse.pa_mainloop_get_api(self._loop), b"Baylink devices")
        self._open_questions = 0
        pulse.pa_context_connect(self._context, None, _NO_AUTOSPAWN, None)

    def _disconnect(self) -> None:
        if self._pulse is not None and self._context is not None:
            self._pulse.pa_context_disconnect(self._context)
            self._pulse.pa_context_unref(self._context)
        self._context = None

    def _take_output(self, _context: object, info: "ctypes._Pointer[_Info]", is_end: int, _data: object) -> None:
        if is_end:
            self._answered()
        else:
            self._outputs.add(_text(info.contents.description))

    def _take_input(self, _context: object, info: "ctypes._Pointer[_Info]", is_end: int, _data: object) -> None:
        if is_end:
            self._answered()
        elif not (info.contents.name or b"").endswith(_MONITOR):
            self._inputs.add(_text(info.contents.description))

    def _answered(self) -> None:
        self._open_questions -= 1
        if self._open_questions == 0:
            self.restarts += self._has_gone
            self._has_gone = False
            self._set(ServerNames(frozenset(self._outputs), frozenset(self._inputs)))

    def _set(self, names: ServerNames | None) -> None:
        if names != self.names:
            self.names = names
            self.changed.emit()


def _text(description: bytes | None) -> str:
    return (description or b"").decode("utf-8", "replace")


def _library() -> ctypes.CDLL | None:
    """Load the library that Qt uses as well; None where there is none."""
    if sys.platform != "linux":
        return None
    try:
        pulse = ctypes.CDLL(_LIBRARY)
    except OSError:
        return None
    for function, arguments, result in (
        (pulse.pa_mainloop_new, (), c_void_p),
        (pulse.pa_mainloop_get_api, (c_void_p,), c_void_p),
        (pulse.pa_mainloop_iterate, (c_void_p, c_int, c_void_p), c_int),
        (pulse.pa_mainloop_free, (c_void_p,), None),
        (pulse.pa_context_new, (c_void_p, c_char_p), c_void_p),
        (pulse.pa_context_connect, (c_void_p, c_char_p, c_int, c_void_p), c_int),
        (pulse.pa_context_get_state, (c_void_p,), c_int),
        (pulse.pa_context_disconnect, (c_void_p,), None),
        (pulse.pa_context_unref, (c_void_p,), None),
        (pulse.pa_context_get_sink_info_list, (c_void_p, _Told, c_void_p), c_void_p),
        (pulse.pa_context_get_source_info_list, (c_void_p, _Told, c_void_p), c_void_p),
        (pulse.pa_operation_unref, (c_void_p,), None),
    ):
        function.argtypes, function.restype = arguments, result
    return pulse
