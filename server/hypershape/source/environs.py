"""The environment variables that a file sets for itself, and which of them come in time for what its imports read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from hypershape.model import EnvironmentVariable
from hypershape.source.code import Code

_MAGIC = re.compile(r"[ \t]*%(?:set_)?env[ \t]+(?P<name>\w+)(?:[ \t]*=[ \t]*|[ \t]+)(?P<value>[^\r\n]*)")

_BRINGS = ("keras", "keras_tuner", "kerastuner", "tensorflow")
"""What imports one another: whoever imports one of them has imported what it builds on."""

_CALLS = (
    "os.environ.setdefault",
    "os.environ.update",
    "os.environ.pop",
    "os.putenv",
    "os.unsetenv",
)


def variables(code: Code) -> tuple[EnvironmentVariable, ...]:
    """The variables that the module level sets whatever happens, to values that the text tells, in order."""
    found = [*_assigned(code), *_magics(code)]
    return tuple(sorted(found, key=lambda each: each.span))


def in_time(code: Code, found: tuple[EnvironmentVariable, ...], readers: Mapping[str, str]) -> dict[str, str]:
    """The variables that are set before the import that reads them. `readers` names the package that reads each."""
    return {
        each.name: each.value
        for each in found
        if each.name in readers and not is_late(code, each, readers[each.name])
    }


def is_late(code: Code, variable: EnvironmentVariable, reader: str) -> bool:
    """Whether a variable is set when the package that reads it has been imported."""
    first = first_import(code, reader)
    return first is not None and code.span(first) < variable.span


def first_import(code: Code, package: str) -> ast.Import | ast.ImportFrom | None:
    """The first statement of the module level that imports a package, by itself or with another one."""
    bringing = {package, *_BRINGS}
    return next(
        (
            each
            for each in code.import_statements
            if code.enclosing(each) is None and not bringing.isdisjoint(_imported(each))
        ),
        None,
    )


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The top-level packages that an import statement names."""
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").partition(".")[0]} if not node.level else set()
    return {alias.name.partition(".")[0] for alias in node.names}


def changes_environment(code: Code, node: ast.stmt) -> bool:
    """Whether a statement changes the process's environment, in a way that needs nothing but the text to run."""
    if isinstance(node, ast.Assign):
        into = [_key(code, target) for target in node.targets]
        return None not in into and _text(code, node.value) is not None
    if isinstance(node, ast.Delete):
        return all(_key(code, target) is not None for target in node.targets)
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    call = node.value
    if code.origin(call.func) not in _CALLS:
        return False
    given = [*call.args, *(each.value for each in call.keywords)]
    return all(_text(code, each) is not None or _mapping(code, each) is not None for each in given)


def _assigned(code: Code) -> Iterator[EnvironmentVariable]:
    for node in code.tree.body:
        if not changes_environment(code, node):
            continue
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield _variable(code, node, _key(code, target), _text(code, node.value))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from _called(code, node, node.value)


def _called(code: Code, node: ast.stmt, call: ast.Call) -> Iterator[EnvironmentVariable]:
    name = code.origin(call.func)
    if name == "os.environ.setdefault" and len(call.args) == 2:
        key, value = (_text(code, each) for each in call.args)
        yield _variable(code, node, key, value, is_default=True)
    elif name == "os.environ.update":
        for each in call.args:
            for key, value in (_mapping(code, each) or {}).items():
                yield _variable(code, node, key, value)
        for keyword in call.keywords:
            yield _variable(code, node, keyword.arg, _text(code, keyword.value))


def _variable(
    code: Code, node: ast.stmt, name: str | None, value: str | None, *, is_default: bool = False
) -> EnvironmentVariable:
    assert name is not None and value is not None
    return EnvironmentVariable(name, value, code.span(node), is_default)


def _magics(code: Code) -> Iterator[EnvironmentVariable]:
    """`%env NAME=value`, where the value holds nothing that IPython fills in."""
    for start, end in code.magics:
        line = code.document.text[start:end]
        found = _MAGIC.match(line)
        if found is not None and not set("${}") & set(found["value"]):
            place = code.text.span(code.path, start, start + found.end())
            yield EnvironmentVariable(found["name"], found["value"].strip(), place)


def _key(code: Code, target: ast.expr) -> str | None:
    """The name in `os.environ["NAME"]`."""
    if isinstance(target, ast.Subscript) and code.origin(target.value) == "os.environ":
        return _text(code, target.slice)
    return None


def _text(code: Code, node: ast.expr) -> str | None:
    """The text that an expression certainly is; `str(1)` as well."""
    if isinstance(node, ast.Call) and code.origin(node.func) == "str" and len(node.args) == 1:
        value = code.value(node.args[0], None)
        return str(value) if isinstance(value, (str, int, float)) and not node.keywords else None
    value = code.value(node, None)
    return value if isinstance(value, str) else None


def _mapping(code: Code, node: ast.expr) -> dict[str, str] | None:
    if not isinstance(node, ast.Dict):
        return None
    pairs = [
        (_text(code, key) if key else None, _text(code, value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    found = {key: value for key, value in pairs if key is not None and value is not None}
    return found if len(found) == len(pairs) else None
