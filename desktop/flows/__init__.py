"""The stories of the product as plain asyncio: signing in, the board of sessions, a call from join to end.

Law of the room: a flow holds a state machine, publishes one frozen state object at every change, and is given all it
needs: adapters as small Protocols (`ports`), time as a port. No Qt, no sockets, no settings; tests run on virtual time.
"""
