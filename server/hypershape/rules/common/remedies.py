"""Repairs of what rehearsals found: candidates, each of which a rehearsal of the edited file then has to pass."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import takewhile
from pathlib import PurePosixPath

from hypershape.fixes import edits
from hypershape.fixes.tighten import tighten
from hypershape.model import Analysis, Edit, Fix, Span
from hypershape.rules.common import contents, hooked, label_keys, older, whole_numbers, wording
from hypershape.rules.common.arguments import without
from hypershape.rules.common.fate import counted, of_training
from hypershape.rules.common.hypermodels import own_fits
from hypershape.rules.common.identifiers import name_in, respelt
from hypershape.rules.common.objectives import sought_instead
from hypershape.rules.common.own_layers import constructor, of_compute_type, weights_named, with_base
from hypershape.rules.common.places import method_of, yields
from hypershape.rules.common.rehearsed import (
    Story,
    beyond,
    is_list_of_spaces,
    keys_of_no_output,
    lacking,
    lacks_validation,
    last_batch,
    never_adapted,
    no_whole_length,
    not_copied,
    nothing_saved,
    of_text,
    of_unknown_rank,
    older_parameter,
    place,
    plain_lists,
    schedule_without_rate,
    seldom_validated,
    texts_for_numbers,
    texts_of_a_dataset,
    unbatched,
    unlocated,
    unvalidated,
    validation_alone,
    without_validation_data,
)
from hypershape.rules.common.steps import made_once, tested_as_trained, traced_for_each_model
from hypershape.rules.common.tuners import constructed, sought_by, tuners
from hypershape.source import Code
from hypershape.source.removed import METHODS

_ALIKE = 0.6
"""How similar a name must be to be the one that was meant."""


def candidates(story: Story, analysis: Analysis) -> Iterator[Fix]:
    """Repairs of the failure of a search, best first."""
    code = analysis.module.code
    where, search = place(story, code), _search(story, code)
    yield from contents.repairs(story.failed, story.error, where, search, code)
    yield from older.repairs(story.failed, story.error, where, code)
    yield from hooked.repairs(story.failed, story.error, search, code)
    yield from whole_numbers.repairs(story.failed, story.error, code)
    yield from made_once(story.error, where, code)
    yield from traced_for_each_model(story.error, where, code)
    if story.failed.stage == "validate":
        yield from tested_as_trained(story.error, code)
    yield from _with_copies(story, code)
    yield from _with_status(story, code)
    yield from _validated(story, code)
    yield from _all_taken(story, code)
    yield from _always_validated(story, code)
    yield from _as_arrays(story, code)
    yield from _with_axes(story, code)
    yield from _numbered(story, code)
    yield from _whole_length(story, code)
    yield from _first_space(story, code)
    yield from _kept_rate(story, code)
    yield from _first_time(story, code)
    yield from _of_today(story, analysis, code)
    yield from _public(story, code)
    yield from _spelt(story, code)
    yield from _objective(story, code)
    yield from _keywords(story, code)
    yield from _with_model(story, code)
    yield from _given_twice(story, code)
    yield from _taken_without(story, code)
    yield from _as_declared(story, code)
    yield from _with_known_ending(story, code)
    yield from _told_when_loaded(story, code)
    yield from _best_value(story, code)
    yield from _as_plain_numbers(story, code)
    yield from _best_of_the_tuner(story, analysis, code)
    yield from _without_end(story, code)
    yield from _validation_labels(story, code)
    yield from _in_batches(story, code)
    yield from _with_labels(story, code)
    yield from _whole_batches(story, code)
    yield from _adapted(story, code)
    yield from _weights_kept(story, code)
    yield from _saved(story, code)
    yield from _weights_alone(story, code)
    yield from _saved_as_weights(story, code)
    yield from _not_taken(story, code)
    yield from _with_room(story, code)
    yield from _in_a_folder(story, code)
    yield from _with_validation_data(story, code)
    yield from _of_the_logs(story, code)
    yield from _vectorized(story, code)
    yield from with_base(story.error, code)
    yield from weights_named(place(story, code), code)
    yield from of_compute_type(story.error.message, place(story, code), code)
    yield from _as_numbers(story, code)
    yield from _enough(story, analysis, code)
    yield from label_keys.renamed(
        keys_of_no_output(story, code), [story.tuner], story.explored(analysis), code
    )
    target = story.explored(analysis)
    told = counted(story, target) or of_training(story, target, code)
    # Which values survive numbers that are none is chance.
    if told is not None and not (story.error.type == "NaN" and contents.not_finite(story.failed)):
        yield from tighten(*told, code)


def _with_copies(story: Story, code: Code) -> Iterator[Fix]:
    """A callback whose copies share what cannot be copied, as a lock or an open file."""
    uncopied = not_copied(story)
    found = [each for each in code.classes if uncopied is not None and each.name == uncopied["class"]]
    last = found[0].body[-1] if len(found) == 1 else None
    if uncopied is None or last is None or last.lineno == found[0].lineno:
        return
    names = uncopied["names"]
    written = ", ".join(f'"{each}"' for each in names)
    shared = f"!= {written}" if len(names) == 1 else f"not in ({written})"
    lines = (
        "def __deepcopy__(self, memo):",
        "    other = copy.copy(self)",
        "    for name, value in vars(self).items():",
        f"        if name {shared}:",
        "            vars(other)[name] = copy.deepcopy(value, memo)",
        "    return other",
    )
    newline, indent = code.text.newline, " " * last.col_offset
    text = "".join([newline, *(f"{newline}{indent}{line}" for line in lines)])
    changed = [Edit(code.span(last).end, text)]
    imported = edits.add_import(code.module, "import copy")
    if imported is not None:
        changed.append(imported)
    yield Fix(f"Let all copies of {found[0].name} share {wording.listed(names)}", tuple(changed))


def _with_status(story: Story, code: Code) -> Iterator[Fix]:
    """The dictionary of an oracle that says, too, that the trial is to run."""
    returned = code.expression(place(story, code), ast.Dict) if lacking(story) is not None else None
    if isinstance(returned, ast.Dict) and returned.keys:
        end = code.span(returned.values[-1]).end
        yield Fix("Say that the trial is to run", (Edit(end, ', "status": "RUNNING"'),))


def _public(story: Story, code: Code) -> Iterator[Fix]:
    """`from tensorflow.keras.datasets import …`, where TensorFlow's own copy of an old Keras has no such module."""
    if story.failed.stage != "slice" or story.error.span is None:
        return
    for node in code.import_statements:
        old = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if old.startswith(_PRIVATE) and node.lineno == story.error.span.line:
            public = old.replace(_PRIVATE, "tensorflow.keras", 1)
            written = code.source(node).replace(old, public, 1)
            yield Fix(f"Import from {public}", (Edit(code.span(node), written),))


