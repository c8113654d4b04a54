"""The platform over HTTP: its wire shapes and the one client that speaks them.

Law of the room: nothing outside imports httpx; every answer leaves here as core data or as a BaylinkError with a code;
tokens and passwords appear in no log, URL or repr. `wire` is shared with the join server, so that both sides can
never disagree about a field.
"""

import sys

# httpx brings a command-line program whose libraries cost a third of a second and some megabytes at every start. It
# goes without them where they cannot be imported, as its own package does when they are not installed.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is Python's word for "cannot be imported"
