"""Tests of the client against the real join server, in one process."""