_PRIVATE = "tensorflow.python.keras"


def _as_numbers(story: Story, code: Code) -> Iterator[Fix]:
    """The texts that a tuner is given in the place of whole numbers, as these."""
    made = code.expression(story.tuner.call.span, ast.Call)
    names = texts_for_numbers(story)
    given = [each for each in code.keywords(made) if each.arg in names] if isinstance(made, ast.Call) else []
    if not names or len(given) < len(names) or not all(each.isdecimal() for each in names.values()):
        return
    changed = tuple(
        Edit(
            code.span(each.value),
            names[each.arg or ""]
            if isinstance(each.value, ast.Constant)
            else f"int({code.source(each.value)})",
        )
        for each in given
    )
    numbers = "a whole number" if len(names) == 1 else "whole numbers"
    yield Fix(f"Make {wording.listed(sorted(names))} {numbers}", changed)


_NUMBERS = {"get_best_models": "num_models", "get_best_hyperparameters": "num_trials"}


def _enough(story: Story, analysis: Analysis, code: Code) -> Iterator[Fix]:
    """As many of the best as are taken: asked for, or trials of the search, where its space has so many configurations."""
    best = story.failed.facts.get("best")
    if not best:
        return
    asked, given = best["asked"], best["given"]
    if given < asked:
        target = story.explored(analysis)
        size = target.coverage.space if target is not None and target.coverage is not None else None
        changed = edits.set_argument(code.module, story.tuner.call.span, "max_trials", str(asked))
        if changed is not None and (size is None or size >= asked):
            yield Fix(f"Let the search make {asked} trials", (changed,))
        return
    where = place(story, code)
    for node in code.nodes:
        if not isinstance(node, ast.Subscript) or not _inside(code.span(node.value), where):
            continue
        call, index = code.resolve(node.value), code.value(node.slice, default=None)
        name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None
        if name in _NUMBERS and type(index) is int and index >= asked:
            changed = edits.set_argument(code.module, code.span(call), _NUMBERS[name], str(index + 1))
            if changed is not None:
                yield Fix(f"Ask for the {index + 1} best", (changed,))


def _search(story: Story, code: Code) -> ast.expr | None:
    """The call of the search that was played."""
    return code.expression(story.tuner.searches[0].span, ast.Call) if story.tuner.searches else None


def _validated(story: Story, code: Code) -> Iterator[Fix]:
    """The validation data of the search for the training after it, of whose history a number of validation is asked."""
    search = _search(story, code)
    if lacks_validation(story) is None or not isinstance(search, ast.Call):
        return
    where = place(story, code)
    given = [each for each in code.keywords(search) if each.arg in ("validation_data", "validation_split")]
    for node in code.every(ast.Attribute):
        if node.attr != "history" or not _inside(code.span(node), where):
            continue
        fit = code.resolve(node.value)
        if isinstance(fit, ast.Call) and isinstance(fit.func, ast.Attribute) and fit.func.attr == "fit":
            for each in given[:1]:
                value = code.source(each.value)
                changed = edits.set_argument(code.module, code.span(fit), each.arg or "", value)
                if changed is not None:
                    yield Fix(f"Give this training {each.arg}={wording.quote(value)}", (changed,))


def _as_arrays(story: Story, code: Code) -> Iterator[Fix]:
    """Lists of Python's as arrays of NumPy's, in all arguments of a search where they stand."""
    search = _search(story, code)
    found = plain_lists(story)
    numpy = code.imported_as("numpy")
    if not found or numpy is None or not isinstance(search, ast.Call):
        return
    described = story.failed.facts["search"]
    parts: list[ast.expr | None] = []
    for name in found:
        value = search.args[int(name)] if name.isdecimal() else code.argument(search, name)
        if name != "validation_data":
            parts.append(value)
        elif isinstance(value, ast.Tuple):
            items = described[name].get("items") or {}
            parts += [
                each for index, each in enumerate(value.elts) if items[str(index)].get("kind") == "list"
            ]
        else:
            parts.append(None)
    if all(each is not None for each in parts):
        changed = [
            Edit(code.span(each), f"{numpy}.array({code.source(each)})") for each in parts if each is not None
        ]
        yield Fix(f"Make {wording.listed([f'the {each}' for each in found.values()])} arrays", tuple(changed))


def _with_axes(story: Story, code: Code) -> Iterator[Fix]:
    """The datasets of a search that do not say how many axes their tensors have, with those that they were seen to have."""
    search, tensorflow = _search(story, code), code.imported_as("tensorflow")
    if of_unknown_rank(story) is None or tensorflow is None or not isinstance(search, ast.Call):
        return
    changed = []
    for name, each in (story.failed.facts.get("search") or {}).items():
        value = search.args[int(name)] if name.isdecimal() else code.argument(search, name)
        shapes = each.get("met")
        if value is None or not shapes or None in shapes:
            continue
        parts = _PARTS[: len(shapes)]
        known = [
            f"{tensorflow}.ensure_shape({part}, ({', '.join(['None', *map(str, shape[1:])])}{',' * (len(shape) == 1)}))"
            for part, shape in zip(parts, shapes, strict=False)
        ]
        changed.append(Edit(code.span(value).end, f".map(lambda {', '.join(parts)}: ({', '.join(known)}))"))
    if changed and all(
        len(each.get("met") or ()) <= len(_PARTS) for each in story.failed.facts["search"].values()
    ):
        yield Fix("Say which axes the dataset has", tuple(changed))


_PARTS = ("inputs", "labels", "weights")
"""What Keras takes the parts of a tuple to be."""


