"""`python -m hypershape.rules [FOLDER]` writes the page of every rule (docs/rules by default) and their index."""

from __future__ import annotations

import sys
from pathlib import Path

from hypershape import rules


def pages() -> dict[str, str]:
    """The text of every page by file name."""
    rows = [
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity.value} |"
        for rule in rules.all_rules()
    ]
    index = "# Rules\n\n| code | name | severity |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"
    return {"README.md": index, **{f"{rule.code}.md": rules.page(rule) for rule in rules.all_rules()}}


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/rules")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
