"""The agent in interpreters and on systems that are not the server's."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import hypershape.agent

FILES = sorted(Path(hypershape.agent.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_agent_is_written_in_python_3_9(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_what_of_posix_the_agent_names_at_its_top_is_named_only_where_processes_fork() -> None:
    """On Windows these cannot be imported, and a module that did would take all of the agent with it."""
    absent = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}
    for path in FILES:
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.Import):
                assert not absent & {each.name for each in statement.names}, path.name
            if isinstance(statement, ast.ImportFrom):
                assert statement.module not in absent, path.name


def test_the_loader_has_nothing_that_python_2_cannot_read() -> None:
    """It is what says that an interpreter is too old."""
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Starred, ast.AsyncFunctionDef, ast.Nonlocal)
    tree = ast.parse(next(path for path in FILES if path.name == "loader.py").read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, new)]  # type: ignore[attr-defined]
    assert not [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation]
