"""The tree of a text that was edited within its lines: what lies outside of the edited statements is taken over."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from hypershape.text import Text

Parse = Callable[[str], ast.Module | None]


def regrown(
    before: Text, after: Text, tree: ast.Module, lines: Sequence[tuple[int, int]], parse: Parse
) -> ast.Module | None:
    """The tree of `after`, of which only the statements that differ from `before` are parsed.

    The others are the nodes of `tree` themselves, whose statements cover `lines`. None where that is not sure to be
    what parsing the whole would give: lines came or went, or the edit reaches out of its statements.
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
    stop = after.starts[end] if end < len(after.starts) else len(after.value)
    part = parse("\n" * (start - 1) + after.value[after.starts[start - 1] : stop])
    if part is None:
        return None
    return ast.Module([*tree.body[:low], *part.body, *tree.body[high:]], [])


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
