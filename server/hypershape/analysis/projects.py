"""A search that has run, read from its project folder: why trials failed, what is left, whether the file still fits it.

Keras Tuner (1.0 to 1.4) writes `oracle.json` and `trial_*/trial.json`; the trial holds its status, its values and,
since 1.2, the traceback of what it raised.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypershape import source, space
from hypershape.model import (
    Analysis,
    Cause,
    Configuration,
    Hyperparameter,
    Module,
    Parent,
    TargetAnalysis,
    Value,
    key_of,
)
from hypershape.rules.common.projects import Declared, changed, declared, folder_of
from hypershape.rules.common.tuners import Tuner, tuners
from hypershape.space.blame import smallest_condition

_LARGEST = 8_000_000
"""Bytes of a stored file; a larger one is none of Keras Tuner's."""
_MOST_FILES = 200
"""So many files around a project are looked into for the one that makes it."""
_BAD = ("FAILED", "INVALID")
_ENDED = ("COMPLETED", "STOPPED", *_BAD)
_FRAME = re.compile(r'  File "(?P<path>[^"]*)", line (?P<line>\d+), in (?P<function>.*)')
_INSTALLED = re.compile(r"[/\\](?:site-packages|dist-packages)[/\\]|[/\\]lib[/\\]python[\d.]+[/\\]|^<frozen ")


class NoProject(Exception):
    """A folder holds no search that can be read; one sentence."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a trial raised, as far as its traceback tells; `path` and `line` are the user's innermost ones."""

    type: str
    message: str
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class StoredTrial:
    """A trial as its file has it; `failure` is None for one that did not fail, or whose file does not say why."""

    id: str
    status: str
    values: Configuration
    score: float | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Project:
    """What a project folder holds; `problems` are sentences about what could not be read."""

    folder: Path
    declared: Mapping[str, Declared]
    trials: tuple[StoredTrial, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Trials that failed for one cause. `condition` holds for all of them and for none that completed."""

    failure: Failure
    trials: tuple[str, ...]
    condition: str | None
    of_file: bool
    """Whether the condition is that of the file's whole space, not only of these trials."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is not tried yet: configurations, those of them that fail, and the trials that the tuner may still run."""

    configurations: int
    failing: int
    trials: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What there is to say about a project."""

    project: Project
    groups: tuple[Group, ...]
    silent: tuple[str, ...]
    """Trials that failed and whose files do not say why."""
    waiting: tuple[tuple[str, str | None], ...]
    """Trials that began and did not end, each with the condition of the failure that it meets."""
    file: str | None = None
    unseen: tuple[str, ...] = ()
    """Trials that failed and in whose configurations the file as it is shows no failure."""
    differences: tuple[str, ...] | None = None
    """How the file's space differs from the stored one; None where that is not known."""
    left: Left | None = None


# --------------------------------------------------------------------------- reading


def read(folder: Path) -> Project:
    """The search in a project folder; raises NoProject."""
    if not folder.is_dir():
        raise NoProject(f"There is no folder {folder}.")
    files = sorted(folder.glob("trial_*/trial.json"), key=_in_order)
    oracle = folder / "oracle.json"
    if not files and not oracle.exists():
        inside = [each.parent.name for each in sorted(folder.glob("*/oracle.json"))[:3]]
        hint = f"; {' and '.join(inside)} in it {'does' if len(inside) == 1 else 'do'}" if inside else ""
        raise NoProject(
            f"{folder} holds no project of Keras Tuner: neither oracle.json nor trial_*/trial.json{hint}."
        )
    problems: list[str] = []
    stored = _json(oracle, problems) if oracle.exists() else None
    if stored is None and not oracle.exists():
        problems.append("oracle.json is missing: the search ended before it wrote its state.")
    trials, broken, foreign = [], [], []
    for file in files:
        unread: list[str] = []
        fields = _json(file, unread)
        if unread:
            broken.append(file.parent.name)
            continue
        trial = _trial(fields)
        if trial is None:
            foreign.append(file.parent.name)
        else:
            trials.append(trial)
    if broken:
        problems.append(f"{_some(broken)} cannot be read: half-written, or no JSON.")
    if foreign:
        problems.append(f"{_some(foreign)} is not in a format of Keras Tuner 1.0 to 1.4.")
    space_ = _space(stored) if stored is not None else None
    if stored is not None and space_ is None:
        problems.append("oracle.json holds no search space in a format of Keras Tuner 1.0 to 1.4.")
    if not trials and space_ is None:
        raise NoProject(f"{folder} holds nothing that can be read: {' '.join(problems)}")
    return Project(folder, space_ or {}, tuple(trials), tuple(problems))


def _in_order(file: Path) -> tuple[int, str]:
    name = file.parent.name.partition("_")[2]
    return (int(name), "") if name.isdigit() else (1 << 62, name)


def _json(file: Path, problems: list[str]) -> Mapping[str, Any] | None:
    try:
        if file.stat().st_size > _LARGEST:
            raise ValueError
        found = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError
    except (OSError, ValueError, RecursionError):
        problems.append(f"{file.name} cannot be read: half-written, or no JSON.")
        return None
    return found


def _space(stored: Mapping[str, Any]) -> dict[str, Declared] | None:
    found = stored.get("hyperparameters")
    if not isinstance(found, dict) or not isinstance(found.get("space"), list):
        return None
    return declared(found["space"])


def _trial(fields: Mapping[str, Any] | None) -> StoredTrial | None:
    found = fields.get("hyperparameters") if fields is not None else None
    if fields is None or not isinstance(found, dict) or not isinstance(found.get("values"), dict):
        return None
    name, status = fields.get("trial_id"), fields.get("status")
    if not isinstance(name, str) or not isinstance(status, str):
        return None
    score, message = fields.get("score"), fields.get("message")
    failure = failure_of(message) if isinstance(message, str) and status in _BAD else None
    return StoredTrial(
        name, status, found["values"], score if isinstance(score, (int, float)) else None, failure
    )


def failure_of(traceback: str) -> Failure | None:
    """The exception at the end of a traceback's text, with the innermost line of the user's own in it."""
    last = traceback.rpartition("Traceback (most recent call last):")[2]
    lines = last.strip("\n").splitlines()
    frames = [(at, found) for at, line in enumerate(lines) if (found := _FRAME.match(line))]
    after = frames[-1][0] + 1 if frames else 0
    begins = next((at for at in range(after, len(lines)) if lines[at][:1].strip()), None)
    if begins is None:
        return None
    kind, _, message = "\n".join(lines[begins:]).partition(":")
    own = [found for _, found in frames if not _INSTALLED.search(found["path"])]
    where = own[-1] if own else None
    return Failure(
        kind.strip().rpartition(".")[2],
        message.strip(),
        where["path"] if where is not None else None,
        int(where["line"]) if where is not None else None,
    )


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:3])}{f' and {len(names) - 3:,} more' if len(names) > 3 else ''}"


