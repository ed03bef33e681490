"""What rehearsals came to, for the rules that tell it: by tuner, with its place, its words and the fate of the search."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypershape.fixes.guard import GIVEN_UP
from hypershape.model import (
    Analysis,
    DeclaredData,
    Finding,
    Frame,
    Hyperparameter,
    ProbeError,
    Rehearsal,
    Severity,
    Span,
    TargetAnalysis,
    TunerCall,
    Value,
    is_the_tuners,
)
from hypershape.rules.common import contents, hooked, label_keys, older, whole_numbers, wording
from hypershape.rules.common.own_layers import NO_ATTRIBUTE, OTHER_TYPE, without_base
from hypershape.rules.common.places import method_of, name_of
from hypershape.rules.common.steps import (
    makes_layers,
    makes_layers_words,
    of_the_first_model,
    only_trains,
    without_logs,
    without_logs_words,
)
from hypershape.rules.common.tuners import sought_by
from hypershape.source import Code
from hypershape.source.code import contains

CODES = ("HS430", "HS431", "HS432", "HS433")
"""The rules whose findings yield to any that names the fault itself."""

EVERYWHERE = ("slice", "tuner", "search", "callbacks", "end", "after")
"""The stages at which a failure does not hang on what was drawn."""

_QUOTED = re.compile(r"[`'\"](\w+)[`'\"]")


@dataclass(frozen=True, slots=True)
class Story:
    """All rehearsals of one tuner, with the first that failed."""

    tuner: TunerCall
    target: str | None
    failed: Rehearsal
    error: ProbeError
    all: tuple[Rehearsal, ...]
    target_space: tuple[Hyperparameter, ...] = ()
    """What the model declares, without what only the training does."""
    data: DeclaredData | None = None
    """What its searches were seen to be given."""

    @property
    def passing(self) -> tuple[Rehearsal, ...]:
        return tuple(each for each in self.all if each.verdict == "ok")

    @property
    def failing(self) -> tuple[Rehearsal, ...]:
        """The rehearsals that failed as the first did."""
        return tuple(
            each
            for each in self.all
            if each.error is not None and each.verdict == "fail" and each.error.type == self.error.type
        )

    @property
    def from_the_second(self) -> bool:
        """Whether a first trial runs, and what it leaves behind fails the others."""
        again = self.failed.trial > 1 and not any(each.trial == 1 for each in self.failing)
        return again and not self.passing

    def explored(self, analysis: Analysis) -> TargetAnalysis | None:
        """What is known of the target that the tuner is given."""
        return analysis.given_to(self.tuner.call.span)

    @property
    def decisive(self) -> Mapping[str, tuple[set[Value], set[Value]]]:
        """What tells its failing rehearsals from the passing ones."""
        return decisive(self.failing, self.passing)


def stories(analysis: Analysis) -> Iterator[Story]:
    """One story for each tuner of which a rehearsal failed; what was given up on purpose is no failure."""
    for tuner in analysis.module.tuners:
        own = tuple(each for each in analysis.rehearsals if each.tuner == tuner.call.span)
        target = analysis.given_to(tuner.call.span)
        name, space, data = (
            (target.target.name, target.hyperparameters, target.searched)
            if target is not None
            else (None, (), None)
        )
        for each in own:
            if each.verdict == "fail" and each.error is not None and each.error.type != GIVEN_UP:
                yield Story(tuner, name, each, each.error, own, space, data)
                break


# Where.


def place(story: Story, code: Code) -> Span:
    """The innermost expression of this file in which it rose; of a whole search the argument that it speaks of.

    Of a method that gives nothing back its name, wherever that is noticed.
    """
    silent = _silent_method(story, code) or _called_wrongly(story, code) or without_base(story.error, code)
    if silent is not None:
        return name_of(silent, code)
    returned = _returned(story, code)
    if returned is not None:
        return code.span(returned)
    call = _search(story, code)
    given = (
        contents.at(story.failed, story.error, call, code)
        or hooked.at(story.failed, story.error, call, code)
        or whole_numbers.at(story.failed, story.error, code)
    )
    if given is not None:
        return given
    own = [each.span for each in _raising(story) if each.span.path == code.module.document.path]
    frame = next((each for each in reversed(own) if not _ran_before(each, story, code)), None)
    calls = [story.tuner.call, *story.tuner.searches]
    if frame is None:
        made = story.failed.stage == "tuner" or not story.tuner.searches
        search = story.tuner.call if made else story.tuner.searches[0]
        return _argument(search.span, story, code) or search.callee
    around = next((each for each in calls if contains(frame, each.span) or frame == each.span), None)
    if around is None:
        return frame
    return _argument(around.span, story, code) or around.callee


def _search(story: Story, code: Code) -> ast.expr | None:
    """The call of the search that was played, else that of the tuner."""
    return code.expression((story.tuner.searches[0] if story.tuner.searches else story.tuner.call).span)


def _ran_before(place: Span, story: Story, code: Code) -> bool:
    """Whether a place after the search is in the build function, which ran in its trials: what calls it is at fault."""
    if story.failed.stage != "after" or story.target is None:
        return False
    built = code.defined.get(story.target.rpartition(".")[2], ())
    return any(contains(code.span(each), place) for each in built)


def _silent_method(story: Story, code: Code) -> ast.FunctionDef | None:
    """The method of this file that returned nothing where metrics are wanted."""
    if (qualified := _nothing(story)) is not None:
        return method_of(qualified, code)
    return without_logs(story.error, code) if story.failed.stage == "fit" else None


def schedule_without_rate(story: Story, code: Code) -> ast.FunctionDef | None:
    """The function of a LearningRateScheduler that gives no rate in some epoch, where the file has one such callback."""
    if story.failed.stage != "callbacks" or "`schedule`" not in story.error.message:
        return None
    made = [each for each in code.calls if (code.origin(each.func) or "").endswith(".LearningRateScheduler")]
    given = (
        code.argument(made[0], "schedule", 0) if len(made) == 1 and "None" in story.error.message else None
    )
    name = given.id if isinstance(given, ast.Name) else None
    found = [each for each in code.every(ast.FunctionDef) if each.name == name]
    return found[0] if len(found) == 1 else None


def _called_wrongly(story: Story, code: Code) -> ast.FunctionDef | None:
    """The method of this file that takes other arguments than it is given, or gives no length, where no line calls it."""
    length = no_whole_length(story)
    if length is not None:
        return method_of(length["method"], code)
    schedule = schedule_without_rate(story, code)
    if schedule is not None:
        return schedule
    called = _SIGNATURE.search(story.error.message)
    if called is None or story.error.type != "TypeError" or len(story.error.frames) > 1:
        return None
    if story.failed.stage == "slice":
        # Before the tuner nobody but the file itself calls it.
        return None
    return method_of(called["method"], code)


_SIGNATURE = re.compile(
    r"^(?P<method>\w+\.\w+)\(\) (?:missing \d|takes \d|takes from \d|got an unexpected|got multiple)"
)


def _returned(story: Story, code: Code) -> ast.expr | None:
    """What a method of this file returns and Keras Tuner refuses, where it returns in one place."""
    lacks, qualified = lacking(story), story.failed.facts.get("returning")
    if lacks is None:
        ends = story.failed.fatal or "arrays" in story.failed.facts
        refused = ends and story.failed.stage == "objective" and isinstance(qualified, str)
    else:
        refused, qualified = True, lacks["method"]
    method = method_of(qualified, code) if refused and isinstance(qualified, str) else None
    found = [each.value for each in ast.walk(method) if isinstance(each, ast.Return)] if method else []
    return found[0] if len(found) == 1 else None


def lacking(story: Story) -> Mapping[str, str] | None:
    """The method of an oracle that returned a dictionary without a key that Keras Tuner reads, and the key."""
    found: Mapping[str, str] = story.failed.facts.get("lacking") or {}
    return found if found and story.error.type == "KeyError" and found["key"] in story.error.message else None


def _lacking(story: Story) -> str | None:
    found = lacking(story)
    if found is None:
        return None
    return f"`{found['method']}` returns no {found['key']!r}, which Keras Tuner reads ({story.error.type})."


def _nothing(story: Story) -> str | None:
    """`Model.fit`, where that or a `run_trial` returned None and Keras Tuner ends the search for it."""
    qualified = story.failed.facts.get("nothing")
    return qualified if story.failed.fatal and isinstance(qualified, str) else None


def _raising(story: Story) -> Sequence[Frame]:
    """Where it rose. The layer that a graph names is no such place where the training gives it what it does not take:
    in validation, or by a value that only the training declares."""
    frames = story.error.frames
    if story.error.layer is None or not frames:
        return frames
    declared = {each.name for each in story.target_space}
    elsewhere = bool(story.decisive) and not declared & story.decisive.keys()
    return frames[:-1] if story.failed.stage == "validate" or elsewhere else frames


def _argument(span: Span, story: Story, code: Code) -> Span | None:
    """The argument of a call that the failure is about: that of its stage, or one whose name the message quotes."""
    call = code.expression(span, ast.Call)
    if not isinstance(call, ast.Call):
        return None
    given = {each.arg: each.value for each in code.keywords(call) if each.arg is not None}
    given |= {str(position): value for position, value in enumerate(call.args)}
    empty = [name for name in _without_batches(story) if name in given]
    lists = [name for name in plain_lists(story) if name in given]
    lists += [name for name in (texts_of_a_dataset(story), of_unknown_rank(story)) if name in given]
    if lists:
        return code.span(given[lists[0]])
    if seldom_validated(story):
        return code.span(given["validation_freq"]) if "validation_freq" in given else None
    if _emptied(story) is not None:
        return _used_up(story, given, code)
    for name in (
        *empty,
        *_ARGUMENTS.get(story.failed.stage or "", ()),
        *_QUOTED.findall(story.error.message),
    ):
        if name in given:
            return code.span(given[name])
    if story.failed.stage == "objective":
        return _objective(story, code)
    return _used_up(story, given, code) or _named_class(story, code)


_ARGUMENTS = {"callbacks": ("callbacks",), "validate": ("validation_data", "validation_split")}
"""The arguments of a search that are behind a stage of its trials."""


def _objective(story: Story, code: Code) -> Span | None:
    made = code.expression(story.tuner.call.span, ast.Call)
    node = sought_by(made, code) if isinstance(made, ast.Call) else None
    return code.span(node) if node is not None else None


def _without_batches(story: Story) -> list[str]:
    """The datasets of a search that are known to be empty, of one in which nothing was reported."""
    described = story.failed.facts.get("search", {})
    if unvalidated(story):
        return ["validation_data"]
    if story.failed.stage not in ("fit", "objective", "validate") or story.failed.facts.get("reported"):
        return []
    return [name for name in ("0", "x", "validation_data") if described.get(name, {}).get("batches") == 0]


def _used_up(story: Story, given: Mapping[str, ast.expr], code: Code) -> Span | None:
    """The generator of which the first trial left nothing to the second."""
    described = story.failed.facts.get("search", {})
    kinds = ("generator", "dataset") if _emptied(story) is not None else ("generator",)
    found = [name for name, each in described.items() if each.get("kind") in kinds and name in given]
    return code.span(given[found[0]]) if story.failed.trial > 1 and len(found) == 1 else None


def _named_class(story: Story, code: Code) -> Span | None:
    """A class of this file that the message names, such as a layer that cannot be saved."""
    words = set(re.findall(r"\w+", story.error.message))
    named = [each for each in code.classes if each.name in words]
    return code.text.name_span(code.path, named[0]) if len(named) == 1 else None


# In which words.


def what(story: Story, code: Code) -> str:
    """The exception with its text, or with what Keras Tuner hides behind its own."""
    plain = (
        _before_search(story)
        or contents.words(story.failed, story.error, place(story, code), code)
        or older.words(story.failed, story.error, code)
        or whole_numbers.words(story.failed, story.error)
        or hooked.words(story.failed, story.error, _search(story, code), code)
        or _makes_layers(story, code)
        or _of_the_first_model(story, code)
        or _lacking(story)
        or _not_saved(story)
        or _only_trains(story, code)
        or _no_number(story)
        or _unbatched(story)
        or _emptied(story)
        or _without_result(story, code)
        or _without_labels(story, code)
        or _validation_alone(story)
        or _last_batch(story)
        or _never_adapted(story, code)
        or _nothing_saved(story, code)
        or _unvalidated(story)
        or _not_reported(story)
        or _without_model(story)
        or _without_validation_data(story, code)
        or _of_older_parameters(story, code)
        or _without_room(story)
        or _texts_for_numbers(story)
        or _too_few(story)
        or _other_count(story)
        or _unlocated(story)
        or _of_the_copies(story)
        or _not_copied(story)
        or _without_validation(story)
        or _seldom_validated(story)
        or _plain_lists(story)
        or _of_text(story)
        or _texts_of_a_dataset(story)
        or _of_unknown_rank(story)
        or _without_base(story, code)
        or _of_two_types(story)
        or _no_whole_length(story)
        or _list_of_spaces(story)
        or _without_rate(story, code)
        or _arrays(story)
        or _labels_of_no_output(story, code)
    )
    if plain is not None:
        return plain
    if _without_batches(story):
        return (
            f"The dataset has not one batch, so nothing is trained and nothing reported ({story.error.type})."
        )
    because = story.failed.facts.get("because")
    text = " ".join((because if isinstance(because, str) else story.error.message).split())
    if not text:
        method, owner = story.error.details.get("method"), story.error.details.get("owner")
        if story.error.kind == "not-implemented" and method is not None:
            named = f"{owner}.{method}" if owner else method
            return f"`{named}` is left to classes that define it, and none does ({story.error.type})."
        return f"{story.error.type} (without a message)."
    asked = _key_not_there(story)
    if asked is not None:
        text = asked
    said = (
        f"{story.error.type} because of {text}" if isinstance(because, str) else f"{story.error.type}: {text}"
    )
    said = wording.quote(said)
    if story.failed.stage == "validate":
        said = f"In validation: {said}"
    return said if said.endswith((".", "!", "…")) else f"{said}."


def keys_of_no_output(story: Story, code: Code) -> list[ast.Constant]:
    within = story.failed.stage in ("fit", "validate")
    return label_keys.of_no_output(story.error, [story.tuner], code) if within else []


def _labels_of_no_output(story: Story, code: Code) -> str | None:
    keys = keys_of_no_output(story, code)
    return f"{label_keys.words(keys)}." if keys else None


def _too_few(story: Story) -> str | None:
    """More of the best of a search than were asked for, or than it makes trials."""
    best = story.failed.facts.get("best")
    if not best:
        return None
    asked, given = best["asked"], best["given"]
    if given < asked:
        made = f"the search makes at most {given} trial{'s' * (given != 1)}, and {asked} are asked for"
    else:
        made = f"no more than {asked} of the best {'is' if asked == 1 else 'are'} asked for"
    return f"it takes more than there {'is' if given == 1 else 'are'}: {made} ({story.error.type})."


_UNLOCATED = re.compile(r"(?:Could not locate|Unknown) (?P<kind>\w+)(?: function)?:? '(?P<name>\w+)'")


def unlocated(story: Story) -> str | None:
    """The name of a function or class that is not Keras's and that a model needs which is loaded after the search."""
    found = _UNLOCATED.search(story.error.message) if story.failed.stage == "after" else None
    return found["name"] if found is not None else None