def _numbered(story: Story, code: Code) -> Iterator[Fix]:
    """Labels that are text as the numbers of their classes, in the order of those of the training."""
    search = _search(story, code)
    numpy = code.imported_as("numpy")
    if numpy is None or not isinstance(search, ast.Call) or not of_text(story) & {"1", "y"}:
        return
    labels, validation = code.argument(search, "y", 1), code.argument(search, "validation_data")
    if labels is None:
        return
    y = code.source(labels)
    changed = [Edit(code.span(labels), f"{numpy}.unique({y}, return_inverse=True)[1]")]
    if isinstance(validation, ast.Tuple) and len(validation.elts) > 1:
        text = f"{numpy}.searchsorted({numpy}.unique({y}), {code.source(validation.elts[1])})"
        changed.append(Edit(code.span(validation.elts[1]), text))
    elif validation is not None:
        return
    yield Fix("Give the search the numbers of the classes", tuple(changed))


def _whole_length(story: Story, code: Code) -> Iterator[Fix]:
    """The number of batches as a whole one, with the incomplete batch at the end."""
    length = no_whole_length(story)
    method = method_of(length["method"], code) if length is not None else None
    found = [each for each in ast.walk(method) if isinstance(each, ast.Return)] if method is not None else []
    value = found[0].value if len(found) == 1 else None
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        text = f"-(-{_bracketed(value.left, code)} // {_bracketed(value.right, code)})"
        yield Fix("Count the batches, the incomplete one, too", (Edit(code.span(value), text),))
    elif value is not None:
        yield Fix("Make the length a whole number", (Edit(code.span(value), f"int({code.source(value)})"),))


def _first_space(story: Story, code: Code) -> Iterator[Fix]:
    """The best of a list of search spaces."""
    call = code.expression(place(story, code), ast.Call) if is_list_of_spaces(story) else None
    given = code.argument(call, "hyperparameters") if isinstance(call, ast.Call) else None
    if isinstance(given, (ast.Name, ast.Attribute, ast.Call)):
        yield Fix("Give it the first of the list", (Edit(code.span(given), f"{code.source(given)}[0]"),))


def _kept_rate(story: Story, code: Code) -> Iterator[Fix]:
    """A schedule that leaves the rate as it is where it says nothing of it."""
    schedule = schedule_without_rate(story, code)
    parameters = schedule.args.args if schedule is not None else []
    if schedule is None or len(parameters) != 2 or isinstance(schedule.body[-1], (ast.Return, ast.Raise)):
        return
    rate = parameters[1].arg
    last, indent = code.span(schedule.body[-1]), " " * schedule.body[-1].col_offset
    yield Fix(
        f"Keep {rate} in the other epochs", (Edit(last.end, f"{code.text.newline}{indent}return {rate}"),)
    )


def _first_time(story: Story, code: Code) -> Iterator[Fix]:
    """A condition that also holds while there is nothing yet to compare with, as for the best loss before any epoch."""
    found = _WITH_NONE.search(story.error.message)
    node = code.expression(place(story, code), ast.Compare) if found is not None else None
    if found is None or not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return
    if (found["left"] == "NoneType") is (found["right"] == "NoneType"):
        return
    around = code.parents.get(node)
    nothing = node.left if found["left"] == "NoneType" else node.comparators[0]
    if isinstance(around, ast.If) and around.test is node and isinstance(nothing, (ast.Name, ast.Attribute)):
        text = f"{code.source(nothing)} is None or {code.source(node)}"
        yield Fix(f"Let it hold while {code.source(nothing)} is None", (Edit(code.span(node), text),))


_WITH_NONE = re.compile(r"not supported between instances of '(?P<left>\w+)' and '(?P<right>\w+)'")


def _bracketed(node: ast.expr, code: Code) -> str:
    plain = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant))
    return code.source(node) if plain else f"({code.source(node)})"


def _always_validated(story: Story, code: Code) -> Iterator[Fix]:
    """A search that validates after every epoch, as Keras does where nobody says otherwise."""
    for search in story.tuner.searches if seldom_validated(story) else ():
        removed = edits.remove_argument(code.module, search.span, "validation_freq")
        if removed is not None:
            yield Fix("Validate after every epoch", (removed,))


def _all_taken(story: Story, code: Code) -> Iterator[Fix]:
    """A name for each number that `evaluate` gives, those that are there first."""
    numbers = story.failed.facts.get("numbers") or ()
    where = place(story, code)
    for node in code.every(ast.Assign):
        taken = node.targets[0]
        if not isinstance(taken, (ast.Tuple, ast.List)) or not _touch(code.span(taken), where):
            continue
        if 0 < len(taken.elts) < len(numbers):
            yield Fix(f"Take all {len(numbers)} numbers", (Edit(code.span(taken.elts[-1]).end, ", *_"),))


def _touch(one: Span, other: Span) -> bool:
    return _inside(one, other) or _inside(other, one)


def _of_today(story: Story, analysis: Analysis, code: Code) -> Iterator[Fix]:
    """What gives the same as a method that models no longer have."""
    where, target = place(story, code), story.explored(analysis)
    reports = target.reports if target is not None else ()
    widths = {shape[-1] for each in reports for shape in each.output_shapes if shape}
    for call in code.calls:
        # What is asked for may be told without its call.
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if (
            name not in METHODS
            or not _touch(code.span(call.func), where)
            or (story.failed.facts.get("meant") or {}).get("written") != name
        ):
            continue
        assert isinstance(call.func, ast.Attribute)
        model = code.source(call.func.value)
        given = ", ".join(code.source(each) for each in (*call.args, *call.keywords))
        text = METHODS[name].format(model=model, given=given)
        if name == "predict_classes" and widths == {1}:
            text = f'({model}.predict({given}) > 0.5).astype("int32")'
        yield Fix(f"Write {text}", (Edit(code.span(call), text),))


