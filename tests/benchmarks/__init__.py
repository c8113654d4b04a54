"""Tests of the measuring instruments: their arithmetic and what they print, without a browser."""
