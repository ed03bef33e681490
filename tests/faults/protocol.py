"""What a client should never say, each by its name: a message, or the bytes of one."""

from __future__ import annotations

import json
from typing import Any

REQUESTS = (
    "textDocument/hover", "textDocument/codeAction", "textDocument/codeLens", "textDocument/inlayHint",
    "textDocument/definition", "textDocument/references", "textDocument/rename", "textDocument/prepareRename",
    "textDocument/documentSymbol", "textDocument/completion", "codeAction/resolve", "inlayHint/resolve",
    "workspace/executeCommand", "hypershape/configurations", "no/suchMethod",
)  # fmt: skip
NOTIFICATIONS = (
    "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave",
    "notebookDocument/didOpen", "notebookDocument/didChange", "notebookDocument/didClose",
    "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders",
    "$/cancelRequest", "$/setTrace", "window/workDoneProgress/cancel", "no/suchNotification",
)  # fmt: skip

_UNKNOWN = {"uri": "file:///nowhere/none.py"}
_RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 9}}
PARAMETERS: dict[str, Any] = {
    "nothing": None,
    "a list": [1, 2],
    "a text": "hypershape",
    "no fields": {},
    "fields of other types": {"textDocument": 3, "position": "x", "range": [], "settings": 7, "command": {}, "id": {}},
    "a document that is not open": {
        "textDocument": {**_UNKNOWN, "version": 3, "languageId": "python", "text": "x"},
        "notebookDocument": {**_UNKNOWN, "version": 3, "notebookType": "jupyter-notebook", "cells": []},
        "position": {"line": 3, "character": 2},
        "range": _RANGE,
        "contentChanges": [{"text": "x = 3"}],
        "context": {"diagnostics": [], "includeDeclaration": True},
        "newName": "y",
        "command": "hypershape.pin",
        "arguments": [_UNKNOWN["uri"], "build_model", {"kernel": 3}],
        "change": {},
        "settings": {"hypershape": {"budget": "much", "level": 3}},
        "changes": [{**_UNKNOWN, "type": 9}],
        "event": {"added": [], "removed": [{**_UNKNOWN, "name": "n"}]},
        "id": 99,
        "value": "off",
        "token": "t",
    },
}  # fmt: skip


def _body(message: Any) -> bytes:
    return json.dumps(message).encode()


def _framed(body: bytes, size: int | None = None) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % (len(body) if size is None else size) + body


def faults(uri: str) -> dict[str, bytes]:
    """Every fault as the bytes that are written; `uri` is the document that is open."""
    found: dict[str, bytes] = {}
    for kind, methods in (("request", REQUESTS), ("notification", NOTIFICATIONS)):
        for number, method in enumerate(methods):
            for name, params in PARAMETERS.items():
                message = {"jsonrpc": "2.0", "method": method, "params": params}
                if kind == "request":
                    message["id"] = f"{number} {name}"
                found[f"{method} with {name}"] = _framed(_body(message))
    found.update(_places(uri))
    found.update(_bytes())
    return found


def _places(uri: str) -> dict[str, bytes]:
    """Places that no text has, in the document that is open."""
    found = {}
    for name, line, character in (
        ("far below", 10**6, 0),
        ("far to the right", 3, 10**9),
        ("above the text", -1, 0),
        ("between two lines", 1.5, 0),
        ("beyond all numbers", 10**30, 10**30),
    ):
        place = {"line": line, "character": character}
        params = {"textDocument": {"uri": uri}, "position": place, "range": {"start": place, "end": place}}
        for method in REQUESTS[:6]:
            message = {"jsonrpc": "2.0", "id": name, "method": method, "params": params}
            found[f"{method} {name}"] = _framed(_body(message))
    return found


def _bytes() -> dict[str, bytes]:
    """What is no message at all."""
    deep = b"[" * 5000 + b"]" * 5000
    plain = {"jsonrpc": "2.0", "method": "$/setTrace", "params": {"value": "off"}}
    return {
        "bytes: no JSON": _framed(b"{jsonrpc"),
        "bytes: empty": _framed(b"{}"),
        "bytes: a list": _framed(b"[]"),
        "bytes: a batch": _framed(_body([plain, plain])),
        "bytes: a number": _framed(b"3"),
        "bytes: null": _framed(b"null"),
        "bytes: no UTF-8": _framed(b'{"jsonrpc": "2.0", "method": "\xff\xfe"}'),
        "bytes: half a surrogate": _framed(b'{"jsonrpc": "2.0", "method": "\\ud800", "params": {}}'),
        "bytes: deep": _framed(b'{"jsonrpc": "2.0", "method": "x", "params": ' + deep + b"}"),
        "bytes: another version": _framed(_body({**plain, "jsonrpc": "1.0"})),
        "bytes: no version": _framed(_body({"method": "$/setTrace", "params": {}})),
        "bytes: an answer to nothing": _framed(_body({"jsonrpc": "2.0", "id": 4711, "result": {}})),
        "bytes: an error to nothing": _framed(_body({"jsonrpc": "2.0", "id": 4712, "error": {"code": 1, "message": ""}})),
        "bytes: an error without sense": _framed(_body({"jsonrpc": "2.0", "id": 4713, "error": "x"})),
        "bytes: an id that is none": _framed(_body({**plain, "id": {"a": 1}})),
        "bytes: a method that is none": _framed(_body({"jsonrpc": "2.0", "id": 3, "method": 7})),
        "bytes: the start again": _framed(_body({"jsonrpc": "2.0", "id": "i", "method": "initialize", "params": {"capabilities": {}}})),
        "bytes: a length of zero": _framed(b"", 0),
        "bytes: a negative length": _framed(b"{}", -5),
        "bytes: a length that is too short": _framed(_body(plain), 10),
        "bytes: a length without a number": b"Content-Length: abc\r\n\r\n{}",
        "bytes: no length": b"Content-Type: x\r\n\r\n",
        "bytes: a length without end": b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        "bytes: a length beyond memory": _framed(b"{}", 1 << 40),
        "bytes: small letters": b"content-length: %d\r\n\r\n" % len(_body(plain)) + _body(plain),
        "bytes: another header": b"X: y\r\n" + _framed(_body(plain)),
        "bytes: line breaks of Unix": b"Content-Length: 2\n\n{}",
        "bytes: noise": b"\xff\xfe\r\n\r\n",
        "bytes: a long line": b"x" * 100_000 + b"\r\n",
        "bytes: empty lines": b"\r\n" * 50,
    }  # fmt: skip