def _unlocated(story: Story) -> str | None:
    name = unlocated(story)
    if name is None:
        return None
    return (
        f"the saved model has only the name of `{name}`, and what it is must be said where it is loaded: "
        f"by `custom_objects` ({story.error.type})."
    )


def _other_count(story: Story) -> str | None:
    """The numbers that `evaluate` gives, for more or fewer names."""
    numbers = story.failed.facts.get("numbers")
    if not numbers:
        return None
    called = f" ({', '.join(numbers)})" if all(numbers) else ""
    return f"`evaluate` gives {len(numbers)} numbers{called} ({story.error.type}: {story.error.message})."


def _of_the_copies(story: Story) -> str | None:
    """What a callback has once it ran, of the one that only its copies ran in the place of."""
    callback = story.failed.facts.get("copied")
    if not isinstance(callback, str):
        return None
    return (
        f"every trial has a copy of the callbacks, so that this `{callback}` itself never ran "
        f"({story.error.type}: {story.error.message})."
    )


def not_copied(story: Story) -> dict[str, Any] | None:
    """The `class` of a callback that cannot be copied for a trial, and the `names` of what it holds that cannot be."""
    return story.failed.facts.get("uncopied") if story.failed.stage == "callbacks" else None


def _not_copied(story: Story) -> str | None:
    uncopied = not_copied(story)
    if uncopied is None:
        return None
    held = wording.listed(f"`{each}`" for each in uncopied["names"])
    return (
        f"Every trial gets a copy of the callbacks, and {held} of `{uncopied['class']}` cannot be copied "
        f"({story.error.type}: {story.error.message})."
    )