# --------------------------------------------------------------------------- the file


def maker(folder: Path) -> Path | None:
    """The script or notebook, in the folders around a project, whose tuner keeps its trials in it."""
    looked = 0
    wanted = folder.resolve()
    for around in list(wanted.parents)[:3]:
        for file in sorted(each for kind in ("*.py", "*.ipynb") for each in around.glob(kind)):
            looked += 1
            if looked > _MOST_FILES:
                return None
            if _makes(file, wanted):
                return file
    return None


def _makes(file: Path, folder: Path) -> bool:
    try:
        if b"tuner" not in file.read_bytes():
            return False
        module = source.analyse(source.read(file))
    except (OSError, source.Unreadable):
        return False
    return tuner_of(Analysis(module), folder) is not None


def tuner_of(analysis: Analysis, folder: Path) -> Tuner | None:
    """The tuner of a file that keeps its trials in a folder."""
    code, path = analysis.module.code, analysis.module.document.path
    for tuner in tuners(analysis, code):
        found = folder_of(tuner, path, code)
        if found is not None and found.resolve() == folder.resolve():
            return tuner
    return None


def stored_folders(module: Module) -> Iterator[tuple[Tuner, Path]]:
    """The tuners of a file whose project folders hold trials."""
    for tuner in tuners(Analysis(module), module.code):
        found = folder_of(tuner, module.document.path, module.code)
        if found is not None and next(found.glob("trial_*/trial.json"), None) is not None:
            yield tuner, found


# --------------------------------------------------------------------------- explaining


def explain(project: Project, analysis: Analysis | None = None) -> Explanation:
    """Groups what failed by its cause, with the condition of the file's analysis, or of the trials alone."""
    tuner = tuner_of(analysis, project.folder) if analysis is not None else None
    target = _target(analysis, tuner) if analysis is not None else None
    causes = target.causes if target is not None else ()
    groups = tuple(_groups(project, causes))
    waiting = [each for each in project.trials if each.status not in _ENDED]
    known = [cause.condition for cause in causes if cause.condition is not None]
    if target is None:
        return Explanation(
            project, groups, _silent(project), tuple((each.id, None) for each in waiting), None
        )
    differences = tuple(_differences(project, target))
    return Explanation(
        project,
        groups,
        _silent(project),
        tuple(
            (each.id, next((one.text for one in known if one.holds(each.values)), None)) for each in waiting
        ),
        target.target.span.path,
        tuple(_unseen(project, target)),
        differences,
        None if differences else _left(project, target, tuner, analysis),
    )


