"""Pages and widgets, drawn from state objects and used as a mechanic would."""
