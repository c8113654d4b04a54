"""Devices and the camera of this PC, in Qt."""
