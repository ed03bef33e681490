"""What travels over the start command: a line of Python, then the agent's sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

CODE = (
    "import sys;sys.path[:]=[p for p in sys.path if p];import os;r=lambda n:b''.join(iter(lambda:os.read(0,1),b'\\n')) if n<0 else r2(n);"
    "r2=lambda n,b=b'':b if len(b)==n else r2(n,b+os.read(0,min(n-len(b),1<<16)));"
    "exec(compile(r2(int(r(-1))),'<hypershape>','exec'))"
)
"""Reads a length in a line, then that many bytes, and runs them. It reads no byte more: the protocol follows.

`python -c` searches the working directory first: from there nothing is imported, not even by this line."""


@cache
def _sources() -> dict[str, str]:
    import hypershape.agent

    folder = Path(hypershape.agent.__file__).parent
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}


def payload(environment: Mapping[str, str]) -> bytes:
    """The program that CODE runs, with the length in front."""
    sources = dict(_sources())
    loader = sources.pop("loader")
    program = (
        f"{loader}\nstart(json.loads({json.dumps(json.dumps(sources))}), json.loads({json.dumps(json.dumps(dict(environment)))}))\n"
    ).encode()
    return b"%d\n%s" % (len(program), program)
