"""What this PC keeps between starts, and nothing else: what was written and not sent, fetched files, open sessions.

Law of the room: one writer. Every row belongs to one mechanic and is given to nobody else. A method returns when the
disk has it; none is called on the GUI thread. Failures are OSError. SQLite is spoken here and in the join server only.
"""