def _spelt(story: Story, code: Code) -> Iterator[Fix]:
    """The key, attribute or variable that there is in the place of the one that is not."""
    names = story.failed.facts.get("meant")
    if not names and story.failed.stage == "after":
        # What `hp.get` says is not there is among what the search declared, and a metric among what trials reported.
        unknown = "metric" in story.error.message and story.failed.facts.get("reported")
        declared = [each.name for each in story.failed.hyperparameters]
        names = {"written": None, "known": unknown or declared}
    if not names or "copied" in story.failed.facts or lacks_validation(story) is not None:
        return
    if names["written"] in METHODS:
        # What is like it gives something else.
        return
    where, known = place(story, code), names["known"]
    for node in code.nodes:
        written = name_in(node)
        if written is None or not _inside(code.span(node), where):
            continue
        if written in known or names["written"] not in (None, written):
            continue
        initials = [each for each in known if _initials(each) == written or _initials(written) == each]
        for meant in dict.fromkeys([*initials[:1], *_near(written, known)]):
            yield Fix(f"Write {meant} for {written}", (respelt(node, meant, code),))


def _near(written: str, known: Sequence[str]) -> list[str]:
    """The names that are like another one; what two share in front of a metric, `val_`, makes them no more alike."""
    found = get_close_matches(written, known, n=2, cutoff=_ALIKE)
    bare = {each: each.removeprefix("val_") for each in (written, *found)}
    return [
        each
        for each in found
        if bare[each].startswith(bare[written])
        or bare[written].startswith(bare[each])
        or get_close_matches(bare[written], [bare[each]], cutoff=_ALIKE)
    ]


def _initials(name: str) -> str | None:
    """`lr` of `learning_rate` and `val_mae` of `val_mean_absolute_error`; None for a single word."""
    plain = name.removeprefix("val_")
    words = [each for each in plain.split("_") if each]
    first = "".join(each[0] for each in words)
    return f"{name.removesuffix(plain)}{first}" if len(words) > 1 else None


def _inside(inner: Span, outer: Span) -> bool:
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _objective(story: Story, code: Code) -> Iterator[Fix]:
    """A name that trials were seen to return, in the direction in which it is sought."""
    made = code.expression(story.tuner.call.span, ast.Call)
    node = sought_by(made, code) if isinstance(made, ast.Call) else None
    names = story.failed.facts.get("reported") or ()
    if story.failed.stage != "objective" or node is None or not isinstance(made, ast.Call):
        return
    if seldom_validated(story) or unvalidated(story):
        return
    tuner = constructed(story.tuner, made, code)
    written = code.resolve(node)
    sought = code.argument(written, "name", 0) if isinstance(written, ast.Call) else node
    name = code.value(sought, default=None) if sought is not None else None
    if sought is None or not isinstance(name, str) or name in names:
        return
    near = get_close_matches(name, names, n=2, cutoff=_ALIKE)
    for each in dict.fromkeys([*near, *(each for each in ("val_loss", "loss") if each in names)]):
        found = sought_instead(tuner, sought, each, code)
        if found is not None:
            direction, changed = found
            lost = name.startswith("val_") and not each.startswith("val_")
            where = ", measured on the training data" if lost else ""
            yield Fix(f"{'Maximise' if direction == 'max' else 'Minimise'} {each}{where}", changed)


def _keywords(story: Story, code: Code) -> Iterator[Fix]:
    """A training of the user's own that takes what Keras Tuner passes to it, such as its callbacks."""
    if story.failed.stage != "fit" or story.error.type != "TypeError":
        return
    for own in own_fits(code):
        if own.method.args.kwarg is not None or any(each.arg is None for each in own.call.keywords):
            continue
        taken = _with_keywords(own.method, code)
        passed = edits.append_argument(code.module, code.span(own.call), "**kwargs")
        if taken is not None and passed is not None:
            yield Fix("Take **kwargs and hand them on", (taken, passed))


def _with_keywords(method: ast.FunctionDef, code: Code) -> Edit | None:
    """`**kwargs` behind the last parameter of a method, where that ends with its name or its default."""
    given = [*method.args.args, *method.args.kwonlyargs]
    ends = [
        code.span(each) for each in (*given, *method.args.defaults, *filter(None, method.args.kw_defaults))
    ]
    last = max(ends, key=lambda each: (each.end_line, each.end_column))
    rest = code.text.line(last.end_line)[last.end_column - 1 :].lstrip()
    return Edit(last.end, ", **kwargs") if rest.startswith(")") else None


def _given_twice(story: Story, code: Code) -> Iterator[Fix]:
    """An argument of the user's own in the place of the one that comes with the `**kwargs` of a search."""
    found = _TWICE.search(story.error.message)
    call = code.expression(place(story, code), ast.Call)
    if found is None or story.error.type != "TypeError" or not isinstance(call, ast.Call):
        return
    own = next((each for each in call.keywords if each.arg == found["name"]), None)
    others = [each for each in call.keywords if each.arg is None]
    removed = edits.remove_argument(code.module, code.span(call), found["name"])
    if own is None or removed is None or len(others) != 1:
        return
    if own.arg == "epochs" and story.tuner.class_name == "Hyperband":
        # Its later rounds begin at an epoch of its own, which may lie behind the last of the user's.
        yield Fix("Leave epochs to Hyperband", (removed,))
        return
    value, given = code.source(own.value), code.source(others[0].value)
    merged = Edit(code.span(others[0].value), f'{{**{given}, "{own.arg}": {value}}}')
    yield Fix(f"Let this {own.arg} replace that of the search", (removed, merged))


_TWICE = re.compile(r"got multiple values for (?:keyword )?argument '(?P<name>\w+)'")


def _with_known_ending(story: Story, code: Code) -> Iterator[Fix]:
    """The path of a checkpoint or a saved model with the ending that Keras asks for."""
    wanted = re.search(
        r"(?:must end in|add either a) `(\.[\w.]+)`.*filepath=(\S+?)\.?$", story.error.message, re.DOTALL
    )
    if wanted is None:
        return
    ending, path = wanted[1], wanted[2]
    failed = code.expression(place(story, code), ast.Call)
    for call in code.calls:
        is_checkpoint = (code.origin(call.func) or "").endswith(".ModelCheckpoint")
        is_save = (
            call is failed
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in ("save", "save_weights")
        )
        given = code.argument(call, "filepath", 0) if is_checkpoint or is_save else None
        text = code.resolve(given) if given is not None else None
        while isinstance(text, ast.BinOp):
            text = text.right
        last = text.values[-1] if isinstance(text, ast.JoinedStr) and text.values else text
        if text is None or not isinstance(last, ast.Constant) or not isinstance(last.value, str):
            continue
        source = code.source(text)
        old = _ending(path)
        if path.endswith(last.value) and source.endswith((f'{old}"', f"{old}'")):
            new = f"{source[: len(source) - len(old) - 1]}{ending}{source[-1]}"
            yield Fix(f"Let the path end in {ending}", (Edit(code.span(text), new),))