def plain_lists(story: Story) -> dict[str, str]:
    """The arguments of a search that are lists of Python where Keras wants arrays, each with what it holds: `y`, and
    `validation_data` whose labels are one."""
    given = story.failed.facts.get("search") or {}
    if story.error.type != "ValueError" or not story.error.message.startswith("Unrecognized data type"):
        return {}
    found = {}
    for name, each in given.items():
        items = each.get("items") or {}
        if name in ("0", "1", "x", "y") and _is_of_plain(each):
            found[name] = "labels" if name in ("1", "y") else "inputs"
        if name == "validation_data" and any(_is_of_plain(part) for part in items.values()):
            found[name] = "validation data"
    return found


def of_text(story: Story) -> set[str]:
    """The arguments of a search that are arrays of text, where Keras refuses their type."""
    given = story.failed.facts.get("search") or {}
    dtypes = {name: str(each.get("dtype")) for name, each in given.items()}
    return {
        name
        for name, dtype in dtypes.items()
        if dtype.startswith("str") and story.failed.stage == "fit" and dtype in story.error.message
    }


def _of_text(story: Story) -> str | None:
    found = of_text(story)
    if not found:
        return None
    named = [
        ("labels" if each in ("1", "y") else "inputs")
        for each in sorted(found)
        if each in ("0", "1", "x", "y")
    ]
    what = wording.listed(f"the {each}" for each in dict.fromkeys(named)) or "the data"
    return f"{what} hold text, and Keras trains on numbers ({story.error.type}: {story.error.message})."


