"""The call screens: page, header, stage, control bar and side panel; all drawn from one `CallState`."""