def _told_when_loaded(story: Story, code: Code) -> Iterator[Fix]:
    """What a saved model has only by name, for Keras to load it: all of the file's that a model may hold."""
    name = unlocated(story)
    call = code.expression(place(story, code), ast.Call)
    if name is None or not isinstance(call, ast.Call):
        return
    if name in _of_the_module(code):
        held = [name, *(each for each in _held(code) if each != name)]
        for names in dict.fromkeys((tuple(held[:1]), tuple(held))):
            objects = ", ".join(f'"{each}": {each}' for each in names)
            told = edits.set_argument(code.module, code.span(call), "custom_objects", f"{{{objects}}}")
            if told is not None:
                yield Fix(f"Say what {wording.listed(names)} {'is' if len(names) == 1 else 'are'}", (told,))
    alone = edits.set_argument(code.module, code.span(call), "compile", "False")
    if alone is not None:
        yield Fix("Load the model without its loss and metrics", (alone,))


def _best_value(story: Story, code: Code) -> Iterator[Fix]:
    """The best value of a metric of a trial, whose record is no dictionary."""
    where = place(story, code)
    for node in code.every(ast.Subscript) if "'MetricsTracker'" in story.error.message else ():
        if _inside(code.span(node), where) and isinstance(node.value, ast.Attribute):
            text = f"{code.source(node.value)}.get_best_value({code.source(node.slice)})"
            yield Fix(f"Write {text}", (Edit(code.span(node), text),))


def _as_plain_numbers(story: Story, code: Code) -> Iterator[Fix]:
    """Numbers of NumPy's in a JSON file as Python's."""
    if story.error.type != "TypeError":
        return
    for call in code.calls_in(place(story, code)):
        if code.imported(call.func) in ("json.dump", "json.dumps"):
            changed = edits.add_argument(code.module, code.span(call), "default", "float")
            if changed is not None:
                yield Fix("Write numbers of NumPy as plain ones", (changed,))


def _best_of_the_tuner(story: Story, analysis: Analysis, code: Code) -> Iterator[Fix]:
    """What a search found, in the place of a tuner that cannot be pickled: its own state is in its project folder."""
    around = [code.parents[each.node] for each in tuners(analysis, code)]
    made = {ast.unparse(target) for each in around if isinstance(each, ast.Assign) for target in each.targets}
    for call in code.calls_in(place(story, code)) if "ickle" in story.error.message else ():
        first = call.args[0] if call.args else None
        if first is not None and code.source(first) in made:
            text = f"{code.source(first)}.get_best_hyperparameters()[0].values"
            yield Fix(
                "Keep the best values; the tuner's state is in its project folder",
                (Edit(code.span(first), text),),
            )


def _of_the_module(code: Code) -> set[str]:
    return {each.name for each in code.tree.body if isinstance(each, (ast.FunctionDef, ast.ClassDef))}


def _held(code: Code) -> list[str]:
    """The functions and classes of the module that a model may hold: what is compiled, and classes that derive from Keras's."""
    given = [
        node.id
        for call in code.calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "compile"
        for each in (*call.args, *(keyword.value for keyword in call.keywords))
        for node in ast.walk(each)
        if isinstance(node, ast.Name)
    ]
    derived = [
        each.name
        for each in code.classes
        for base in each.bases
        if re.match(r"keras\.(layers|losses|metrics|Layer|Model|Loss|Metric)", code.origin(base) or "")
    ]
    return [each for each in dict.fromkeys((*given, *derived)) if each in _of_the_module(code)]


def _ending(path: str) -> str:
    """What says the format of a file at the end of its path: no version as in `model_v1.0`, but the slash of a folder."""
    known = [each for each in (".weights.h5", "/") if path.endswith(each)]
    suffix = PurePosixPath(path).suffix
    return known[0] if known else suffix if suffix[1:2].isalpha() else ""


def _taken_without(story: Story, code: Code) -> Iterator[Fix]:
    """A training of the user's own that may do without what the search does not give, such as the labels of a dataset."""
    found = _MISSING.search(story.error.message)
    method = method_of(found["method"], code) if found is not None else None
    if found is None or method is None or method.name != "fit" or found["name"] != "y":
        return
    parameters = method.args.args
    last = parameters[-1]
    if last.arg != "y" or method.args.defaults or method.args.vararg is not None:
        return
    yield Fix(
        "Let y be left out, as with a dataset",
        (Edit(code.span(last).end, "=None" if last.annotation is None else " = None"),),
    )


_MISSING = re.compile(
    r"^(?P<method>\w+\.\w+)\(\) missing \d+ required positional arguments?: '(?P<name>\w+)'$"
)


def _as_declared(story: Story, code: Code) -> Iterator[Fix]:
    """The parameter that a function or class of the file has, for an argument of another name."""
    found = _UNKNOWN.search(story.error.message)
    call = code.expression(place(story, code), ast.Call)
    if found is None or not isinstance(call, ast.Call):
        return
    name = found["called"].rpartition(".")[2]
    functions = [
        method_of(found["called"], code),
        *(code.defined.get(name, ()) if "." not in found["called"] else ()),
    ]
    function = next((each for each in functions if isinstance(each, ast.FunctionDef)), None)
    given = next((each for each in call.keywords if each.arg == found["name"]), None)
    if function is None or given is None:
        return
    parameters = [*function.args.posonlyargs, *function.args.args][1 if "." in found["called"] else 0 :]
    taken = {each.arg for each in call.keywords}
    free = [each.arg for each in parameters[len(call.args) :] if each.arg not in taken]
    free += [each.arg for each in function.args.kwonlyargs if each.arg not in taken]
    span = code.span(given)
    written = Span(span.path, span.line, span.column, span.line, span.column + len(found["name"]))
    for meant in free if len(free) == 1 else _near(found["name"], free):
        yield Fix(f"Write {meant} for {found['name']}", (Edit(written, meant),))


