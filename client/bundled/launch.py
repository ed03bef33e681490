"""Runs the hypershape that the extension brings: `python launch.py serve`.

Its libraries go before this process's path only: a PYTHONPATH would reach the user's interpreter as well.
"""

import sys
from pathlib import Path

libraries = Path(__file__).resolve().parent / "libs"
compiled = libraries / f"cp{sys.version_info[0]}{sys.version_info[1]}"

if not compiled.is_dir():
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    sys.exit(
        f"The hypershape of this extension runs on Python 3.10 to 3.13, not on {found} ({sys.executable})."
    )
sys.path[0:1] = [str(compiled), str(libraries / "any")]

from hypershape import __version__  # noqa: E402

if sys.argv[1:] == ["--version"]:
    print(f"hypershape {__version__}")
else:
    from hypershape.lsp.server import serve_stdio

    serve_stdio()
