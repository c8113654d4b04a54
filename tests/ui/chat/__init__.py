"""Tests of the chat screens."""
