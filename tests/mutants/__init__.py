"""Which breaks of the code the tests let live: `python -m tests.mutants [MODULE …]`."""
