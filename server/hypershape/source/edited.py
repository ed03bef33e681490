"""The tree of a text that was edited within its lines: what lies outside of the edited statements is taken over."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from hypershape.source.recover import MAYBE_MAGIC, Recovered, parsed
from hypershape.text import Text


def regrown(
    known: Recovered, before: Text, after: Text, lines: Sequence[tuple[int, int]]
) -> Recovered | None:
    """The text `after` recovered, of which only the statements that differ from `before` are parsed.

    The others are the nodes of the tree that is `known`, whose statements cover `lines`. None where that is not sure to
    be what reading the whole would give: lines came or went, the edit reaches out of its statements, or has to do with
    what is no Python.
    """
    if len(before.starts) != len(after.starts):
        return None
    first, last = _changed_lines(before, after)
    low = bisect_left(lines, first, key=lambda each: each[1])
    high = bisect_right(lines, last, key=lambda each: each[0])
    start = lines[low - 1][1] + 1 if low else 1
    end = lines[high][0] - 1 if high < len(lines) else len(after.starts)
    shares_a_line = any(
        0 < each < len(lines) and lines[each - 1][1] >= lines[each][0] for each in (low, high)
    )
    if shares_a_line or start > end or _goes_on(after, start - 1) or _goes_on(after, end):
        return None
    old, new = _range(before, start, end), _range(after, start, end)
    if any(one < old[1] and old[0] < other for one, other in known.magics):
        return None
    part = _statements(after.value[new[0] : new[1]], start)
    if part is None:
        return None
    tree = ast.Module([*known.tree.body[:low], *part, *known.tree.body[high:]], [])
    clean = known.clean[: old[0]] + after.value[new[0] : new[1]] + known.clean[old[1] :]
    longer = new[1] - old[1]
    magics = tuple((a, b) if b <= old[0] else (a + longer, b + longer) for a, b in known.magics)
    return Recovered(clean, tree, magics)


def _range(text: Text, start: int, end: int) -> tuple[int, int]:
    """The offsets of whole lines."""
    return text.starts[start - 1], text.starts[end] if end < len(text.starts) else len(text.value)


def _statements(text: str, line: int) -> list[ast.stmt] | None:
    """The statements of lines that begin at a line; None where they do not parse, or may be more than Python."""
    if MAYBE_MAGIC.search(text):
        return None
    tree = parsed("\n" * (line - 1) + text)
    return tree.body if tree is not None else None


def _changed_lines(before: Text, after: Text) -> tuple[int, int]:
    """The first and the last line in which two texts of as many lines differ."""
    old, new = before.value, after.value
    shorter = min(len(old), len(new))
    same = _longest(shorter, lambda count: old[:count] == new[:count])
    tail = _longest(shorter - same, lambda count: old[len(old) - count :] == new[len(new) - count :])
    places = [text.place(at)[0] for text, at in ((before, same), (after, same))]
    ends = [text.place(len(text.value) - tail)[0] for text in (before, after)]
    return min(places), max(ends)


def _longest(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to a limit for which something holds that holds for all smaller ones."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _goes_on(text: Text, line: int) -> bool:
    """Whether a line may be joined to the one behind it."""
    return line >= 1 and text.line(line).rstrip().endswith("\\")
