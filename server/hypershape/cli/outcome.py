"""How a command ends."""

OK, FOUND, CANNOT_RUN = 0, 1, 2


class CannotRun(Exception):
    """One sentence that says why the command cannot run; exit code 2."""
