"""What a failure that rehearsals met does to the search, in the words of the message."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from hypershape.model import (
    Analysis,
    Cause,
    Configuration,
    Coverage,
    Edit,
    Finding,
    Hyperparameter,
    Report,
    Severity,
    Span,
    TargetAnalysis,
    Value,
    is_the_tuners,
    own_values,
)
from hypershape.rules.common import wording
from hypershape.rules.common.rehearsed import CODES, EVERYWHERE, Story, names_it, stories
from hypershape.source import Code
from hypershape.space import shares
from hypershape.space.conditions import Comparison, Condition, Membership


def sentence(story: Story, target: TargetAnalysis | None) -> str:
    """`The search ends there at once.`, `Every trial fails, …`, `Trials with vocabulary=50 fail (…); …`."""
    waited = story.failed.facts.get("waited")
    if waited:
        monitor = f"`{waited['monitor']}`" if waited["monitor"] else "what it watches"
        return (
            f"Every trial in which {monitor} does not improve for {waited['epochs']} epochs in a row fails there"
            f"{_in_a_row(story)}."
        )
    if story.failed.fatal or story.failed.stage in ("search", "end"):
        first = f", in the first trial with {_values(story)}" if story.decisive else ""
        return f"The search ends there at once{first}."
    if story.from_the_second:
        return f"The first trial runs; from the second on every trial fails{_in_a_row(story)}."
    if not story.passing and _speaks_for_all(story):
        return f"Every trial fails{_in_a_row(story)}."
    if not story.passing:
        return f"A trial with {_shown(story.failed.values, story.failed.values)} fails; no other values were played."
    return f"Trials with {_values(story)} fail{_figures(story, target)}; trials with {_others(story)} run."


def _speaks_for_all(story: Story) -> bool:
    """Whether what failed fails with all values: others failed as well, there are none, or nothing hangs on them."""
    drawn = {each.name for each in story.failed.hyperparameters or story.target_space if each.count != 1}
    played = {tuple(sorted(own_values(each.values).items(), key=str)) for each in story.failing}
    return not drawn or len(played) > 1 or story.failed.stage in EVERYWHERE


def _in_a_row(story: Story) -> str:
    """What ends a search in which nothing runs: so many failures in a row, where it gets to so many trials."""
    limit, trials = story.failed.tolerated, story.failed.facts.get("tuner", {}).get("max_trials")
    if not limit:
        return ""
    first = story.failed.trial - 1 if story.from_the_second else 0
    if isinstance(trials, int) and trials - first < limit:
        return ", and the search ends without an error and without a result" if not first else ""
    return f", and Keras Tuner stops after {limit} failures in a row" if limit > 1 else ", which ends it"


def _values(story: Story) -> str:
    found = story.decisive
    if len(found) != 1:
        return f"such values ({_shown(story.failed.values, found or story.failed.values)})"
    ((name, (bad, _)),) = found.items()
    return _either(name, bad)


def _others(story: Story) -> str:
    found = story.decisive
    if len(found) != 1:
        return _shown(story.passing[0].values, found or story.passing[0].values)
    ((name, (_, good)),) = found.items()
    return _either(name, good)


def _either(name: str, values: Collection[Value]) -> str:
    return " or ".join(f"{name}={each!r}" for each in sorted(values, key=repr))


def _shown(values: Configuration, names: Collection[str]) -> str:
    return wording.values(values, [each for each in names if not is_the_tuners(each)])


def _figures(story: Story, target: TargetAnalysis | None) -> str:
    """` (67 % of the space: about 6 of your 9 trials, …)`, where every value of what decides was played."""
    if (told := counted(story, target)) is None:
        return ""
    known, cause = told
    consequence = wording.consequence(known, cause)
    return f" ({shares.percent(cause.share)} of the space{consequence})"


def counted(story: Story, target: TargetAnalysis | None) -> tuple[TargetAnalysis, Cause] | None:
    """A failure of trials as one of the space, so that what it does to a search can be worked out.

    None where that is not known: a value of the one hyperparameter that decides was not played, not every trial has
    that hyperparameter, or only the training declares it.
    """
    return _as_of(target.hyperparameters, story, target) if target is not None else None


def of_training(
    story: Story, target: TargetAnalysis | None, code: Code
) -> tuple[TargetAnalysis, Cause] | None:
    """The same where a hyperparameter decides that only the training declares, in one place of the file: it narrows the
    space as one of the model does, and nothing is said of what it does to a search."""
    calls: dict[str, list[Span]] = {}
    for each in code.hp_calls:
        written = each.arguments.get("name")
        name = code.value(written, default=None) if written is not None else None
        if isinstance(name, str):
            calls.setdefault(name, []).append(each.span)
    declared = tuple(
        replace(each, span=calls[each.name][0])
        for each in story.failed.hyperparameters
        if len(calls.get(each.name, ())) == 1 and each.name not in {hp.name for hp in story.target_space}
    )
    if target is None or not declared:
        return None
    space = (*target.hyperparameters, *declared)
    return _as_of(space, story, replace(target, hyperparameters=space))


def _as_of(
    space: Sequence[Hyperparameter], story: Story, target: TargetAnalysis
) -> tuple[TargetAnalysis, Cause] | None:
    found = story.decisive
    if len(found) != 1:
        return None
    ((name, (bad, good)),) = found.items()
    hp = next((each for each in space if each.name == name), None)
    if hp is None or hp.values is None or hp.conditions or hp.weights or {*hp.values} != bad | good:
        return None
    share = len(bad) / len(hp.values)
    failing, passing = (
        [own_values(each.values) for each in every] for every in (story.failing, story.passing)
    )
    cause = Cause(
        story.error, Report(failing[0], "fail", "device"), tuple(failing), _met(hp, bad), True, share
    )
    coverage = Coverage("sampled", None, len(hp.values), len(bad), share, (share, share))
    reports = tuple(Report(each, "ok", "device") for each in passing)
    fates = tuple(each for each in target.fates if story.error in each.causes)
    alone = not target.causes and {each.name for each in target.hyperparameters} == passing[0].keys()
    known = TargetAnalysis(
        target.target if alone else replace(target.target, tuners=()),
        "probed",
        data="known",
        hyperparameters=target.hyperparameters,
        coverage=coverage,
        reports=(*reports, cause.first),
        causes=(cause,),
        fates=fates,
    )
    return known, cause


def condition(story: Story) -> Condition | None:
    """Which trials fail, where every value of the one hyperparameter that decides was played."""
    found = story.decisive
    if len(found) != 1:
        return None
    ((name, (bad, good)),) = found.items()
    hp = next((each for each in story.failed.hyperparameters if each.name == name), None)
    return _met(hp, bad) if hp is not None and hp.values is not None and {*hp.values} == bad | good else None


def _met(hp: Hyperparameter, bad: Collection[Value]) -> Condition:
    if len(bad) == 1:
        return Comparison(hp.name, "==", next(iter(bad)))
    return Membership(hp.name, tuple(each for each in hp.values or () if each in bad))


def explained(
    findings: Sequence[Finding], cured: Mapping[tuple[Edit, ...], Collection[Span]], analysis: Analysis
) -> tuple[Finding, ...]:
    """One finding for each cause: where a repair of another one lets a search run, that one is the cause of its failure.

    It is as serious as the failure, and says what the search makes of it.
    """
    kept = list(findings)
    for story in stories(analysis):
        shown = next((each for each in kept if each.code in CODES and each.error is story.error), None)
        cause = next((each for each in kept if each.code not in CODES and _cures(each, story, cured)), None)
        if shown is None or cause is None:
            continue
        after = (
            ""
            if story.failed.stage == "after"
            else f" Rehearsed: {_small(sentence(story, story.explored(analysis)))}"
        )
        named = replace(
            cause,
            severity=min(cause.severity, shown.severity, key=_RANKS.index),
            message=cause.message + after,
        )
        kept = [named if each is cause else each for each in kept if each is not shown]
    return tuple(kept)


def lifted(found: Sequence[Finding], analysis: Analysis) -> list[Finding]:
    """Warnings that name the fault by which a rehearsal failed are as serious as that, and say what the search comes to."""
    told = list(stories(analysis))
    kept = list(found)
    for shown in (each for each in found if each.code in CODES):
        story = next((each for each in told if each.error is shown.error), None)
        named = [each for each in kept if each.code not in CODES and names_it(each, shown, told)]
        if story is None or not named or any(each.severity is Severity.ERROR for each in named):
            continue
        end = f" Rehearsed: {_small(sentence(story, story.explored(analysis)))}"
        more = replace(named[0], severity=shown.severity, message=named[0].message + end)
        kept = [more if each is named[0] else each for each in kept]
    return kept


_RANKS = tuple(Severity)
"""The severest first."""


def _cures(finding: Finding, story: Story, cured: Mapping[tuple[Edit, ...], Collection[Span]]) -> bool:
    return any(story.tuner.call.span in cured.get(fix.edits, ()) for fix in finding.fixes)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
