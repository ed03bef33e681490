"""`python -m hypershape` is the same program as `hypershape`."""

import sys

if sys.path and not __file__.startswith(sys.path[0]) and not getattr(sys.flags, "safe_path", False):
    # Python puts the working directory first: a `rich.py` there would be taken for the library.
    del sys.path[0]

from hypershape.cli.main import main

if __name__ == "__main__":
    main()
