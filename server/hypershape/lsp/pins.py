"""A pinned configuration: hints and hovers show its shapes alone until it is unpinned; and ways to take one along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import attrs
from lsprotocol import types

from hypershape.model import Configuration, Report, TargetAnalysis

if TYPE_CHECKING:
    from hypershape.lsp.server import Server
    from hypershape.lsp.session import Session
    from hypershape.lsp.shapes import Pin

PIN = "hypershape.pin"
COPY = "hypershape.copyConfiguration"
CHOICES = "hypershape/configurations"
FORMS = ("values", "fixed", "test")


@attrs.define
class Choice:
    """One configuration that can be pinned, and what to call it."""

    label: str
    description: str
    configuration: dict[str, Any]


@attrs.define
class Choices:
    """The answer to `hypershape/configurations`."""

    target: str
    pinned: dict[str, Any] | None
    choices: list[Choice]


def register(server: Server) -> None:
    """Adds the handlers to a server."""

    @server.feature(CHOICES)
    def configurations(params: Any) -> list[Choices]:
        session = server.sessions.get(server.owner(params.uri))
        analysis = session.analysis if session is not None else None
        return [
            Choices(target.target.name, _plain(session.pins.get(target.target.name)), list(choices(target)))
            for target in (analysis.targets if analysis is not None else ())
            if session is not None and target.status == "probed"
        ]

    @server.command(PIN)
    async def pin(uri: str, name: str, *wanted: dict[str, Any] | None) -> None:
        from hypershape.lsp.shapes import Pin

        session = server.sessions.get(server.owner(uri))
        target = _target(session, name)
        if session is None or target is None:
            return
        configuration = wanted[0] if wanted else await _asked(server, session, target)
        if configuration is None:
            session.pins.pop(name, None)
        else:
            session.pins[name] = Pin(configuration)
            await server.probe_pins(session)
        server.refresh()

    @server.command(COPY)
    def copy(uri: str, name: str, configuration: dict[str, Any], form: str) -> str:
        return written(name, configuration, form, server.path(uri))


def choices(target: TargetAnalysis) -> Iterator[Choice]:
    """The configurations that are worth a look; one with infinity or NaN is none that JSON can carry back."""
    from hypershape.report import telling

    for label, report in telling(target):
        if not any(isinstance(each, float) and not isfinite(each) for each in report.configuration.values()):
            yield _choice(label, report, target)


def _choice(label: str, report: Report, target: TargetAnalysis) -> Choice:
    """A configuration with the values first that decide whether something fails: there is no room for all."""
    from hypershape.rules.common import wording

    size = f" · {report.parameters:,} parameters" if report.parameters is not None else ""
    deciding = (name for cause in target.causes for name in cause.names if name in report.configuration)
    ordered = {name: report.configuration[name] for name in (*deciding, *report.configuration)}
    return Choice(label, f"{wording.values(ordered, ordered)}{size}", ordered)


async def _asked(server: Server, session: Session, target: TargetAnalysis) -> Configuration | None:
    """The user's choice among the configurations that are known; as it was where nothing is chosen."""
    found = {each.label: each.configuration for each in choices(target)}
    unpin = "Unpin"
    titles = [*found, *([unpin] if target.target.name in session.pins else [])]
    answer = await server.window_show_message_request_async(
        types.ShowMessageRequestParams(
            types.MessageType.Info,
            f"Show the shapes of {target.target.name} at one configuration:",
            [types.MessageActionItem(title) for title in titles],
        )
    )
    if answer is None:
        return _plain(session.pins.get(target.target.name))
    return None if answer.title == unpin else found.get(answer.title)


def _target(session: Session | None, name: str) -> TargetAnalysis | None:
    analysis = session.analysis if session is not None else None
    targets = analysis.targets if analysis is not None else ()
    return next((each for each in targets if each.target.name == name), None)


def _plain(pin: Pin | None) -> dict[str, Any] | None:
    return None if pin is None else dict(pin.configuration)


def written(name: str, configuration: Configuration, form: str, path: str) -> str:
    """A configuration as a dictionary ("values"), as a HyperParameters object that fixes it, or as a test."""
    if form == "values":
        return repr(dict(configuration))
    fixed = "".join(f"hp.Fixed({key!r}, {value!r})\n" for key, value in configuration.items())
    made = f"hp = keras_tuner.HyperParameters()\n{fixed}"
    if form == "fixed":
        return f"import keras_tuner\n\n{made}"
    function = name.rsplit(".", 1)[-1]
    owner = name.rsplit(".", 1)[0] if "." in name else ""
    module = PurePath(path).stem
    imported, call = (owner, f"{owner}().{function}(hp)") if owner else (function, f"{function}(hp)")
    words = re.sub(r"\W+", "_", "_".join(f"{key}_{value}" for key, value in configuration.items()))[
        :60
    ].strip("_")
    body = "".join(f"    {line}\n" for line in f"{made}{call}".splitlines())
    return f"import keras_tuner\nfrom {module} import {imported}\n\n\ndef test_{function}_builds_with_{words}():\n{body}"
