"""Practice: a whole shop day on one PC, with real servers and a simulated customer behind the real app.

The law of this room: everything it starts it also stops, whatever happens; nothing is restarted silently; secrets are
made anew for each run and never stand in an argument or an output line. The customer is an ordinary LiveKit client in
a process of its own, so that tests, benchmarks and people meet the same one. Everything binds to loopback.
"""
