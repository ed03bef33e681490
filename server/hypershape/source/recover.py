"""Text that may be half typed to text of the same lines and columns that always parses."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from hypershape.model import Document
from hypershape.text import LINE_END, Text, blanked

Parse = Callable[[str], ast.Module | None]

Range = tuple[int, int]
"""Offsets into the text, the end excluded."""

# Cell magics whose cell is Python all the same.
_PYTHON_CELLS = {"capture", "memit", "mprun", "prun", "time", "timeit"}
# Line magics that run a statement.
_STATEMENT_MAGICS = {"memit", "prun", "time", "timeit"}
_CELL_MAGIC = re.compile(r"\s*%%(\w*)(?:[ \t]+(?:-\w+[ \t]+)?[\"']?(\S+?)[\"']?[ \t]*(?=[\r\n]|\Z))?")
_SEARCHES = re.compile(r"\bkeras_?tuner\b|\bhp\.(?:Int|Float|Choice|Boolean|Fixed)\(")
_LINE_MAGIC = re.compile(r"[ \t]*%(\w+)[ \t]*((?:-\w+[ \t]+(?:\d+[ \t]+)?)*)")
_ASSIGNED_MAGIC = re.compile(r"[ \t]*[\w.,\[\]\"' \t]+=[ \t]*(?:!|%[a-zA-Z])")
_SHELL = re.compile(r"[ \t]*!(?!=)")
_HELP = re.compile(r"[ \t]*(?:\?{1,2}[\w.*]+|%{0,2}[\w.*]+\?{1,2})[ \t]*;?[ \t]*(?:#.*)?$")
MAYBE_MAGIC = re.compile(r"(?:\A|(?<=[\r\n]))[ \t]*[%!?]|=[ \t]*[%!]|\?[ \t;]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_DECORATED = re.compile(r"@|(?:async\s+)?def\b|class\b")
_TOP_LEVEL = re.compile(r"[A-Za-z_@]")
_INDENT = re.compile(r"[ \t\f]*")
_CLAUSE = re.compile(r"(?:else|elif|except|finally|case)\b")
TOKEN = re.compile(
    r"""\#[^\r\n]*
    |[A-Za-z]{0,2}(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?''')
    |\"(?:\\(?:\r\n|.)|[^\"\\\r\n])*\"?|'(?:\\(?:\r\n|.)|[^'\\\r\n])*'?
    |[()\[\]{}]|\\(?:\r\n|\r|\n)|\r\n|\r|\n""",
    re.VERBOSE | re.DOTALL,
)
_STARTS_STATEMENT = re.compile(
    r"(?:def|class|import|return|while|with|async|try|raise|assert|del|global|pass|break|continue)\b"
    r"|(?:if|for)\b.*:\s*(?:#.*)?$|from\s+[\w.]+\s+import\b|@\w|[\w.]+\s*=\s*\S+.*[^,\s]\s*$"
)

PIECE = 20_000
"""A text of more than twice as many characters is parsed in pieces of so many; one takes about ten milliseconds."""

_LONGER_PIECES = 3
"""So many times a piece that does not parse is tried together with the next one."""
_MAY_BEGIN = re.compile(r"(?<=[\r\n])(?=[A-Za-z_@])(?!(?:else|elif|except|finally)\b)")
_NO_TREE = (ValueError, RecursionError, MemoryError)
_BREAKS_LOOKED_FOR = 8
_STARTS_LOOKED_AT = 4


@dataclass(frozen=True, slots=True)
class Recovered:
    """`clean` parses into `tree`. `magics` and `broken` are what was blanked, as ranges of offsets."""

    clean: str
    tree: ast.Module
    magics: tuple[Range, ...] = ()
    broken: tuple[Range, ...] = ()


def recover(document: Document, lines: Text, parse: Parse) -> Recovered:
    """Blanks magics, shell lines and every statement that does not parse; raises nothing.

    `parse` gives the tree of what is left.
    """
    text = _harmless(document.text)
    whole = _tree_or_line(text)
    if isinstance(whole, ast.Module):
        return Recovered(text, whole)
    recovery = _Recovery(text, lines, notebook=bool(document.cells))
    if document.cells:
        recovery.imports_of_written_scripts(document)
        for cell in document.cells:
            recovery.unit(cell.first_line, cell.first_line + cell.line_count - 1)
    else:
        recovery.unit(1, len(lines.starts), wrong=whole)
    clean = "".join(recovery.characters)
    tree = parse(clean)
    if tree is None:
        return Recovered(blanked(text), ast.Module([], []), broken=((0, len(text)),))
    return Recovered(clean, tree, tuple(sorted(recovery.magics)), tuple(sorted(recovery.broken)))


def _harmless(text: str) -> str:
    """The text without characters that no parser takes, such as NUL and lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", " ")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = re.sub("[\ud800-\udfff]", "_", text)
    return text


def parsed(text: str) -> ast.Module | None:
    """The syntax tree of a text; None where it has none."""
    tree = _tree_or_line(text)
    return tree if isinstance(tree, ast.Module) else None


def _tree_or_line(text: str) -> ast.Module | int:
    """The syntax tree of a text, or the line at which the parser gives up."""
    pieces = _in_pieces(text) if len(text) > 2 * PIECE else None
    if pieces is not None:
        return pieces
    try:
        return _parse(text)
    except SyntaxError as error:
        return error.lineno or 1
    except _NO_TREE:
        return 1


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _in_pieces(text: str) -> ast.Module | None:
    """The tree of a long text, parsed in several pieces; None where that does not work out.

    Python's lock is held while a piece is parsed, and whoever answers an editor waits for it. A text that is cut where
    no statement ends has a piece that does not parse; one that has none is parsed as it would be as a whole.
    """
    body: list[ast.stmt] = []
    start = line = 0
    tries = 0
    for end in [*_ends_of_pieces(text), len(text)]:
        try:
            body += _parse("\n" * line + text[start:end]).body
        except (SyntaxError, *_NO_TREE):
            tries += 1
            if tries > _LONGER_PIECES or end == len(text):
                return None
            continue
        line += len(LINE_END.findall(text[start:end]))
        start, tries = end, 0
    return ast.Module(body, [])


def _ends_of_pieces(text: str) -> Iterator[int]:
    """Where a statement of the module may begin, each about as far behind the last one as a piece is long."""
    at = PIECE
    while (found := _MAY_BEGIN.search(text, at)) is not None:
        yield found.start()
        at = found.start() + PIECE


@dataclass
class _Recovery:
    text: str
    lines: Text
    notebook: bool = False
    characters: list[str] = field(init=False)
    scanned: str = field(init=False)
    """The text that logical lines are found in: `self.text` without its magics."""
    magics: list[Range] = field(default_factory=list)
    broken: list[Range] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.characters = list(self.text)
        self.scanned = self.text

    def unit(self, first: int, last: int, wrong: int | None = None) -> None:
        """Recovers the lines of one cell or script; `wrong` is the line where it is known not to parse."""
        cell = _CELL_MAGIC.match(self._current(first, last))
        if cell is not None:
            start = self.lines.starts[first - 1]
            if cell[1] not in _PYTHON_CELLS and not self._is_script(cell, first, last):
                self.magics.append(self._blank(start, self._end(last)))
                return
            first += len(LINE_END.findall(cell[0]))
            self.magics.append(self._blank(self.lines.starts[first - 1], self._end(first)))
            first += 1
        if first > last:
            return
        if MAYBE_MAGIC.search(self.scanned, self.lines.starts[first - 1], self._end(last)):
            self._blank_magics(first, last)
            self.scanned = "".join(self.characters)
            wrong = None
        if self.notebook:
            self._outdent(first, last)
        self._module(first, last, wrong)

    def imports_of_written_scripts(self, document: Document) -> None:
        """Blanks the imports from scripts that a cell writes: what they import is read where it is written."""
        names = []
        for each in document.cells or ():
            first, last = each.first_line, each.first_line + each.line_count - 1
            cell = _CELL_MAGIC.match(self._current(first, last))
            if cell is not None and self._is_script(cell, first, last):
                names.append(re.escape(PurePosixPath(cell[2]).stem))
        if names:
            imported = rf"^from[ \t]+(?:{'|'.join(names)})[ \t]+import[ \t]+[^(\r\n]+$"
            for found in re.finditer(imported, self.text, re.MULTILINE):
                self.magics.append(self._blank(*found.span()))
            self.scanned = "".join(self.characters)

    def _is_script(self, cell: re.Match[str], first: int, last: int) -> bool:
        """Whether a cell writes a script that searches: its text is read as if it ran here, as it does soon after."""
        written = cell[1] in ("writefile", "file") and (cell[2] or "").endswith(".py")
        return written and _SEARCHES.search(self._current(first, last)) is not None

    # Magics.

    def _blank_magics(self, first: int, last: int) -> None:
        line = first
        while line <= last:
            text = self._line(line).rstrip("\r\n")
            end = self._logical_end(line, last)
            magic = _LINE_MAGIC.match(text)
            start = self.lines.starts[line - 1]
            if magic is not None:
                kept = (
                    magic[1] in _STATEMENT_MAGICS and parsed(text[magic.end() :].strip() or "(") is not None
                )
                indent = len(text) - len(text.lstrip(" \t"))
                if kept:
                    # An `if 1:` of its own would move columns; a literal in front makes the rest a statement.
                    self.magics.append(self._blank(start + indent, start + magic.end()))
                    self._shift_statement(start + indent, start + magic.end())
                else:
                    end = self._continued(line, last)
                    self.magics.append(self._blank(start + indent, self._end(end)))
                    self._placeholder(start + indent)
            elif _SHELL.match(text) or _ASSIGNED_MAGIC.match(text) or _HELP.match(text):
                end = self._continued(line, last)
                indent = len(text) - len(text.lstrip(" \t"))
                self.magics.append(self._blank(start + indent, self._end(end)))
                self._placeholder(start + indent)
            line = end + 1

    def _shift_statement(self, start: int, statement: int) -> None:
        """Joins a statement to the column where its line began: `%time x = 1` becomes `0   ; x = 1`."""
        self.characters[start] = "0"
        self.characters[statement - 1] = ";"

    def _outdent(self, first: int, last: int) -> None:
        """Takes the indentation of a cell's first line from all of its lines, as IPython does (`leading_indent`).

        No column moves: behind a form feed Python counts indentation from 0.
        """
        while first < last and not self._line(first).strip():
            first += 1
        text = self._line(first)
        indent = text[: len(text) - len(text.lstrip(" \t"))]
        for line in range(first, last + 1) if indent else ():
            if self._line(line).startswith(indent) and self._line(line).strip():
                self.characters[self.lines.starts[line - 1] + len(indent) - 1] = "\f"

    def _continued(self, line: int, last: int) -> int:
        """The last line of a shell command that goes on after backslashes."""
        while line < last and self._line(line).rstrip("\r\n").endswith("\\"):
            line += 1
        return line

    # Statements.

    def _module(self, first: int, last: int, wrong: int | None) -> None:
        """Blanks what does not parse at the top level, led by the parser to where that is.

        Most half-typed files have one or two breaks: looking at every statement would cost far more.
        """
        for _ in range(_BREAKS_LOOKED_FOR):
            wrong = self._wrong_line(first, last) if wrong is None else wrong
            if wrong is None:
                return
            start = self._whole_before(first, wrong)
            wrong = None
            first = self._next_statement(start, last, 0)[0]
            if first > last:
                return
        self._block(first, last, indent=0)

    def _wrong_line(self, first: int, last: int) -> int | None:
        """The line at which the parser gives up; None where it does not."""
        found = _tree_or_line(self._current(first, last))
        return min(last, first + found - 1) if isinstance(found, int) else None

    def _whole_before(self, first: int, wrong: int) -> int:
        """The last line at or before `wrong` that starts a top-level statement with only whole ones before it."""
        tried = 0
        for line in range(wrong, first, -1):
            if _TOP_LEVEL.match(self._line(line)) and not _CLAUSE.match(self._line(line)):
                if self._parses(first, line - 1):
                    return line
                tried += 1
                if tried == _STARTS_LOOKED_AT:
                    break
        return first

    def _block(self, first: int, last: int, indent: int | None = None) -> bool:
        """Blanks what does not parse among the statements of one block; says whether one is left."""
        left = False
        line = first
        while line <= last:
            if self._is_idle(line):
                line += 1
                continue
            indent = self._indent(line) if indent is None else indent
            line, whole = self._next_statement(line, last, indent)
            left = left or whole
        return left

    def _next_statement(self, line: int, last: int, indent: int) -> tuple[int, bool]:
        """Blanks what does not parse of one statement; returns the line after it, and whether anything is left."""
        if self._is_idle(line):
            return line + 1, False
        here = self._indent(line)
        end = self._statement_end(line, last, here)
        left = False
        if here != indent:
            self._break(line, end)
        elif self._parses(line, end):
            left = True
        elif end > line and self._is_compound(line, end):
            left = self._compound(line, end)
        else:
            end = self._shortest_break(line, end, indent)
            self._break(line, end)
        return end + 1, left

    def _compound(self, first: int, last: int) -> bool:
        """Recovers a definition, loop or the like clause by clause; says whether anything is left of it."""
        indent = self._indent(first)
        clauses = self._clauses(first, last, indent)
        for number, (start, header_end, end) in enumerate(clauses):
            head = self._current(start, header_end)
            if not self._header_parses(head, first, number):
                if number == 0:
                    alone = self._parses(first, header_end)
                    self._break(header_end + 1 if alone else first, last)
                    return alone
                self._break(start, end)
                continue
            if not self._block(header_end + 1, end):
                self._fill(header_end, end)
        if self._parses(first, last):
            return True
        self._break(first, last)
        return False

    def _fill(self, header: int, last: int) -> None:
        """Gives an empty body its placeholder, in blank space after the header."""
        deeper = self._indent(header) + 1
        for line in range(header + 1, last + 1):
            text = self._line(line)
            body = text.rstrip("\r\n")
            if not body.strip() and len(body) >= deeper:
                original = _INDENT.match(self.lines.line(line))
                column = max(deeper, original.end() if original else deeper)
                if column < len(body):
                    self._placeholder(self.lines.starts[line - 1] + column)
                    return
                self._placeholder(self.lines.starts[line - 1] + len(body) - 1)
                return

    def _clauses(self, first: int, last: int, indent: int) -> list[tuple[int, int, int]]:
        """First line, last header line and last line of each clause of a compound statement."""
        starts = []
        line = first
        while line <= last:
            end = self._logical_end(line, last)
            if not self._is_idle(line) and self._indent(line) <= indent:
                starts.append((line, end))
            line = end + 1
        # Decorators belong to the definition that follows them.
        while len(starts) > 1 and self._line(starts[0][0]).lstrip().startswith("@"):
            starts[:2] = [(starts[0][0], starts[1][1])]
        ends = [start - 1 for start, _ in starts[1:]] + [last]
        return [(start, header, end) for (start, header), end in zip(starts, ends, strict=True)]

    def _header_parses(self, head: str, first: int, number: int) -> bool:
        text = head.strip()
        lead = {
            "else": "if 1: pass\n",
            "elif": "if 1: pass\n",
            "except": "try: pass\n",
            "finally": "try: pass\n",
        }
        before = ""
        if number:
            word = re.match(r"\w+", text)
            before = lead.get(word[0] if word else "", "")
            if word and word[0] == "else" and self._line(first).lstrip().startswith(("for", "while", "try")):
                before = "for _ in (): pass\n"
            if word and word[0] == "case":
                return parsed(f"match 0:\n {text} pass") is not None
        after = "\nfinally: pass" if text.startswith("try") else ""
        if text.startswith("match") and not number:
            return parsed(f"{text}\n case _: pass") is not None
        return parsed(f"{before}{text} pass{after}") is not None

    def _is_compound(self, first: int, last: int) -> bool:
        header_end = self._logical_end(first, last)
        while self._line(first).lstrip().startswith("@") and header_end < last:
            header_end = self._logical_end(header_end + 1, last)
        return header_end < last and any(
            not self._is_idle(line) and self._indent(line) > self._indent(first)
            for line in range(header_end + 1, last + 1)
        )

    def _statement_end(self, line: int, last: int, indent: int) -> int:
        """The last line of the statement that starts at `line`, its body and clauses included."""
        decorated = self._line(line).lstrip().startswith("@")
        end = self._logical_end(line, last)
        while end < last:
            following = end + 1
            while following < last and self._is_idle(following):
                following += 1
            if self._is_idle(following):
                break
            deeper = self._indent(following) > indent
            text = self._line(following).lstrip()
            clause = _CLAUSE.match(text) is not None and not decorated
            defined = decorated and _DECORATED.match(text) is not None
            if not deeper and not clause and not defined:
                break
            decorated = not deeper and self._line(following).lstrip().startswith("@")
            end = self._logical_end(following, last)
        return end

    def _shortest_break(self, first: int, last: int, indent: int) -> int:
        """Where a broken statement ends if the line that it swallowed first begins a statement of its own."""
        for line in range(first + 1, last + 1):
            if self._is_idle(line) or self._indent(line) > indent:
                continue
            if self._parses(line, self._statement_end(line, last, indent)):
                return line - 1
        return last

    def _logical_end(self, line: int, last: int) -> int:
        """The last line of the logical line that starts at `line`: brackets and strings closed.

        A bracket that is never closed ends where a line at the same depth clearly starts a statement.
        """
        depth = 0
        indent = self._indent(line)
        current = line
        for token in TOKEN.finditer(self.scanned, self.lines.starts[line - 1], self._end(last)):
            word = token[0]
            if word in "([{":
                depth += 1
            elif word in ")]}":
                depth = max(0, depth - 1)
            elif word[0] in "\r\n":
                if depth == 0 or current == last:
                    return current
                current += 1
                following = self._line(current)
                if self._indent(current) <= indent and _STARTS_STATEMENT.match(following.strip()):
                    return current - 1
            elif word[0] == "\\" or "\n" in word or "\r" in word:
                current += len(re.findall(r"\r\n|\r|\n", word))
                if current >= last:
                    return last
        return last

    # The text as recovered so far.

    def _current(self, first: int, last: int) -> str:
        return "".join(self.characters[self.lines.starts[first - 1] : self._end(last)])

    def _line(self, line: int) -> str:
        return self._current(line, line)

    def _end(self, line: int) -> int:
        return self.lines.starts[line] if line < len(self.lines.starts) else len(self.text)

    def _indent(self, line: int) -> int:
        found = _INDENT.match(self._line(line))
        return len(found[0].rpartition("\f")[2].expandtabs(8)) if found else 0

    def _is_idle(self, line: int) -> bool:
        text = self._line(line).strip()
        return not text or text.startswith("#")

    def _parses(self, first: int, last: int) -> bool:
        text = self._current(first, last)
        if self._indent(first):
            text = "if 1:\n" + text
        return parsed(text) is not None

    def _break(self, first: int, last: int) -> None:
        start = self.lines.starts[first - 1] + len(_INDENT.match(self._line(first))[0])  # type: ignore[index]
        self.broken.append(self._blank(start, self._end(last)))

    def _blank(self, start: int, end: int) -> Range:
        self.characters[start:end] = blanked("".join(self.characters[start:end]))
        while end > start and self.text[end - 1] in " \t\f\r\n":
            end -= 1
        return start, end

    def _placeholder(self, offset: int) -> None:
        if offset < len(self.characters) and self.characters[offset] == " ":
            self.characters[offset] = "0"
