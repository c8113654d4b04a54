"""The join server: the platform's HTTP side of a session on one PC, with LiveKit tokens and rooms.

Law of the room: rows, names and rights come from the database alone, never from a request; every status change is one
conditional update in the transaction that writes its event; what leaves the house after a commit (pushes, room
closing, list hints) is collected as effects and run in order. It imports the wire shapes and the core, nothing else of
the app.
"""
