"""How this process keeps its memory small: few heaps for many threads, and no threads for small matrices."""

import ctypes
import logging
import os
import sys

_log = logging.getLogger(__name__)

_M_ARENA_MAX = -8
_ARENAS = 2


def keep_small() -> None:
    """Set the C library and numpy's library for a program of many mostly idle threads; before any of them starts.

    glibc gives each thread a heap of its own and keeps what was once used; the SDK and Qt have dozens of threads. See
    mallopt(3), M_ARENA_MAX. Elsewhere than on Linux with glibc this changes nothing.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
    except (OSError, AttributeError) as error:
        _log.debug("this C library has no mallopt: %s", error)
