"""What is fast, measured: the real app beside a browser client, in one run on one machine.

The law of this room: both sides are started as processes, see the same publisher and are watched from outside with the
same instruments (the pixels of one virtual screen, the process table). Nothing here is imported by the app.
"""
