"""TODO: one line that names this room."""
