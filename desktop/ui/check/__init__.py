"""The page "Check and join": it draws a `CheckState`, shows levels and pictures as they come, and only wishes."""
