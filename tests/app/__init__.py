"""The composition root: the whole app, put together, started and stopped in one order."""
