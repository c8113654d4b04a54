"""The platform over HTTP: its wire shapes and the one client that speaks them.

Law of the room: nothing outside imports httpx; every answer leaves here as core data or as a BaylinkError with a code;
tokens and passwords appear in no log, URL or repr. `wire` is shared with the join server, so that both sides can
never disagree about a field.
"""
