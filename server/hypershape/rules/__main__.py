"""What maintainers of rules run.

`python -m hypershape.rules [FOLDER]` writes the page of every rule (docs/rules by default) and their index;
`python -m hypershape.rules new CODE NAME` begins a new rule.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from hypershape import rules
from hypershape.rules import scaffold


def pages() -> dict[str, str]:
    """The text of every page by file name."""
    rows = [
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity.value} |"
        for rule in rules.all_rules()
    ]
    index = "# Rules\n\n| code | name | severity |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"
    return {"README.md": index, **{f"{rule.code}.md": rules.page(rule) for rule in rules.all_rules()}}


def main(arguments: Sequence[str]) -> None:
    match arguments:
        case ["new", code, name]:
            _begin(code, name)
        case [] | [_] if arguments != ["new"] and not "".join(arguments).startswith("-"):
            _write(Path(*(arguments or ["docs/rules"])))
        case _:
            sys.exit((__doc__ or "").partition("\n\n")[2].strip())


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def _begin(code: str, name: str) -> None:
    try:
        path = scaffold.begin(code, name)
    except scaffold.CannotMake as error:
        sys.exit(str(error))
    print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


if __name__ == "__main__":
    main(sys.argv[1:])
