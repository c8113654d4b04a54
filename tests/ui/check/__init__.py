"""Tests of the page "Check and join"."""