def texts_of_a_dataset(story: Story) -> str | None:
    """The argument of a search that is a dataset of texts for a model that takes numbers."""
    refused = re.search(
        r"Invalid input shape for input Tensor\(.*?dtype=(?P<type>\w+)\)", story.error.message
    )
    if refused is None or refused["type"] == "string":
        return None
    return next((name for name, inputs in _inputs(story) if inputs.get("dtype") == "string"), None)


def _inputs(story: Story) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The datasets of a search, as they are named, with what is known of the first of their inputs."""
    given = story.failed.facts.get("search") or {}
    names = {"fit": ("0", "x"), "validate": ("validation_data",)}.get(story.failed.stage or "", ())
    for name in names:
        elements = (given.get(name) or {}).get("elements")
        first = elements[0] if isinstance(elements, (list, tuple)) and elements else elements
        if isinstance(first, dict) and "dtype" in first:
            yield name, first


def _dataset(name: str) -> str:
    """What a dataset of a search is called in a sentence."""
    return "The validation dataset" if name == "validation_data" else "The dataset"


def _texts_of_a_dataset(story: Story) -> str | None:
    name = texts_of_a_dataset(story)
    if name is None:
        return None
    return f"{_dataset(name)} gives texts, and the model takes numbers ({story.error.type})."


def of_unknown_rank(story: Story) -> str | None:
    """The argument of a search that is a dataset of which nobody knows how many axes its tensors have."""
    if not re.search(r"unknown (?:TensorShape|rank)", story.error.message):
        return None
    return next((name for name, inputs in _inputs(story) if inputs.get("shape", ()) is None), None)


def _of_unknown_rank(story: Story) -> str | None:
    name = of_unknown_rank(story)
    if name is None:
        return None
    return (
        f"{_dataset(name)} does not say how many axes its tensors have, as after `tf.py_function` and `tf.numpy_function`: "
        f"`set_shape` says it ({story.error.type}: {story.error.message})."
    )


def _without_base(story: Story, code: Code) -> str | None:
    begin = without_base(story.error, code)
    made = code.enclosing(begin) if begin is not None else None
    if not isinstance(made, ast.ClassDef):
        return None
    text = f"{story.error.type}: {' '.join(story.error.message.split())}"
    return wording.quote(f"`{made.name}.__init__` leaves out that of its base class ({text}).")


def _of_two_types(story: Story) -> str | None:
    found = OTHER_TYPE.search(story.error.message)
    if found is None:
        return None
    return (
        f"A {found['type']} and a {found['other']} meet, which TensorFlow does not put together "
        f"({story.error.type}: {found[0]})."
    )


def _arrays(story: Story) -> str | None:
    """A metric that a trial returns as an array, such as the mean of several trainings over their wrong axis."""
    arrays = story.failed.facts.get("arrays")
    if not arrays or story.failed.stage != "objective":
        return None
    name, shape = next(iter(arrays.items()))
    return (
        f"`{story.failed.facts.get('returning')}` returns an array of shape ({', '.join(map(str, shape))}"
        f"{',' * (len(shape) == 1)}) as {name}, which is one number ({story.error.type})."
    )


def _without_rate(story: Story, code: Code) -> str | None:
    schedule = schedule_without_rate(story, code)
    if schedule is None:
        return None
    return f"`{schedule.name}` returns None in an epoch, and LearningRateScheduler takes a number ({story.error.type})."


def is_list_of_spaces(story: Story) -> bool:
    """Whether a tuner is refused for a list of search spaces in the place of one."""
    return story.error.type == "AttributeError" and story.failed.facts.get("hyperparameters") == "list"


def _list_of_spaces(story: Story) -> str | None:
    if not is_list_of_spaces(story):
        return None
    return (
        "the tuner takes one object of hyperparameters, and `hyperparameters` is a list, as `get_best_hyperparameters` "
        f"gives it ({story.error.type}: {story.error.message})."
    )


def no_whole_length(story: Story) -> dict[str, Any] | None:
    """The `method`, `type` and `value` of the length of a dataset of a search that is no whole number."""
    given = story.failed.facts.get("search") or {}
    found = [each["length"] for each in given.values() if isinstance(each.get("length"), dict)]
    return (
        found[0] if found and story.error.type == "TypeError" and "integer" in story.error.message else None
    )


def _no_whole_length(story: Story) -> str | None:
    length = no_whole_length(story)
    if length is None:
        return None
    return (
        f"`{length['method']}` gives the {length['type']} {length['value']}, and so many batches are a whole number "
        f"({story.error.type}: {story.error.message})."
    )


def _is_of_plain(described: Mapping[str, Any]) -> bool:
    """Whether a value is a list of which no part is an array."""
    if described.get("kind") != "list":
        return False
    parts = described.get("items")
    return parts is None or all(each.get("kind") == "value" or _is_of_plain(each) for each in parts.values())


def _plain_lists(story: Story) -> str | None:
    found = plain_lists(story)
    if not found:
        return None
    listed = wording.listed([f"the {each}" for each in found.values()])
    are = "are a list" if len(found) == 1 else "are lists"
    return f"{listed[0].upper()}{listed[1:]} {are} of Python's, and Keras takes arrays ({story.error.type})."


def seldom_validated(story: Story) -> int:
    """Every how many epochs a search validates, where a trial fails for want of what only validation tells; else 0."""
    given = story.failed.facts.get("search") or {}
    every = (given.get("validation_freq") or {}).get("value")
    lacks = story.error.type == "KeyError" and "val_" in story.error.message
    within = story.failed.stage in ("callbacks", "objective", "fit")
    return every if lacks and within and isinstance(every, int) and every > 1 else 0


def _seldom_validated(story: Story) -> str | None:
    every = seldom_validated(story)
    if not every:
        return None
    return (
        f"With validation_freq={every} not every epoch is validated, and {' '.join(story.error.message.split())} is asked "
        f"for after each, the first one, too ({story.error.type})."
    )


def lacks_validation(story: Story) -> str | None:
    """A number of validation that a history lacks where the same one of the training is there."""
    names = story.failed.facts.get("meant") or {}
    written, known = names.get("written"), names.get("known") or ()
    if story.failed.stage != "after" or not isinstance(written, str) or not written.startswith("val_"):
        return None
    alone = not any(each.startswith("val_") for each in known)
    return written if alone and written.removeprefix("val_") in known else None


def _without_validation(story: Story) -> str | None:
    written = lacks_validation(story)
    if written is None:
        return None
    return f"a training without validation data has no {written} ({story.error.type})."


def _without_result(story: Story, code: Code) -> str | None:
    """A method that returned nothing where metrics are wanted."""
    if (qualified := _nothing(story)) is not None:
        return f"`{qualified}` returns None, so Keras Tuner has no metrics ({story.error.type})."
    silent = _silent_method(story, code)
    return f"{without_logs_words(silent, code)} ({story.error.type})." if silent is not None else None


def _emptied(story: Story) -> str | None:
    """A dataset of which the first trial left nothing, as one over a generator that is made once."""
    given, failed = story.failed.facts.get("search") or {}, story.failed
    kinds = {given.get(name, {}).get("kind") for name in ("0", "x")}
    if (
        failed.trial < 2
        or failed.stage != "objective"
        or failed.facts.get("reported")
        or "dataset" not in kinds
    ):
        return None
    return f"The dataset gives nothing more: the first trial has used up what it is made of ({story.error.type})."


def _without_labels(story: Story, code: Code) -> str | None:
    """Arrays without labels for a loss of Keras's that compares with some, where no line of the user's is to blame."""
    given, compared = story.failed.facts.get("search") or {}, story.failed.facts.get("compared") or ()
    x = given.get("0") or given.get("x") or {}
    alone = x.get("kind") in ("array", "list", "frame", "dict") and not {"1", "y"} & given.keys()
    search = story.tuner.searches[0].span if story.tuner.searches else None
    own = [each for each in story.error.frames if search is None or not contains(search, each.span)]
    if not alone or own or story.failed.stage != "fit" or not any(each.get("loss") for each in compared):
        return None
    pair = x.get("kind") == "list" and x.get("length") == 2
    taken = "a pair of arrays is taken for two inputs" if pair else "arrays alone are inputs"
    return f"The search is given no labels: {taken}, and `y` is empty ({story.error.type})."


def validation_alone(story: Story) -> bool:
    """Whether a search validates on inputs alone, whose labels were forgotten: `(x_val)` is no pair."""
    given = story.failed.facts.get("search") or {}
    kind = (given.get("validation_data") or {}).get("kind")
    return story.failed.stage == "validate" and kind in ("array", "frame") and bool({"1", "y"} & given.keys())


def _validation_alone(story: Story) -> str | None:
    if not validation_alone(story):
        return None
    said = " ".join(story.error.message.split())
    return (
        f"`validation_data` is one array and no pair, so that it has no labels ({story.error.type}: {said})."
    )


def last_batch(story: Story) -> tuple[str, int, int, int] | None:
    """The argument of a search whose last batch is smaller than the model's, its rows, those of that batch, and of the others."""
    size = ((story.failed.facts.get("model") or {}).get("input") or [None])[0]
    given = story.failed.facts.get("search") or {}
    if not isinstance(size, int) or story.failed.stage not in ("fit", "validate"):
        return None
    for name in ("validation_data",) if story.failed.stage == "validate" else ("0", "x"):
        each = given.get(name) or {}
        rows = ((each.get("items") or {}).get("0") or each).get("shape") or [None]
        rest = rows[0] % size if isinstance(rows[0], int) else 0
        if rest and {str(rest), str(size)} <= set(re.findall(r"\d+", story.error.message)):
            return name, rows[0], rest, size
    return None


