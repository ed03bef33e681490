"""One HTML page about analysed files, which needs nothing else: no script, no network, the reader's own colours.

In VS Code it follows the theme. Places are links that an editor opens; everything can be reached by keyboard.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from hypershape.model import (
    Analysis,
    Cause,
    Configuration,
    Hyperparameter,
    Report,
    Shape,
    Span,
    TargetAnalysis,
    Value,
)
from hypershape.report.configurations import telling
from hypershape.report.cost import details
from hypershape.report.verdict import between, rounded, verdict
from hypershape.rules.common import wording
from hypershape.space.dimensions import Output, outputs

MOST_AXES = 12
MOST_LINES = 400
WIDTH, HEIGHT, MARGIN = 960, 300, 60
TOP, BOTTOM = 30, HEIGHT - 40
PARAMETERS = "parameters"
BAR_WIDTH, BAR_HEIGHT, LEAST_BAR = 72, 20, 2
_CODE = re.compile(r"`([^`\n]+)`")

STYLE = """
:root { color-scheme: light dark; --own-fail: #c72e2e; --own-build: #2b7489; }
@media (prefers-color-scheme: dark) { :root { --own-fail: #f48771; --own-build: #7fc1d6; } }
body { font: var(--vscode-font-size, 14px)/1.5 var(--vscode-font-family, system-ui, sans-serif); margin: 1.5em auto;
  max-width: 1000px; padding: 0 1em; color: var(--vscode-foreground, inherit);
  background: var(--vscode-editor-background, Canvas); --fail: var(--vscode-editorError-foreground, var(--own-fail));
  --build: var(--vscode-charts-blue, var(--own-build)); }
h1 { font-size: 1.4em; } h2 { font-size: 1.2em; margin: 2em 0 .3em; } h3 { font-size: 1em; margin: 1.4em 0 .4em; }
a { color: var(--vscode-textLink-foreground, LinkText); } a:focus-visible, summary:focus-visible { outline: 2px solid; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .2em .8em .2em 0; border-bottom: 1px solid var(--vscode-widget-border, #8884);
  vertical-align: top; white-space: nowrap; }
article { border-left: 3px solid var(--fail); padding-left: 1em; margin: 1em 0; overflow-wrap: anywhere; }
article p, article ul { margin: .3em 0; } article ul { padding-left: 1.4em; } article .when { font-weight: 600; }
h2 small { display: block; font-weight: normal; font-size: .7em; opacity: .75; overflow-wrap: anywhere; }
code, td.shape { font-family: var(--vscode-editor-font-family, ui-monospace, monospace); font-size: .93em; }
.fails { color: var(--fail); } .plot { overflow-x: auto; }
svg { min-width: 640px; width: 100%; height: auto; }
svg text { fill: currentColor; font-size: 12px; paint-order: stroke; stroke-width: 4px; stroke-linejoin: round;
  stroke: var(--vscode-editor-background, Canvas); } svg .axis { stroke: currentColor; stroke-opacity: .5; }
svg polyline { fill: none; stroke: var(--build); stroke-opacity: .35; stroke-width: 1.5; }
svg polyline.fails { stroke: var(--fail); stroke-opacity: .8; stroke-dasharray: 6 3; }
svg polyline:hover { stroke-width: 4; stroke-opacity: 1; }
svg.bar { min-width: 0; display: block; } svg.bar rect { fill: var(--build); fill-opacity: .55; }
"""
STYLE += f"svg.bar {{ width: {BAR_WIDTH}px; height: {BAR_HEIGHT}px; }}\n"


def page(
    analyses: Sequence[Analysis], folders: Sequence[str] = (), pinned: Mapping[str, Report] | None = None
) -> str:
    """The whole document: each search space with its verdict, its causes, its configurations and its layers.

    Files in the `folders` are named as they are called there. `pinned` has the probe of the configuration that the
    user has pinned, by the name of the target.
    """
    body = (
        "".join(_file(each, folders, pinned or {}) for each in analyses)
        or "<p>No search space was found.</p>"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Hypershape report</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><h1>Hypershape report</h1>{body}</body></html>\n"
    )


def _file(analysis: Analysis, folders: Sequence[str], pinned: Mapping[str, Report]) -> str:
    name = _named(analysis.module.document.path, folders)
    return "".join(
        _target(analysis, target, name, pinned.get(target.target.name)) for target in analysis.targets
    )


def _named(path: str, folders: Sequence[str]) -> str:
    """A path as a reader knows it: within the innermost of the folders, with its name where there are several."""
    own = Path(path)
    within = max((Path(each) for each in folders if own.is_relative_to(each)), key=_depth, default=None)
    if within is None:
        return path
    return own.relative_to(within.parent if len(folders) > 1 else within).as_posix()


def _depth(path: Path) -> int:
    return len(path.parts)


def _target(analysis: Analysis, target: TargetAnalysis, file: str, pinned: Report | None) -> str:
    name = _link(target.target.span, target.target.name)
    text = [f"<section><h2>{name} <small>{_text(file)}</small></h2>"]
    text.append(f"<p><strong>{_prose(verdict(target, analysis.findings) or 'not probed')}</strong></p>")
    if target.assumptions:
        text.append(f"<p>Assumed: {_prose('; '.join(target.assumptions))}</p>")
    if spent := " ".join(details(target.cost)):
        text.append(f"<p>{_text(spent)}</p>")
    if target.reports:
        text += [_causes(analysis, target), _plot(target), _layers(target, pinned), _configurations(target)]
    return "".join([*text, "</section>"])


# ------------------------------------------------------------------- causes


def _causes(analysis: Analysis, target: TargetAnalysis) -> str:
    if not target.causes:
        return ""
    return (
        f"<h3>Why configurations fail</h3>{''.join(_cause(analysis, target, each) for each in target.causes)}"
    )


def _cause(analysis: Analysis, target: TargetAnalysis, cause: Cause) -> str:
    """One under the other, so that a narrow panel has room for sentences: when, where, what, what Keras says, repairs."""
    finding = next((each for each in analysis.findings if each.cause == cause), None)
    when = "always" if wording.always(target, cause) else cause.condition.text if cause.condition else "?"
    place = cause.error.span
    where = _link(place, f"line {place.line}") if place is not None else ""
    told = [f"<code class=fails>{_text(when)}</code>", where]
    what = finding.sentence if finding is not None else wording.share(target, cause)
    said = finding.said if finding is not None else wording.quote(cause.error.message)
    fixes = "".join(f"<li>{_prose(fix.title)}</li>" for fix in finding.fixes) if finding is not None else ""
    parts = [f"<p class=when>{' · '.join(filter(None, told))}</p>", f"<p>{_prose(what)}</p>" if what else ""]
    if said:
        parts.append(f"<details><summary>What Keras says</summary><p>{_prose(said)}</p></details>")
    if fixes:
        parts.append(f"<p>Repairs that were tried:</p><ul>{fixes}</ul>")
    return f"<article>{''.join(parts)}</article>"


# ------------------------------------------------------------------- configurations


def _plot(target: TargetAnalysis) -> str:
    """Every probed configuration as a line over its values; those that fail are dashed."""
    axes = _axes(target)
    if len(axes) < 2:
        # A line needs two.
        return ""
    left, step = MARGIN, (WIDTH - 2 * MARGIN) / (len(axes) - 1)
    places = {name: left + index * step for index, name in enumerate(axes)}
    shown = sorted(_spread(target.reports), key=lambda report: report.verdict == "fail")
    lines = "".join(_line(report, axes, places) for report in shown)
    drawn = "".join(_axis(name, axes[name], x) for name, x in places.items())
    failing = sum(report.verdict == "fail" for report in shown)
    label = f"{len(shown)} configurations over {', '.join(axes)}; {failing} fail"
    return (
        "<h3>The configurations that were probed</h3>"
        '<p>One line each; <span class="fails">dashed lines fail</span>.</p>'
        f'<div class="plot"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_text(label)}">'
        f"{lines}{drawn}</svg></div>"
    )


def _axes(target: TargetAnalysis) -> dict[str, dict[Value, float]]:
    """The hyperparameters that vary, those of the causes first, each with the height of every value."""
    blamed = [name for cause in target.causes for name in cause.names]
    known = {hp.name: hp for hp in target.hyperparameters}
    axes: dict[str, dict[Value, float]] = {}
    for name in dict.fromkeys([*blamed, *known]):
        hp = known.get(name)
        seen = {report.configuration[name] for report in target.reports if name in report.configuration}
        if hp is not None and len(seen) > 1 and len(axes) < MOST_AXES:
            axes[name] = _heights(hp, seen)
    sizes = {report.parameters for report in target.reports if report.parameters}
    if axes and len(sizes) > 1:
        axes[PARAMETERS] = _sizes(sizes)
    return axes


def _sizes(sizes: Iterable[int]) -> dict[Value, float]:
    """The heights of numbers of parameters, which are spread over orders of magnitude."""
    found = sorted(sizes)
    low, span = math.log(found[0]), math.log(found[-1]) - math.log(found[0])
    return {size: BOTTOM - (BOTTOM - TOP) * (math.log(size) - low) / span for size in found}


def _heights(hp: Hyperparameter, seen: set[Value]) -> dict[Value, float]:
    order = [value for value in hp.values or () if value in seen]
    values = order if len(order) == len(seen) else sorted(seen, key=lambda value: (str(type(value)), value))
    return {value: BOTTOM - (BOTTOM - TOP) * place / (len(values) - 1) for place, value in enumerate(values)}


def _spread(reports: Sequence[Report]) -> list[Report]:
    """No more than can be told apart; of those that fail all, if they are few enough."""
    failing = [report for report in reports if report.verdict == "fail"]
    building = [report for report in reports if report.verdict == "ok"]
    return [each for kind in (failing, building) for each in kind[:: 1 + 2 * len(kind) // MOST_LINES]]


def _line(report: Report, axes: dict[str, dict[Value, float]], places: dict[str, float]) -> str:
    configuration: Configuration = {PARAMETERS: report.parameters or None, **report.configuration}
    points = [
        f"{places[name]:.0f},{heights[configuration[name]]:.0f}"
        for name, heights in axes.items()
        if configuration.get(name) in heights
    ]
    fails = ' class="fails"' if report.verdict == "fail" else ""
    return f'<polyline{fails} points="{" ".join(points)}"><title>{_text(_told(report))}</title></polyline>'


def _axis(name: str, heights: dict[Value, float], x: float) -> str:
    shown = list(heights.items())
    if len(shown) > 10:
        shown = [shown[0], shown[len(shown) // 2], shown[-1]]
    ticks = "".join(
        f'<text x="{x + 6:.0f}" y="{y + 4:.0f}">{_text(_tick(name, value))}</text>' for value, y in shown
    )
    return (
        f'<line class="axis" x1="{x:.0f}" x2="{x:.0f}" y1="22" y2="{HEIGHT - 32}"/>{ticks}'
        f'<text x="{x:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{_text(name)}</text>'
    )


def _tick(name: str, value: Value) -> str:
    return rounded(value) if name == PARAMETERS and isinstance(value, int) else _value(value)


def _told(report: Report) -> str:
    size = f": {report.parameters:,} parameters" if report.parameters is not None else ""
    error = f": {report.error.type}" if report.error is not None else ""
    return wording.values(report.configuration, report.configuration) + (error or size)


def _configurations(target: TargetAnalysis) -> str:
    rows = "".join(
        f"<tr><td{' class=fails' if report.verdict == 'fail' else ''}>{_text(report.verdict)}</td>"
        f"<td><code>{_text(_all(report.configuration))}</code></td>"
        f"<td>{'' if report.parameters is None else f'{report.parameters:,}'}</td></tr>"
        for report in _spread(target.reports)
    )
    return (
        "<details><summary>The configurations as a table</summary><table><thead><tr><th></th><th>values</th>"
        f"<th>parameters</th></tr></thead><tbody>{rows}</tbody></table></details>"
    )


# ------------------------------------------------------------------- layers


def _layers(target: TargetAnalysis, pinned: Report | None) -> str:
    """The layers in the order of their calls, over the space and at the telling configurations.

    They are drawn at the pinned one, else at that with the most layers, which shows most of what becomes of a shape.
    """
    rows = outputs(target.reports if pinned is None else [*target.reports, pinned])
    if not rows:
        return ""
    columns = [*([] if pinned is None else [("Pinned", pinned)]), *telling(target)]
    shown = [_at(report) for _, report in columns]
    heads = "".join(
        f"<th title='{_text(_all(report.configuration))}'>{_text(label)}</th>" for label, report in columns
    )
    most = max(range(len(shown)), key=lambda index: len(shown[index]), default=0) if pinned is None else 0
    drawn = _bars(shown[most]) if shown else {}
    turns = {(row.span, row.class_name): row.round for row in rows}
    body = "".join(_layer(row, shown, drawn, turns[row.span, row.class_name]) for row in rows)
    legend = (
        f"<p>Drawn at <em>{_text(columns[most][0])}</em>: as wide as the last axis, as high as those between it and the "
        "batch are together, both by their logarithms.</p>"
        if drawn
        else ""
    )
    over = wording.WHOLE if target.coverage is None else wording.seen_in(target.coverage)
    return (
        f"<h3>Shapes of layers</h3>{legend}<table><thead><tr><th>layer</th><th>line</th><th>drawn</th>"
        f"<th>over {over}</th><th>parameters</th>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _bars(shown: Mapping[tuple[Span, str, int], Output]) -> dict[tuple[Span, str, int], str]:
    """A bar for each output of one configuration whose sizes are known, so that a look follows them down the table."""
    sizes = {key: size for key, each in shown.items() if (size := _size(each.shapes[0])) is not None}
    widest = max((math.log1p(width) for width, _ in sizes.values()), default=1.0)
    highest = max((math.log1p(height) for _, height in sizes.values()), default=1.0)
    bars = {}
    for key, (width, height) in sizes.items():
        across = max(LEAST_BAR, BAR_WIDTH * math.log1p(width) / widest)
        down = max(LEAST_BAR, BAR_HEIGHT * math.log1p(height) / highest)
        bars[key] = (
            f'<svg class="bar" viewBox="0 0 {BAR_WIDTH} {BAR_HEIGHT}" role="img" '
            f'aria-label="{width} wide, {height} high"><rect width="{across:.1f}" height="{down:.1f}" '
            f'y="{(BAR_HEIGHT - down) / 2:.1f}"/></svg>'
        )
    return bars


def _size(shape: Shape) -> tuple[int, int] | None:
    """The last axis, and the product of those between it and the batch; None where one is unknown."""
    sizes = [each for each in shape[1:] if each is not None]
    if not sizes or len(sizes) < len(shape) - 1:
        return None
    return sizes[-1], math.prod(sizes[:-1])


def _at(report: Report) -> dict[tuple[Span, str, int], Output]:
    return {(each.span, each.class_name, each.round): each for each in outputs([report])}


def _layer(
    row: Output,
    shown: Iterable[dict[tuple[Span, str, int], Output]],
    drawn: Mapping[tuple[Span, str, int], str],
    rounds: int,
) -> str:
    key = row.span, row.class_name, row.round
    turn = f" (round {row.round + 1})" if rounds else ""
    cells = "".join(
        f"<td class=shape>{_text(found[key].summary) if key in found else '–'}</td>" for found in shown
    )
    size = between(row.parameters)
    return (
        f"<tr><td>{_text(row.class_name)}{turn}</td><td>{_link(row.span, str(row.span.line))}</td>"
        f"<td>{drawn.get(key, '')}</td><td class=shape>{_text(row.summary)}</td><td>{size}</td>{cells}</tr>"
    )


# ------------------------------------------------------------------- words


def _link(span: Span, text: str) -> str:
    """A place that VS Code opens, from a browser or from its own panel."""
    address = f"vscode://file{quote(span.path)}:{span.line}:{span.column}"
    return f'<a href="{escape(address)}">{_text(text)}</a>'


def _all(configuration: Configuration) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in configuration.items())


def _value(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.4g}" if isinstance(value, float) else repr(value)


def _prose(text: str) -> str:
    """Sentences of ours or of Keras's; what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", _text(text))


def _text(text: str) -> str:
    return escape(text)