_UNKNOWN = re.compile(r"^(?P<called>[\w.]+)\(\) got an unexpected keyword argument '(?P<name>\w+)'")


def _with_model(story: Story, code: Code) -> Iterator[Fix]:
    """Callbacks that are given the model before the loop of a HyperModel's `fit` in which they are called."""
    where = place(story, code)
    around = list(code.ancestors(call)) if (call := code.expression(where, ast.Call)) is not None else []
    method = next((each for each in around if isinstance(each, ast.FunctionDef)), None)
    each = next((each for each in around if isinstance(each, ast.For)), None)
    if "without_model" not in story.failed.facts or method is None or each is None:
        return
    if method.name != "fit" or len(method.args.args) < 3 or not isinstance(each.iter, ast.Name):
        return
    first = around[around.index(method) - 1]
    loop, model, indent = code.source(each.target), method.args.args[2].arg, " " * first.col_offset  # type: ignore[attr-defined]
    newline = f"{code.text.newline}{indent}"
    text = f"for {loop} in {each.iter.id}:{newline}    {loop}.set_model({model}){newline}"
    yield Fix(f"Give {each.iter.id} the model first", (Edit(code.span(first).start, text),))


def _without_end(story: Story, code: Code) -> Iterator[Fix]:
    """A generator that begins again: the first trial takes all that it gives once."""
    search = _search(story, code)
    if not story.from_the_second or not isinstance(search, ast.Call):
        return
    if all(each.arg != "steps_per_epoch" for each in search.keywords):
        return
    for given in [*search.args, *(each.value for each in search.keywords)]:
        made = code.resolve(given)
        named = made.func.id if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) else None
        for function in code.every(ast.FunctionDef):
            if function.name == named and yields(function):
                changed = _begun_again(function, code)
                yield from [Fix(f"Let {function.name} begin again", (changed,))] if changed else []


def _validation_labels(story: Story, code: Code) -> Iterator[Fix]:
    """The labels of the validation data made one-hot as those of the training are."""
    search = _search(story, code)
    if story.failed.stage != "validate" or story.error.kind != "loss-mismatch":
        return
    if not isinstance(search, ast.Call):
        return
    data = code.argument(search, "validation_data")
    pair, labels = code.resolve(data) if data is not None else None, code.argument(search, "y", 1)
    if not isinstance(pair, ast.Tuple) or len(pair.elts) < 2 or labels is None:
        return
    made, validation = _one_hot(labels, search, code), pair.elts[1]
    if made is None or _one_hot(validation, search, code) is not None:
        return
    others = [code.source(each) for each in (*made.args[1:], *made.keywords)]
    given = ", ".join([code.source(validation), *others])
    edit = Edit(code.span(validation), f"{code.source(made.func)}({given})")
    yield Fix("Make the validation labels one-hot, too", (edit,))


def _with_labels(story: Story, code: Code) -> Iterator[Fix]:
    """The labels of the validation data, which are called after its inputs as those of the training are."""
    search = _search(story, code)
    if not validation_alone(story) or not isinstance(search, ast.Call):
        return
    x, y, data = (
        code.argument(search, name, at) for name, at in (("x", 0), ("y", 1), ("validation_data", None))
    )
    if not (isinstance(x, ast.Name) and isinstance(y, ast.Name) and isinstance(data, ast.Name)):
        return
    span = code.span(data)
    line = code.text.line(span.line)
    bracketed = line[span.column - 2 : span.column - 1] == "(" and line[span.end_column - 1 :][:1] == ")"
    for labels in _called_alike(x.id, y.id, data.id):
        if labels in code.bindings and labels != data.id:
            text = f"{data.id}, {labels}"
            changed = Edit(span, text if bracketed else f"({text})")
            yield Fix(f"Validate on ({text})", (changed,))


def _called_alike(x: str, y: str, other: str) -> list[str]:
    """The names that are to `other` what `y` is to `x`: `y_val` for `x_val`, `val_labels` for `val_images`."""
    before = _shared(x, y)
    after = _shared(x[before:][::-1], y[before:][::-1])
    old, new = x[before : len(x) - after], y[before : len(y) - after]
    starts = [at for at in range(len(other)) if old and other.startswith(old, at)]
    return [f"{other[:at]}{new}{other[at + len(old) :]}" for at in starts]