def _last_batch(story: Story) -> str | None:
    found = last_batch(story)
    if found is None:
        return None
    name, rows, rest, size = found
    of = "validation" if name == "validation_data" else "training"
    return (
        f"The model takes batches of {size}, and of the {rows} rows of the {of} data the last batch has {rest} "
        f"({story.error.type}: {' '.join(story.error.message.split())})."
    )


def never_adapted(story: Story, code: Code) -> ast.Call | None:
    """The layer of the file that looks words up in a vocabulary which nothing gave it."""
    call = code.expression(place(story, code), ast.Call) if "Table not init" in story.error.message else None
    name = (code.imported(call.func) or "") if isinstance(call, ast.Call) else ""
    return call if isinstance(call, ast.Call) and name.startswith("keras.layers.") else None


def _never_adapted(story: Story, code: Code) -> str | None:
    layer = never_adapted(story, code)
    if layer is None:
        return None
    name = (code.imported(layer.func) or "").rpartition(".")[2]
    return (
        f"This {name} has no vocabulary, since nothing calls its `adapt` before the training "
        f"({story.error.type}: {' '.join(story.error.message.split())})."
    )


def nothing_saved(story: Story, code: Code) -> ast.FunctionDef | None:
    """The `run_trial` of the file that leaves no weights where the tuner looks for those of its best models."""
    returning = story.failed.facts.get("returning")
    missing = (
        story.error.type in ("FileNotFoundError", "NotFoundError") and "checkpoint" in story.error.message
    )
    if story.failed.stage != "after" or not missing or not isinstance(returning, str):
        return None
    return method_of(returning, code) if returning.endswith(".run_trial") else None