def _target(analysis: Analysis, tuner: Tuner | None) -> TargetAnalysis | None:
    """The target that a tuner is given, else the only one, if it was probed."""
    probed = [each for each in analysis.targets if each.status == "probed"]
    place = tuner.found.call.span if tuner is not None else None
    own = [each for each in probed if place is not None and each.target.is_given_at(place)]
    found = own or probed
    return found[0] if len(found) == 1 else None


def _silent(project: Project) -> tuple[str, ...]:
    return tuple(each.id for each in project.trials if each.status in _BAD and each.failure is None)


def _groups(project: Project, causes: Sequence[Cause]) -> Iterator[Group]:
    failed: dict[object, list[StoredTrial]] = {}
    for trial in project.trials:
        if trial.failure is not None:
            failure = trial.failure
            kind = re.sub(r"\d+", "#", failure.message.partition("\n")[0])
            failed.setdefault((failure.type, failure.path, failure.line, kind), []).append(trial)
    completed = [each for each in project.trials if each.status == "COMPLETED"]
    for trials in failed.values():
        first = trials[0].failure
        assert first is not None
        known = _cause(first, trials, causes)
        condition = known.condition if known is not None else None
        text = condition.text if condition is not None else _among(project, trials, completed)
        yield Group(first, tuple(each.id for each in trials), text, condition is not None)


def _cause(failure: Failure, trials: Sequence[StoredTrial], causes: Sequence[Cause]) -> Cause | None:
    """The file's cause of what these trials raised: of the same type, with a condition that holds for all of them."""
    return next(
        (
            cause
            for cause in causes
            if cause.error.type == failure.type
            and cause.condition is not None
            and all(cause.condition.holds(each.values) for each in trials)
        ),
        None,
    )


def _among(project: Project, failed: Sequence[StoredTrial], completed: Sequence[StoredTrial]) -> str | None:
    """The simplest condition that tells the trials that failed from those that completed."""
    known = {name: _hyperparameter(*each) for name, each in project.declared.items()}
    failing, building = (
        [{name: each.values[name] for name in known if name in each.values} for each in trials]
        for trials in (failed, completed)
    )
    if not known or not building:
        return None
    condition = smallest_condition(failing, building, known, (), ())
    return condition.text if condition is not None else None


def _hyperparameter(kind: str | None, config: Mapping[str, Any]) -> Hyperparameter:
    low, high, step = config.get("min_value"), config.get("max_value"), config.get("step")
    values: tuple[Value, ...] | None = None
    if kind == "Choice":
        values = tuple(config.get("values") or ())
    elif kind == "Boolean":
        values = (False, True)
    elif kind == "Fixed":
        values = (config.get("value"),)
    elif kind == "Int" and config.get("sampling") in (None, "linear") and isinstance(low, int):
        values = tuple(range(low, int(high or low) + 1, int(step or 1)))
    conditions = tuple(
        Parent(each["config"]["name"], tuple(each["config"]["values"]))
        for each in config.get("conditions") or ()
        if isinstance(each, dict) and isinstance(each.get("config"), dict)
    )
    default = config.get("default")
    default = default if default is not None else values[0] if values else low
    return Hyperparameter(
        name=config["name"],
        kind=kind or "Choice",  # type: ignore[arg-type]
        default=default,
        values=values,
        count=len(values) if values is not None else None,
        min=low,
        max=high,
        step=step,
        sampling=config.get("sampling"),
        conditions=conditions,
    )


def _differences(project: Project, target: TargetAnalysis) -> Iterator[str]:
    """How the file's space differs from the stored one, in clauses."""
    if not project.declared:
        return
    now = {each.name for each in target.hyperparameters}
    yield from changed(project.declared, target.hyperparameters)
    gone = [name for name in project.declared if name not in now]
    new = [name for name in now if name not in project.declared]
    if gone:
        yield f"{_some(gone)} {'is' if len(gone) == 1 else 'are'} no longer declared"
    if new:
        yield f"{_some(sorted(new))} {'is' if len(new) == 1 else 'are'} new"