def _shared(one: str, other: str) -> int:
    """How many letters two names begin with alike."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _whole_batches(story: Story, code: Code) -> Iterator[Fix]:
    """Data of as many rows as fill their batches, for a model that takes batches of one size only."""
    found = last_batch(story)
    search = _search(story, code)
    if found is None or not isinstance(search, ast.Call):
        return
    name, rows, rest, _ = found
    data = code.argument(search, "validation_data") if name == "validation_data" else None
    parts = (
        data.elts
        if isinstance(data, ast.Tuple)
        else [code.argument(search, "x", 0), code.argument(search, "y", 1)]
    )
    if (name == "validation_data" and not isinstance(data, ast.Tuple)) or not all(parts):
        return
    changed = [Edit(code.span(each).end, f"[:{rows - rest}]") for each in parts if each is not None]
    if rows > rest:
        yield Fix(f"Leave the last {rest} rows out", tuple(changed))


def _adapted(story: Story, code: Code) -> Iterator[Fix]:
    """A layer with a vocabulary, from the inputs of the search, right after it is made."""
    layer = never_adapted(story, code)
    made = code.parents.get(layer) if layer is not None else None
    search = _search(story, code)
    if not isinstance(made, ast.Assign) or not isinstance(made.targets[0], ast.Name):
        return
    data = code.argument(search, "x", 0) if isinstance(search, ast.Call) else None
    described = story.failed.facts.get("search") or {}
    given = described.get("0") or described.get("x") or {}
    known = [each for each in ast.walk(data) if isinstance(each, ast.Name)] if data is not None else []
    if (
        data is None
        or isinstance(data, ast.Starred)
        or any(code.enclosing(each) is not None for each in known)
    ):
        return
    texts = code.source(data)
    if given.get("kind") == "dataset":
        elements = given.get("elements")
        pair = isinstance(elements, (list, tuple)) and len(elements) > 1
        texts = f"{texts}.map(lambda x, *_: x)" if pair else texts
    name, indent = code.source(made.targets[0]), " " * made.col_offset
    line = f"{code.text.newline}{indent}{name}.adapt({texts})"
    yield Fix(f"Adapt {name} to the data of the search", (Edit(code.span(made).end, line),))


def _weights_kept(story: Story, code: Code) -> Iterator[Fix]:
    """The weights of a trial in the file from which a tuner loads them, before its `run_trial` returns."""
    method = nothing_saved(story, code)
    returns = (
        [each for each in ast.walk(method) if isinstance(each, ast.Return)] if method is not None else []
    )
    if method is None or len(returns) != 1 or returns[0] is not method.body[-1] or len(method.args.args) < 2:
        return
    trained = {
        call.func.value.id
        for call in ast.walk(method)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "fit"
        if isinstance(call.func.value, ast.Name)
    }
    if len(trained) == 1:
        owner, trial = (each.arg for each in method.args.args[:2])
        indent = " " * returns[0].col_offset
        text = f"{trained.pop()}.save_weights({owner}._get_checkpoint_fname({trial}.trial_id)){code.text.newline}{indent}"
        yield Fix(
            "Save the weights where the tuner looks for them", (Edit(code.span(returns[0]).start, text),)
        )


def _in_batches(story: Story, code: Code) -> Iterator[Fix]:
    """A dataset of single samples in batches."""
    search = _search(story, code)
    if (found := unbatched(story)) is None or not isinstance(search, ast.Call):
        return
    data = code.argument(search, "x", 0) if found[0] in ("0", "x") else code.argument(search, found[0])
    if data is not None:
        yield from batched(data, code)


def batched(data: ast.expr, code: Code) -> Iterator[Fix]:
    """A dataset that is written as a name or a call, in batches."""
    if isinstance(data, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
        yield Fix("Give batches of 32", (Edit(code.span(data), f"{code.source(data)}.batch(32)"),))


def _one_hot(labels: ast.expr, search: ast.Call, code: Code) -> ast.Call | None:
    """The call of `to_categorical` that made these labels: the last before the search that binds their name."""
    found: list[ast.expr] = [labels]
    if isinstance(labels, ast.Name):
        bound = [code.parents.get(each) for each in code.bound_at(labels.id, labels)]
        assigned = [each.value for each in bound if isinstance(each, ast.Assign)]
        found = [each for each in assigned if each.lineno < search.lineno]
    last = found[-1] if found else None
    if (
        isinstance(last, ast.Call)
        and last.args
        and (code.origin(last.func) or "").endswith(".to_categorical")
    ):
        return last
    return None


def _with_room(story: Story, code: Code) -> Iterator[Fix]:
    """An Embedding with a place for every index in the data of its search."""
    call = code.expression(place(story, code), ast.Call)
    if (found := beyond(story)) is None or not isinstance(call, ast.Call):
        return
    largest, places = found
    written = code.argument(call, "input_dim", 0)
    if written is None or (more := largest + 1 - places) <= 0:
        return
    plain = isinstance(written, ast.Constant)
    text = str(largest + 1) if plain else f"{code.source(written)} + {more}"
    if plain or isinstance(written, (ast.Name, ast.Attribute, ast.Subscript)) or _counts(written):
        yield Fix(f"Make room for the indices 0 to {largest}", (Edit(code.span(written), text),))


def _counts(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def _begun_again(function: ast.FunctionDef, code: Code) -> Edit | None:
    """The body of a generator under `while True:`; None where its text cannot be moved line by line."""
    body = [each for each in function.body if not _is_text(each)]
    if not body or body[0].lineno == function.lineno or _has_long_texts(body):
        return None
    first, last = code.span(body[0]), code.span(body[-1])
    indent = " " * (first.column - 1)
    lines = [code.text.line(number).rstrip("\r\n") for number in range(first.line, last.end_line + 1)]
    moved = [f"    {line}" if line.strip() else line for line in lines]
    text = code.text.newline.join([f"{indent}while True:", *moved])
    return Edit(Span(first.path, first.line, 1, last.end_line, len(lines[-1]) + 1), text)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _has_long_texts(body: list[ast.stmt]) -> bool:
    return any(
        isinstance(each, (ast.Constant, ast.JoinedStr)) and each.lineno != each.end_lineno
        for statement in body
        for each in ast.walk(statement)
    )


def _saved(story: Story, code: Code) -> Iterator[Fix]:
    """`get_config` for a layer of the user's that keeps what it is made with under the same names."""
    if story.failed.stage != "save":
        return
    for made in code.classes:
        methods = {each.name: each for each in made.body if isinstance(each, ast.FunctionDef)}
        begin = methods.get("__init__")
        if begin is None or "get_config" in methods or made.name not in story.error.message:
            continue
        names = [each.arg for each in (*begin.args.args[1:], *begin.args.kwonlyargs)]
        if not names or not all(_keeps(begin, name) for name in names):
            continue
        fields = ", ".join(f'"{name}": self.{name}' for name in names)
        told = ["def get_config(self):", f"    return {{**super().get_config(), {fields}}}"]
        yield Fix(f"Let {made.name} say what it is made with", (_with_method(made, told, code),))


def _weights_alone(story: Story, code: Code) -> Iterator[Fix]:
    """A checkpoint of the weights, which needs no `get_config` of any layer."""
    made = [each for each in code.calls if (code.origin(each.func) or "").endswith(".ModelCheckpoint")]
    path = code.argument(made[0], "filepath", 0) if len(made) == 1 else None
    text = code.resolve(path) if path is not None else None
    named = isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value.endswith(".keras")
    if "must override `get_config()`" not in story.error.message or text is None or not named:
        return
    alone = edits.set_argument(code.module, code.span(made[0]), "save_weights_only", "True")
    if alone is not None:
        ending = code.source(text).replace(".keras", ".weights.h5")
        yield Fix("Save the weights alone", (Edit(code.span(text), ending), alone))


