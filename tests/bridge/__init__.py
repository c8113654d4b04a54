"""Tests of the line between asyncio and Qt."""
