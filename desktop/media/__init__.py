"""What Qt Multimedia gives: which devices this PC has, and pictures of its camera.

Law of the room: objects are made and used in the GUI thread, unless a docstring says that another thread may call;
Qt Multimedia is loaded by whoever imports this room, so the app does that after its first paint. A PC without any
device, or without a sound server, is normal here and never an error.
"""
