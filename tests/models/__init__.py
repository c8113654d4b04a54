"""Item models, through their public surface and Qt's own model tester."""