def _is_proved(target: TargetAnalysis) -> bool:
    """Whether each failure of a target's whole space is known with its condition."""
    coverage = target.coverage
    proved = coverage is not None and coverage.mode == "exhaustive" and target.data != "assumed"
    return proved and all(cause.exact and cause.condition is not None for cause in target.causes)


def _meets(values: Configuration, causes: Iterable[Cause]) -> bool:
    return any(cause.condition is not None and cause.condition.holds(values) for cause in causes)


def _unseen(project: Project, target: TargetAnalysis) -> Iterator[str]:
    if not _is_proved(target):
        return
    for trial in project.trials:
        inside = space.contains(target.hyperparameters, trial.values)
        if trial.status in _BAD and inside and not _meets(trial.values, target.causes):
            yield trial.id


def _left(
    project: Project, target: TargetAnalysis, tuner: Tuner | None, analysis: Analysis | None
) -> Left | None:
    """What is left of a space whose failures are all known."""
    coverage = target.coverage
    if coverage is None or coverage.space is None or not _is_proved(target):
        return None
    read = {each.name for each in target.hyperparameters}
    tried = {
        key_of({name: value for name, value in each.values.items() if name in read}): each.values
        for each in project.trials
    }
    failing = round(coverage.failing_share * coverage.space)
    failed = sum(_meets(each, target.causes) for each in tried.values())
    most = None
    if tuner is not None and analysis is not None and tuner.found.class_name != "Hyperband":
        node = analysis.module.code.argument(tuner.node, "max_trials", 2)
        value = analysis.module.code.value(node, default=None) if node is not None else None
        most = max(0, value - len(project.trials)) if isinstance(value, int) else None
    return Left(max(0, coverage.space - len(tried)), max(0, failing - failed), most)


# --------------------------------------------------------------------------- telling


def told(explained: Explanation) -> Iterator[str]:
    """The explanation in sentences, one a line."""
    project = explained.project
    counts = Counter(each.status.lower() for each in project.trials)
    statuses = ", ".join(f"{count:,} {status}" for status, count in counts.most_common())
    yield f"{project.folder}: {_plural(len(project.trials), 'trial')}{f': {statuses}' if statuses else ''}."
    yield from project.problems
    for group in explained.groups:
        yield _group(group)
    if explained.silent:
        yield f"Of {_trials(explained.silent)} the folder does not say why it failed."
    if explained.unseen:
        yield (
            f"{_trials(explained.unseen).capitalize()} failed, and {_name(explained.file)} as it is now shows no "
            "failure there: it was another text, other data, or a failure of training."
        )
    for trial, condition in explained.waiting:
        ends = f" and will fail: {condition}" if condition is not None else ""
        yield f"Trial {trial} began and did not end{ends}."
    if explained.left is not None:
        yield _what_is_left(explained.left)
    if explained.differences:
        yield (
            f"The stored space is not that of {_name(explained.file)}: {'; '.join(explained.differences)}. "
            "A search that resumes it keeps the old ranges."
        )
    elif explained.differences is not None:
        yield f"The stored space is that of {_name(explained.file)}."


def _group(group: Group) -> str:
    failure = group.failure
    where = ""
    if failure.path is not None:
        cell = "ipykernel" in failure.path or failure.path.startswith("<ipython")
        where = f" in line {failure.line} of a cell" if cell else f" at {_name(failure.path)}:{failure.line}"
    first = failure.message.partition("\n")[0]
    said = f": {first[:300]}{'…' if len(first) > 300 else ''}" if first else ""
    because = ""
    if group.condition is not None:
        scope = "the file says so of its whole space" if group.of_file else "so in these trials"
        because = f" Where {group.condition} ({scope})."
    return f"{_trials(group.trials).capitalize()}: {failure.type}{where}{said.rstrip('.')}.{because}"


def _what_is_left(left: Left) -> str:
    if not left.configurations:
        return "Every configuration has been tried."
    failing = f"{left.failing:,} of them fail" if left.failing else "none of them fails"
    said = f"{_plural(left.configurations, 'configuration')} not tried yet: {failing}"
    if left.trials and left.failing:
        expected = min(left.trials, left.configurations) * left.failing / left.configurations
        said += f", about {expected:.0f} of the {_plural(left.trials, 'trial')} that the tuner may still run"
    return f"{said}."


def _trials(names: Sequence[str]) -> str:
    return f"trial{'s' if len(names) > 1 else ''} {_some(names)}"


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _name(path: str | None) -> str:
    return Path(path).name if path else "the file"
