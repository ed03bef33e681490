"""`python -m hypershape` is the same program as `hypershape`."""

import os
import sys

if sys.path and not getattr(sys.flags, "safe_path", False):
    here = os.getcwd()  # noqa: PTH109 (a `pathlib.py` there would be imported)
    if sys.path[0] in ("", here) and not __file__.startswith(here):
        # Python puts the working directory first: a `rich.py` there would be taken for the library.
        del sys.path[0]

if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        # An editor waits for it: what reads a command line takes its time to be imported.
        from hypershape.lsp.server import serve_stdio

        serve_stdio()
    else:
        from hypershape.cli.main import main

        main()
