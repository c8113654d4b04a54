"""Tests of the join server against the real app, with LiveKit played by a fake."""