def _nothing_saved(story: Story, code: Code) -> str | None:
    if nothing_saved(story, code) is None:
        return None
    return (
        f"`{story.failed.facts['returning']}` saves no weights, and the best models are loaded from those of their "
        f"trials ({story.error.type})."
    )


def unvalidated(story: Story) -> bool:
    """Whether Keras's own training was given validation data and reported nothing of it: there was not one batch."""
    facts = story.failed.facts
    given = ((facts.get("search") or {}).get("validation_data") or {}).get("kind")
    names = facts.get("reported") or ()
    lacks = story.error.type == "KeyError" and "val_" in story.error.message
    return (
        (lacks and story.failed.stage == "objective" and given in ("dataset", "sequence", "generator"))
        and ("loss" in names and not any(str(each).startswith("val_") for each in names))
        and not (seldom_validated(story) or facts.get("returning"))
    )


def _makes_layers(story: Story, code: Code) -> str | None:
    method = makes_layers(story.error, place(story, code), code)
    return f"{makes_layers_words(method, code)} ({story.error.type})." if method is not None else None


def _of_the_first_model(story: Story, code: Code) -> str | None:
    step = of_the_first_model(story.error, place(story, code), code)
    if step is None:
        return None
    return (
        f"`{step.name}` is traced once for all trials, and its variables are those of the first model "
        f"({story.error.type})."
    )


