"""Baylink: live sessions between an auto-shop mechanic and a car owner, as a desktop window or a kiosk."""
