"""The tool that breaks the code to try the tests must break it."""

from __future__ import annotations

import ast

from tests.mutants.mutate import mutants

SOURCE = '''
LIMIT = 3

def f(a: int = 1, b: bool = True) -> int:
    """Doc."""
    assert list(zip([a], [b], strict=False))
    if a < 2 and not b:
        return a * b
    return None
'''


def test_every_small_break_of_a_function_is_a_mutant_of_its_own() -> None:
    found = list(mutants(SOURCE))
    changes = [each.change for each in found]
    assert (
        len({ast.dump(ast.parse(each.source)) for each in found} | {ast.dump(ast.parse(SOURCE))})
        == len(found) + 1
    )
    assert [each for each in changes if each.startswith("a < 2 →")] == ["a < 2 → a <= 2", "a < 2 → a > 2"]
    assert "a < 2 and (not b) → a < 2 or not b" in changes
    assert "a < 2 and (not b) → not b" in changes
    assert "not b → b" in changes
    assert "a * b → a / b" in changes
    assert "return a * b → return None" in changes
    assert "True → False" in changes
    assert not any("LIMIT" in change or "Doc" in change or "assert" in change for change in changes)
    assert {each.line for each in found} == {4, 7, 8}