def _not_taken(story: Story, code: Code) -> Iterator[Fix]:
    """A search without the argument that the one of its tuner does not take."""
    refused = re.search(r"\.search\(\) got an unexpected keyword argument '(\w+)'", story.error.message)
    search = _search(story, code)
    if refused is not None and isinstance(search, ast.Call):
        yield from without(search, refused[1], f"Search without {refused[1]}", code)


def _saved_as_weights(story: Story, code: Code) -> Iterator[Fix]:
    """The weights of a trial in the file from which a tuner loads them, which `save_model` of Keras Tuner leaves to others."""
    call = code.expression(place(story, code), ast.Call)
    if story.error.kind != "not-implemented" or not isinstance(call, ast.Call):
        return
    asked = call.func
    if isinstance(asked, ast.Attribute) and asked.attr == "save_model" and len(call.args) >= 2:
        owner, trial, model = (code.source(each) for each in (asked.value, *call.args[:2]))
        text = f"{model}.save_weights({owner}._get_checkpoint_fname({trial}))"
        yield Fix("Save the weights where the tuner looks for them", (Edit(code.span(call), text),))


def _in_a_folder(story: Story, code: Code) -> Iterator[Fix]:
    """The folder of a file that is saved, made before it is."""
    where = place(story, code)
    call = code.expression(where, ast.Call)
    missing = _NO_FILE.search(story.error.message)
    if story.error.type not in ("FileNotFoundError", "OSError") or missing is None:
        return
    if not isinstance(call, ast.Call):
        return
    folder = str(PurePosixPath(missing["path"]).parent)
    statement = code.statement(call)
    given = next(iter((*call.args, *(each.value for each in call.keywords))), None)
    if folder == "." or given is None or where.line != code.span(statement).line:
        return
    written = isinstance(given, ast.Constant)
    system = code.imported_as("os")
    path = repr(folder) if written else f"{system or 'os'}.path.dirname({code.source(given)})"
    text = f"{system or 'os'}.makedirs({path}, exist_ok=True)"
    changed = [edits.insert_before(code.module, code.span(statement), [text])]
    if system is None:
        changed.append(edits.add_import(code.module, "import os"))
    yield Fix("Make the folder first", tuple(each for each in changed if each is not None))


_NO_FILE = re.compile(r"No such file or directory:? '(?P<path>[^']+)'")


def _with_validation_data(story: Story, code: Code) -> Iterator[Fix]:
    """The validation data of the search for a callback that asks itself for them."""
    search, made = _search(story, code), without_validation_data(story, code)
    data = code.argument(search, "validation_data") if isinstance(search, ast.Call) else None
    calls = code.called.get(made.name, ()) if made is not None else ()
    if made is None or data is None or len(calls) != 1:
        return
    begin = constructor(made)
    newline, (call,) = code.text.newline, calls
    bracket = code.span(call.func).end
    if code.text.line(bracket.line)[bracket.column - 1 :][:1] != "(":
        return
    opened = replace(bracket, column=bracket.column + 1, end_column=bracket.column + 1)
    more = ", " if call.args or call.keywords else ""
    given = Edit(opened, f"{code.source(data)}{more}")
    body = begin.body if begin is not None else made.body
    first = next(iter(body[1:] if _is_text(body[0]) else body), None)
    if first is None or getattr(first, "decorator_list", None) or first.lineno == made.lineno:
        return
    indent = " " * first.col_offset
    kept = "self.validation_data = validation_data"
    if begin is None:
        lines = ["def __init__(self, validation_data):", "    super().__init__()", f"    {kept}", ""]
        text = newline.join([lines[0], *(f"{indent}{each}" if each else "" for each in lines[1:])])
        changed = [Edit(code.span(first).start, f"{text}{newline}{indent}")]
    elif begin.args.args and begin.args.args[0].arg == "self":
        changed = [
            Edit(code.span(begin.args.args[0]).end, ", validation_data"),
            Edit(code.span(first).start, f"{kept}{newline}{indent}"),
        ]
    else:
        return
    yield Fix(f"Give {made.name} the validation data", (*changed, given))


def _vectorized(story: Story, code: Code) -> Iterator[Fix]:
    """A dataset of texts through the only layer of the file that makes numbers of them."""
    search, name = _search(story, code), texts_of_a_dataset(story)
    layers = [
        each.targets[0].id
        for each in code.assignments
        if isinstance(each.targets[0], ast.Name)
        and code.enclosing(each) is None
        and isinstance(each.value, ast.Call)
        and (code.imported(each.value.func) or "").endswith(".TextVectorization")
    ]
    if name is None or not isinstance(search, ast.Call) or len(layers) != 1:
        return
    data = code.argument(search, "x", 0) if name != "validation_data" else code.argument(search, name)
    if isinstance(data, (ast.Name, ast.Attribute, ast.Call)):
        mapped = f".map(lambda texts, *others: ({layers[0]}(texts), *others))"
        yield Fix(f"Make numbers of the texts by {layers[0]}", (Edit(code.span(data).end, mapped),))


def _of_the_logs(story: Story, code: Code) -> Iterator[Fix]:
    """The names of the metrics from the logs of an epoch or a batch, where a callback asks its `params` for them."""
    node = older_parameter(story, code)
    method = code.enclosing(node) if node is not None else None
    if node is None or not isinstance(method, ast.FunctionDef) or not method.name.endswith("_end"):
        return
    if code.value(node.slice, default=None) == "metrics" and len(method.args.args) == 3:
        text = f"list({method.args.args[2].arg})"
        yield Fix(f"Write {text}", (Edit(code.span(node), text),))


def _with_method(made: ast.ClassDef, lines: list[str], code: Code) -> Edit:
    """A class with one more method at its end."""
    last, indent = code.span(made.body[-1]), " " * made.body[-1].col_offset
    column = len(code.text.line(last.end_line).rstrip("\r\n")) + 1
    newline = code.text.newline
    text = newline + "".join(newline + indent + line for line in lines)
    return Edit(Span(last.path, last.end_line, column, last.end_line, column), text)


def _keeps(method: ast.FunctionDef, name: str) -> bool:
    """Whether a constructor says `self.name = name`."""
    return any(
        isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Name)
        and each.value.id == name
        and any(isinstance(target, ast.Attribute) and target.attr == name for target in each.targets)
        for each in ast.walk(method)
    )
