"""An interpreter that is not on this machine, or not in its container: where it is, and where it has the user's files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from hypershape.agent import whereabouts


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders of this machine, each with its path where the interpreter runs. All others have the same path there."""

    pairs: tuple[tuple[str, str], ...] = ()

    def there(self, path: str, system: str) -> str:
        """The path of a file of this machine on one whose `sys.platform` is `system`."""
        full = Path(path).absolute()
        for here, there in sorted(self.pairs, key=lambda pair: len(pair[0]), reverse=True):
            if full.is_relative_to(here):
                return str(_kind(there)(there).joinpath(*full.relative_to(here).parts))
        if os.name == "nt" and system != "win32":
            # Which is none there, and looks like none of the folder that the interpreter happens to be in.
            return f"/{full.as_posix()}"
        return str(full)


def _kind(path: str) -> type[PurePath]:
    """How the paths are written of the system that one belongs to."""
    return PureWindowsPath if "\\" in path or PureWindowsPath(path).drive else PurePosixPath


def host(told: Mapping[str, Any]) -> str | None:
    """The name of the machine or container that an agent tells of; None where it is this one."""
    own = whereabouts.here()
    if not told or all(told.get(each) == own[each] for each in ("machine", "processes")):
        return None
    return str(told.get("host") or "another machine")


class Back:
    """Puts the paths of this machine in the place of those that files have elsewhere; `here` maps these to those."""

    def __init__(self, here: Mapping[str, str]) -> None:
        self._here = {there: own for there, own in here.items() if there != own}
        longest_first = sorted(map(re.escape, self._here), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w./\\-])(?:{'|'.join(longest_first)})(?!\w)")

    def __call__(self, fields: Any) -> Any:
        """JSON that an agent says, with these paths wherever it names one of the files."""
        if not self._here:
            return fields
        if isinstance(fields, str):
            return self._pattern.sub(lambda found: self._here[found.group()], fields)
        if isinstance(fields, dict):
            return {name: self(each) for name, each in fields.items()}
        return list(map(self, fields)) if isinstance(fields, list) else fields
