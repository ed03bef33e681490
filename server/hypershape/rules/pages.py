"""The page of each rule: made from the rule's own text, and shipped beside the package for editors to open."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path

import hypershape
from hypershape.rules.base import VAST, Rule

_PACKAGE = Path(hypershape.__file__).parent
# In an installed package the pages lie inside of it (pyproject.toml puts them there), in a checkout above it.
_FOLDERS = (_PACKAGE / "docs" / "rules", _PACKAGE.parents[1] / "docs" / "rules")


def page(rule: Rule) -> str:
    """A rule's page in Markdown: its documentation and its first examples, whole."""
    text = inspect.cleandoc(type(rule).__doc__ or "")
    summary, _, rest = text.partition("\n")
    parts = [f"# {rule.code} {rule.name}", f"*{rule.severity.value}*", summary.strip()]
    if rest.strip():
        parts.append(rest.strip())
    for title, examples in (("Found", rule.INVALID), ("Not found", rule.VALID)):
        if examples:
            machine = f" on a machine with {examples[0].memory:g} GB" if examples[0].memory < VAST else ""
            parts += [f"## {title}{machine}", f"```python\n{examples[0].text.strip()}\n```"]
    parts += ["## Silence it", f"`# hypershape: ignore[{rule.code}]` on the line."]
    return "\n\n".join(parts) + "\n"


@cache
def page_file(code: str) -> Path | None:
    """The file that holds a rule's page on this machine; None where the package came without pages."""
    return next((file for folder in _FOLDERS if (file := folder / f"{code}.md").is_file()), None)