def _only_trains(story: Story, code: Code) -> str | None:
    made = only_trains(story.error, code) if story.failed.stage == "validate" else None
    if made is None:
        return None
    return (
        f"`{made.name}` has a `train_step` and no `test_step`, and Keras's own takes the loss that `compile` was not "
        f"given: it cannot be validated ({story.error.type})."
    )


_MOST_KEYS = 8


def _key_not_there(story: Story) -> str | None:
    """What there is in the place of a key that is not there, where it is little enough to be read."""
    names = story.failed.facts.get("meant") or {}
    written, known = names.get("written"), names.get("known") or ()
    if story.error.type != "KeyError" or not isinstance(written, str) or not 0 < len(known) <= _MOST_KEYS:
        return None
    return f"there is no {written!r}, only {wording.listed(map(str, known))}"


_NOT_SAVED = re.compile(
    r"Object (?P<name>\w+) was created by passing.*must override `get_config\(\)`", re.DOTALL
)


def _not_saved(story: Story) -> str | None:
    found = _NOT_SAVED.search(story.error.message)
    if found is None:
        return None
    return (
        f"`{found['name']}` has no `get_config` that says what it was made with, without which no model that holds it "
        f"can be saved ({story.error.type})."
    )


def _unvalidated(story: Story) -> str | None:
    if not unvalidated(story):
        return None
    sought = (story.failed.facts.get("tuner") or {}).get("objective")
    return f"The validation data have not one batch, so that no trial reports {sought} ({story.error.type})."


def _not_reported(story: Story) -> str | None:
    """An objective that is not among what a trial reports."""
    sought = (story.failed.facts.get("tuner") or {}).get("objective")
    reported = story.failed.facts.get("reported")
    if story.error.type != "KeyError" or story.failed.stage != "objective" or not reported:
        return None
    if not isinstance(sought, str) or sought in reported or sought not in story.error.message:
        return None
    return f"The trial reports no {sought}, but {wording.listed(sorted(map(str, reported)))} ({story.error.type})."


def texts_for_numbers(story: Story) -> dict[str, str]:
    """Arguments of a tuner, as they come from a command line or a file of settings, that Keras Tuner computes with."""
    texts = (story.failed.facts.get("tuner") or {}).get("texts")
    return texts if isinstance(texts, dict) and story.error.type == "TypeError" else {}


def _texts_for_numbers(story: Story) -> str | None:
    texts = texts_for_numbers(story)
    if not texts:
        return None
    told = wording.listed([f"`{name}` is the text {value!r}" for name, value in texts.items()])
    return f"{told} and no number ({story.error.type}: {story.error.message})."


def _without_model(story: Story) -> str | None:
    """A callback that a training loop of the user's calls without having given it the model."""
    callback = story.failed.facts.get("without_model")
    if not isinstance(callback, str):
        return None
    return (
        f"`{callback}` asks for its model, which it was never given: `set_model(model)` comes before anything else is "
        f"called ({story.error.type})."
    )


def without_validation_data(story: Story, code: Code) -> ast.ClassDef | None:
    """The class of a callback of the file that asks itself for the validation data, which Keras no longer gives it."""
    refused = NO_ATTRIBUTE.match(story.error.message)
    if refused is None or refused["name"] != "validation_data":
        return None
    return next((each for each in code.classes if each.name == refused["owner"]), None)


def _without_validation_data(story: Story, code: Code) -> str | None:
    made = without_validation_data(story, code)
    if made is None:
        return None
    return (
        f"Keras gives a callback no `validation_data` any more, and `{made.name}` sets none itself "
        f"({story.error.type})."
    )


def older_parameter(story: Story, code: Code) -> ast.Subscript | None:
    """Where a callback asks its `params` for what the training of an older Keras set there."""
    node = code.expression(place(story, code), ast.Subscript) if story.error.type == "KeyError" else None
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Attribute):
        return None
    if node.value.attr != "params" or not isinstance(key := code.value(node.slice, default=None), str):
        return None
    return node if key in _OLDER_PARAMETERS and key in story.error.message else None


def _of_older_parameters(story: Story, code: Code) -> str | None:
    node = older_parameter(story, code)
    if node is None:
        return None
    key = code.value(node.slice, default=None)
    return (
        f"Keras gives a callback no `params[{key!r}]` any more, only 'epochs', 'steps' and 'verbose' "
        f"({story.error.type})."
    )


_OLDER_PARAMETERS = ("batch_size", "do_validation", "metrics", "nb_epoch", "nb_sample", "samples")
"""What `Callback.params` held in Keras 2 and before, beside what it holds today."""


def _without_room(story: Story) -> str | None:
    """An Embedding that the data ask for more than it has."""
    if (found := beyond(story)) is None:
        return None
    largest, places = found
    return (
        f"The data hold indices up to {largest}, but the Embedding has places for 0 to {places - 1} "
        f"({story.error.type})."
    )


