"""Tests of the call screens."""
