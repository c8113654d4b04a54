"""Tests of the practice day: pictures that tell their time, servers that start and stop, a customer that behaves."""