def _before_search(story: Story) -> str | None:
    """A tuner that is asked for what only a search gives it."""
    if not story.failed.facts.get("before_search"):
        return None
    if story.failed.facts.get("reloads"):
        return f"The project folder holds no search that `reload` could go on with: this one has not begun ({story.error.type})."
    text = " ".join(story.error.message.split())
    return wording.quote(
        f"The tuner is asked before its search, when it has no trials yet ({story.error.type}: {text})."
    )


def _no_number(story: Story) -> str | None:
    """A training whose loss is NaN, which no error tells."""
    if story.error.type != "NaN" or not story.failed.facts.get("score_is_no_number"):
        return None
    return "The loss is NaN after a few batches of this data, and with it the objective, which Keras Tuner does not take."


def _unbatched(story: Story) -> str | None:
    found = unbatched(story)
    if found is None:
        return None
    name, shape = found
    of = "validation dataset" if name == "validation_data" else "dataset"
    return (
        f"The {of} is not batched: its elements have the shape {shape}, which is that of one "
        f"sample ({story.error.type})."
    )


def unbatched(story: Story) -> tuple[str, tuple[Any, ...]] | None:
    """The argument of the search that is a dataset of single samples, which Keras takes for batches, and their shape."""
    sample = (story.failed.facts.get("model") or {}).get("input")
    given = story.failed.facts.get("search", {})
    names = {"fit": ("0", "x"), "validate": ("validation_data",)}.get(story.failed.stage or "", ())
    for name in names:
        elements = given.get(name, {}).get("elements")
        first = elements[0] if isinstance(elements, (list, tuple)) and elements else elements
        shape = first.get("shape") if isinstance(first, dict) else None
        if sample and shape and list(shape) == list(sample)[1:]:
            return name, tuple(shape)
    return None


def beyond(story: Story) -> tuple[int, int] | None:
    """The largest index in the data of a search, and how many places the layer has that was asked for one behind them."""
    refused = _OUTSIDE.search(story.error.message)
    if refused is None or story.data is None or story.data.x_max is None:
        return None
    return max(story.data.x_max, int(refused["index"])), int(refused["places"])


_OUTSIDE = re.compile(r"indices\[[\d, ]*\] = (?P<index>\d+) is not in \[0, (?P<places>\d+)\)")


def decisive(
    failing: Sequence[Rehearsal], passing: Sequence[Rehearsal]
) -> dict[str, tuple[set[Value], set[Value]]]:
    """The hyperparameters of which no value was met both in a rehearsal that failed and in one that did not.

    With the values of both; one that only some trials have decides nothing.
    """
    if not failing or not passing:
        return {}
    found = {}
    for name in failing[0].values:
        if is_the_tuners(name) or not all(name in each.values for each in (*failing, *passing)):
            continue
        bad, good = ({each.values[name] for each in every} for every in (failing, passing))
        if not bad & good:
            found[name] = (bad, good)
    return found


# What others tell already.


def without_told(found: Sequence[Finding], analysis: Analysis) -> list[Finding]:
    """Leaves out what a rehearsal shows where another finding names the fault."""
    told = {story.tuner.call.span: story for story in stories(analysis)}
    return [
        each
        for each in found
        if each.code not in CODES
        or not any(names_it(other, each, told.values()) for other in found if other.code not in CODES)
    ]


def names_it(other: Finding, finding: Finding, told: Collection[Story]) -> bool:
    """Whether a finding of another rule names the fault by which a rehearsal failed."""
    story = next((each for each in told if each.error is finding.error), None)
    if story is None or other.severity not in (Severity.ERROR, Severity.WARNING):
        return False
    if other.code.startswith("HS4") and story.failed.trial > 1 and other.target == story.target:
        return True
    if other.code == "HS308" and other.target == story.target and LABEL in story.error.message:
        return True
    if _touch(other.span, finding.span):
        return other.severity is Severity.ERROR or other.error is not None or story.failed.trial > 1
    if other.cause is not None and other.target == story.target:
        holds = other.condition.holds(story.failed.values) if other.condition is not None else None
        return holds is not False or other.cause.error.kind == story.error.kind != "other"
    if other.severity is not Severity.ERROR:
        return False
    calls = [story.tuner.call, *story.tuner.searches]
    return other.code.startswith("HS0") or any(contains(each.span, other.span) for each in calls)


LABEL = "Received a label value of"
"""TensorFlow's words for a class that a model has no number for, which it says of a whole step."""


def is_in_the_way(other: Finding, story: Story) -> bool:
    """Whether an error that no build of the model shows stands where a search failed, or in one of its calls."""
    if other.cause is not None or other.severity is not Severity.ERROR:
        return False
    calls = [story.tuner.call, *story.tuner.searches]
    places = [*(each.span for each in story.error.frames), *(each.span for each in calls)]
    return any(_touch(each, other.span) for each in places)


def _touch(one: Span, other: Span) -> bool:
    if one.path != other.path:
        return False
    return (one.line, one.column) < (other.end_line, other.end_column) and (other.line, other.column) < (
        one.end_line,
        one.end_column,
    )
