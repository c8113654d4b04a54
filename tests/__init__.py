"""Tests of Baylink: they mirror `desktop/`; `tests/end2end` drives the real program against real servers."""
