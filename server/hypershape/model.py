"""The frozen values that travel from step to step, and nothing else.

Positions count lines and columns from 1, columns in characters (code points), as in the command line's JSON.
A notebook is one text here: its code cells joined in order. `Document.cells` maps a line back to its cell;
only the edges (`lsp`, `cli`) do so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from hypershape.source.code import Code

Value: TypeAlias = bool | int | float | str | None
"""What Keras Tuner can draw; None is the value of an inactive hyperparameter."""

Detail: TypeAlias = Value | tuple["Detail", ...]
"""A value that a failure speaks of: a number, a name, a shape, several shapes."""

Configuration: TypeAlias = Mapping[str, Value]
"""One value for every hyperparameter that a probe reads, by name."""

Shape: TypeAlias = tuple[int | None, ...]
"""The axes of a tensor; None is a size that is not known. Its text is Keras's own: "(None, 26, 26, 16)"."""

Key: TypeAlias = tuple[tuple[str, Value], ...]
"""A configuration as something that can be looked up; equal for equal configurations."""


def key_of(configuration: Configuration) -> Key:
    """The key of a configuration, in whatever order its values were read."""
    return tuple(sorted(configuration.items(), key=lambda item: item[0]))


def is_the_tuners(name: str) -> bool:
    """Whether a value belongs to one trial and not to the search space: Hyperband adds `tuner/epochs` and its like."""
    return name.startswith("tuner/")


def own_values(configuration: Configuration) -> dict[str, Value]:
    """The values of a trial that its configuration holds."""
    return {name: value for name, value in configuration.items() if not is_the_tuners(name)}


Level: TypeAlias = Literal["auto", "static", "symbolic", "device"]
Verdict: TypeAlias = Literal["ok", "fail", "unknown"]
Status: TypeAlias = Literal["probed", "static-only", "unprobeable"]
DataKnowledge: TypeAlias = Literal["known", "declared", "assumed", "none"]


class Severity(Enum):
    """How loudly a finding speaks; the values are those of the JSON contract."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    HINT = "hint"


# --------------------------------------------------------------------------- places


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters in `Document.text` of the file `path`; lines and columns from 1."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> Span:
        """The empty place before it, where an edit puts a text."""
        return Span(self.path, self.line, self.column, self.line, self.column)

    @property
    def end(self) -> Span:
        """The empty place behind it, where an edit adds a text."""
        return Span(self.path, self.end_line, self.end_column, self.end_line, self.end_column)

    def meets(self, other: Span) -> bool:
        """Whether this and another span of the same text have a place in common, be it where one ends."""
        starts_before = (self.line, self.column) <= (other.end_line, other.end_column)
        return starts_before and (other.line, other.column) <= (self.end_line, self.end_column)


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell of a notebook: `index` counts all cells of the file from 0, code or not."""

    index: int
    first_line: int
    line_count: int


@dataclass(frozen=True, slots=True)
class Document:
    """A script, or a notebook's code cells joined with newlines (`cells` is empty for a script)."""

    path: str
    text: str
    cells: tuple[Cell, ...] = ()

    @property
    def is_notebook(self) -> bool:
        return bool(self.cells) or self.path.endswith(".ipynb")

    def cell_at(self, line: int) -> Cell | None:
        """The cell that holds a line of `text`; None in a script."""
        return next((c for c in reversed(self.cells) if c.first_line <= line), None)

    def where(self, line: int) -> str:
        """A line of `text` as the user counts it: `line 4`, or `cell 9, line 4` in a notebook."""
        cell = self.cell_at(line)
        return f"line {line}" if cell is None else f"cell {cell.index}, line {line - cell.first_line + 1}"

    def on(self, line: int) -> str:
        """The same as part of a sentence: `on line 4`, `in cell 9, line 4`."""
        return f"{'on' if self.cell_at(line) is None else 'in'} {self.where(line)}"


# --------------------------------------------------------------------------- source


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call as written: its source, where it stands, and its value if it is a literal."""

    source: str
    span: Span
    literal: Value | tuple[Value, ...] = None
    is_literal: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A call found in the text: `name` is the resolved dotted name, e.g. `keras_tuner.RandomSearch`.

    `arguments` are keyed by parameter name; positional ones by name where the callee's signature is known, else
    by their index as text ("0", "1", …).
    """

    name: str
    span: Span
    callee: Span
    arguments: Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class TunerCall:
    """A tuner's construction with the searches that run on it, e.g. `RandomSearch(build_model, …)`.

    `class_name` is the class of Keras Tuner, also where the file makes a subclass of it; `own_trials` says that
    such a subclass runs its trials itself, so that a model need not be compiled.
    """

    call: Call
    class_name: str
    searches: tuple[Call, ...] = ()
    own_trials: bool = False
    rehearsal: Slice | None = field(default=None, compare=False, repr=False)
    """What one rehearsal runs: the tuner, its search, and what the file asks the tuner for afterwards."""


@dataclass(frozen=True, slots=True)
class SliceFile:
    """One module of a slice: the text of `path` with every statement the target does not need blanked out.

    Blanking keeps every line and column, so positions in a traceback are positions in the user's file.
    `module` is the name under which other slice files import it ("__main__" for the file of the target).
    """

    path: str
    module: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Unsettled:
    """Something that code outside of a slice sets, so that what the slice says of it at first is no fact.

    `owner` is the last name of what holds it (a module, a class, a variable), "" where that is not known; `name` that
    of the attribute, key or variable, "*" where it is computed. `within` is the function that sets it, "" outside of
    any; `fills` where that only adds to a list or dictionary.
    """

    owner: str
    name: str
    within: str = ""
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """What the target needs and nothing else; the last file holds the target itself.

    `expression` is evaluated in the last file's namespace and gives a callable that takes a HyperParameters.
    `stand_ins` maps a name that no statement of the slice defines (data that is loaded elsewhere, a package that
    is missing) to the source of why it is absent; the agent binds a stand-in object to it. `hyperparameters` gives
    the object that the tuner gets as `hyperparameters=`, whose declarations come before the target's own.
    """

    files: tuple[SliceFile, ...]
    expression: str
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    hyperparameters: str | None = None
    tunes_new_entries: bool = True
    """Whether the tuner varies what only the target declares; otherwise that keeps its default."""
    own_training: bool = False
    """The tuner is of the user's own class and trains in its own way, so the model need not be compiled."""
    acts: tuple[tuple[int, int], ...] = ()
    """Of a rehearsal the first and last lines of the statements of the last file that are its search, not what it needs."""
    unsettled: tuple[Unsettled, ...] = ()
    """What code that the slice leaves out, or may not run, sets of its modules, classes and objects."""


@dataclass(frozen=True, slots=True)
class DeclaredData:
    """`# hypershape: x=(28, 28, 1) y=(10,)`: shapes of one sample, without the batch axis; one entry per input.

    Also what a search was seen to be given: then `knowledge` is "known". `x_names` and `y_names` are the keys
    where the data is a dictionary. Labels whose width is not known, one-hot ones of a folder that is not there, have
    None for it. `rows` are the numbers of samples of x and y, `y_min` and `y_max` the lowest and the highest class
    number, `x_max` is the largest of one array of whole numbers, `batched` says whether a dataset gives batches,
    `batch` how many samples a step takes: each as far as a search was seen to be given it.
    """

    x: tuple[tuple[int, ...], ...] = ()
    y: tuple[tuple[int | None, ...], ...] = ()
    x_dtype: str = "float32"
    y_dtype: str | None = None
    span: Span | None = None
    knowledge: DataKnowledge = "declared"
    x_names: tuple[str, ...] = ()
    y_names: tuple[str, ...] = ()
    rows: tuple[int | None, ...] = ()
    y_min: int | None = None
    y_max: int | None = None
    x_max: int | None = None
    batched: bool = True
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A function or `HyperModel.build` that receives a HyperParameters object and returns a model.

    `span` is its name on the `def` line, `body` the whole definition. `slice` is None when none can be cut;
    `reason` then says what is missing, in one sentence that the user can act on.
    """

    name: str
    span: Span
    body: Span
    kind: Literal["function", "method", "hypermodel", "lambda"]
    slice: Slice | None
    tuners: tuple[TunerCall, ...] = ()
    reason: str | None = None
    data: DeclaredData | None = None
    fed: Slice | None = None
    """A slice whose expression gives the `(x, y)` that the target's searches are given; y is None without one."""

    def is_given_at(self, place: Span) -> bool:
        """Whether the tuner that a call at this place makes is given it."""
        return any(each.call.span == place for each in self.tuners)


@dataclass(frozen=True, slots=True)
class Ignore:
    """`# hypershape: ignore[HS201, HS102]` on a line; no codes means all."""

    line: int
    codes: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """`os.environ["NAME"] = "value"` at the module level; `is_default` where it only sets what is not set yet."""

    name: str
    value: str
    span: Span
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Module:
    """What `source` reads from a document, without running anything.

    `code` is the text as it was read, once: every later step asks it for the tree, the lines and the names.
    `broken` are the parts that do not parse.
    """

    document: Document
    code: Code = field(compare=False, repr=False)
    broken: tuple[Span, ...] = ()
    targets: tuple[Target, ...] = ()
    tuners: tuple[TunerCall, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    variables: tuple[EnvironmentVariable, ...] = ()
    """What the file sets in the environment, in the order of the text."""
    around: tuple[str, ...] = ()
    """The other files that share a search space with this one: what they say counts here."""
    unsearched: str | None = None
    """Why not every file that may use this one was looked into, in one sentence."""
    unread: str | None = None
    """Why the text was not read at all, in one sentence."""

    @property
    def clean(self) -> str:
        """The text with magics and statements that do not parse blanked out, same lines and columns."""
        return self.code.clean

    @property
    def imports(self) -> Mapping[str, str]:
        """Each name bound by an import with its dotted origin, e.g. {"Dense": "keras.layers.Dense"}."""
        return self.code.imports


# --------------------------------------------------------------------------- space


@dataclass(frozen=True, slots=True)
class Parent:
    """`name` must hold one of `values` for a declaration to be active (`conditional_scope`, `parent_name`).

    Keras Tuner calls it a condition of the hyperparameter, of the kind `Parent`.
    """

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One registered hyperparameter: what Keras Tuner can really draw.

    `values` lists every value that can be drawn, in order, or is None when there are more than the agent lists
    (`count` then says how many) or infinitely many (a Float without step: `count` is None).
    `step`, `min` and `max` are as declared: `max` need not be reachable.
    """

    name: str
    kind: Literal["Int", "Float", "Choice", "Boolean", "Fixed"]
    default: Value
    values: tuple[Value, ...] | None = None
    count: int | None = None
    min: int | float | None = None
    max: int | float | None = None
    step: int | float | None = None
    sampling: str | None = None
    conditions: tuple[Parent, ...] = ()
    span: Span | None = None
    weights: tuple[int, ...] | None = None
    """How often a Choice lists each of `values`; None where each is listed once."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One `hp.…` call that a probe executed: the same name may be declared at several places, in several ways.

    `signature` is a canonical text of kind and range, so that two declarations that mean different things differ.
    """

    name: str
    kind: str
    signature: str
    span: Span | None


# --------------------------------------------------------------------------- probe


@dataclass(frozen=True, slots=True)
class Frame:
    """What the user's code was running in a traceback: an expression.

    Where Python does not tell columns (before 3.11), `span` is the whole statement and `line` the line that ran.
    """

    span: Span
    function: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LayerCall:
    """One call of a layer during a probe, with the shapes of all its inputs and outputs."""

    span: Span | None
    name: str
    class_name: str
    input_shapes: tuple[Shape, ...]
    output_shapes: tuple[Shape, ...]
    dtype: str
    parameters: int


@dataclass(frozen=True, slots=True)
class LayerArgument:
    """An argument of a layer: its text, and its value where that is a plain one (else None)."""

    text: str
    value: Detail = None


DATA_FREE = frozenset(
    (
        "argument-missing",
        "argument-unknown",
        "identifier",
        "keras-attribute-missing",
        "removed",
        "shape-is-number",
    )
)
"""Kinds of failures that have nothing to do with the shape of any data."""


@dataclass(frozen=True, slots=True)
class ProbeError:
    """What a probe raised: Keras's words without colour codes, and the user's frames, innermost last.

    `kind` says what went wrong, whatever words and whatever version it was said in, and `details` the values that
    belong to it: `agent/kinds.py` lists both. `layer` and `input_shapes` name the layer that refused its input, when
    one did; `made` is the expression that constructed it, where that was the user's.
    """

    type: str
    message: str
    stage: Literal["slice", "declare", "build", "return", "compile", "step", "limit"]
    frames: tuple[Frame, ...] = ()
    layer: str | None = None
    layer_class: str | None = None
    input_shapes: tuple[Shape, ...] = ()
    arguments: Mapping[str, LayerArgument] = field(default_factory=dict)
    """The refusing layer's arguments, as far as they decide its shapes."""
    made: Frame | None = None
    kind: str = "other"
    details: Mapping[str, Detail] = field(default_factory=dict)
    later: bool = False
    """The first build with these values came through, and left something behind by which this one fails."""
    unsettled: bool = False
    """Values were at hand that other code sets before a search: it may be theirs."""

    @property
    def span(self) -> Span | None:
        return self.frames[-1].span if self.frames else None

    @property
    def whatever_the_data(self) -> bool:
        """Whether it cannot have come from a shape, nor from an object that takes the place of missing data."""
        free = self.stage in ("declare", "return", "compile") or self.kind in DATA_FREE
        return free and not self.unsettled


@dataclass(frozen=True, slots=True)
class Report:
    """What one probe of one configuration returns.

    `configuration` holds every hyperparameter that the target read, in order of first reading: the leaf of the
    define-by-run tree that this probe reached. `new` are hyperparameters met for the first time in this job.
    """

    configuration: Configuration
    verdict: Verdict
    level: Level
    error: ProbeError | None = None
    layers: tuple[LayerCall, ...] = ()
    parameters: int | None = None
    output_shapes: tuple[Shape, ...] = ()
    log_names: tuple[str, ...] = ()
    """Names that one training step reports (`loss`, `accuracy`, …), when they could be had."""
    new: tuple[Hyperparameter, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    data: DataKnowledge = "none"
    compiled: bool | None = None
    elapsed_ms: float = 0.0
    free: tuple[str, ...] = ()
    """Names in `configuration` whose values did not influence what happened: whoever agrees with this configuration
    on all other names reads the same names, and builds or fails in the same way, if in other sizes."""
    alike: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """Of other names the values with which it would have been the same in that sense, in any combination."""
    states: tuple[tuple[str, tuple[tuple[int, tuple[Value, ...]], ...]], ...] = ()
    """All configurations with which it would have been the same, where they are more than such a box: a decision
    diagram. Each node is a hyperparameter with the nodes that its values lead to; node 0 holds every configuration,
    the k-th of the list is node k, the last one is the root, and values that lead nowhere are outside."""
    apart: Mapping[str, Mapping[str, tuple[Value, ...]]] = field(default_factory=dict)
    """Names that only some of those read for which `states` speaks, whatever else they have in common: a name is read
    where any of these hyperparameters, which all read, has one of these values. Nothing depends on it."""
    hinges: bool = False
    """With one assumption about data that is not known it failed, with another it does not."""


Stage: TypeAlias = Literal[
    "slice", "tuner", "search", "build", "fit", "validate", "callbacks", "objective", "save", "end", "after"
]
"""Where a rehearsal was: what comes before the tuner, its constructor, the arguments of `search`, then the trial, the
end of the search, and what the file asks for after it."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What one trial of a real, small search gave at one configuration.

    `configuration` holds the values that the trial was forced to have; `values` all that it had in the end, also of
    hyperparameters that only the training declares. "unknown" says that nothing was learned: `error` tells why.
    """

    configuration: Configuration
    verdict: Verdict
    tuner: Span
    """The call that makes the tuner."""
    stage: Stage | None = None
    """Where it failed."""
    error: ProbeError | None = None
    fatal: bool = False
    """Whether the failure ends the search at once; otherwise it is that of a trial, and the search goes on."""
    trial: int = 0
    """Which trial failed, from 1; 0 where the failure is not one of a trial."""
    tolerated: int | None = None
    """The search ends once so many trials in a row have failed."""
    assumed: bool = False
    """Whether something that is not at hand was made up for it."""
    values: Configuration = field(default_factory=dict)
    hyperparameters: tuple[Hyperparameter, ...] = ()
    """The space after the trials, with what only the training declares."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What was seen while it ran; `agent/facts.py` lists it."""
    warnings: tuple[str, ...] = ()
    read: tuple[str, ...] | None = ()
    """The files and folders that it was seen to read; None where these were too many."""
    seconds: float = 0.0
    """The processor time that it took."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What training took at one configuration whose search was rehearsed.

    `step` and `memory` are what was measured, in seconds of a median step and bytes above what the process held
    before; `foretold` are the same two as the other configurations that were measured would have let expect them,
    each None where these say nothing.
    """

    configuration: Configuration
    step: float | None = None
    memory: int | None = None
    foretold: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Cost:
    """What training takes over a space, as far as rehearsals of one tuner's search tell. Every range is an interval in
    which the truth is expected: measured at its ends, or predicted and widened by the error of the prediction.

    `step` are seconds of a training step, `memory` bytes that a trial takes above what the process holds before it,
    `search` seconds of the whole search, `trials` how many it makes. Each is None where nothing supports a figure.
    """

    tuner: Span
    device: str
    batch: tuple[int, int] | None = None
    step: tuple[float, float] | None = None
    memory: tuple[float, float] | None = None
    search: tuple[float, float] | None = None
    trials: int | None = None
    spent: tuple[Spent, ...] = ()
    slots: float = 0.0
    """The least bytes of optimizer variables for each byte of weights that it trains."""
    trained: float = 1.0
    """The least share of the weights that was trained."""
    keeps: bool = False
    """Whether no measurement contradicts that a step keeps what its layers gave."""

    @property
    def errors(self) -> tuple[float | None, float | None]:
        """How far predicted steps and predicted memory were from what was measured, at worst, as a share of it."""

        def worst(place: int) -> float | None:
            pairs = [(each.foretold[place], (each.step, each.memory)[place]) for each in self.spent]
            found = [abs(told / true - 1) for told, true in pairs if told is not None and true]
            return max(found, default=None)

        return worst(0), worst(1)


@dataclass(frozen=True, slots=True)
class Card:
    """A GPU as its driver describes it: bytes of memory, and how busy it is, in percent."""

    name: str
    total: int | None = None
    free: int | None = None
    busy: int | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """The user's interpreter, as its agent sees it. `problem` is set when no probe can run, in one sentence."""

    python: str
    executable: str
    keras: str | None = None
    keras_tuner: str | None = None
    tensorflow: str | None = None
    backend: str | None = None
    devices: tuple[str, ...] = ()
    packages: Mapping[str, str | None] = field(default_factory=dict)
    """Version of each package that a search may need (tensorboard, sklearn, …); None where it is missing."""
    symbolic: bool = True
    lacks: tuple[str, ...] = ()
    """Private names of Keras and Keras Tuner that the agent looks for and that these versions do not have."""
    cards: tuple[Card, ...] = field(default=(), repr=False)
    """The NVIDIA GPUs, where their driver was asked. Like `memory` no part of what results are kept by."""
    memory: int | None = field(default=None, repr=False)
    """The bytes of memory of the machine, swap space and all."""
    gpu_unseen: str | None = None
    """Why the backend cannot use the GPU that the machine has; None where it may."""
    unfenced: str | None = None
    """Why the kernel does not keep probes off the user's files; None where it does."""
    barriers: tuple[str, ...] = ()
    """Those of `agent.guard.BARRIERS` that stand."""
    processes: Literal["fork", "spawn"] = "fork"
    """Whether each job runs in a fork of one process, or in an interpreter of its own."""
    bounds: str = ""
    """What holds a job's time, memory and processes on its system, in some words."""
    readers: Mapping[str, str] = field(default_factory=dict)
    """The environment variables that the imports of Keras and Keras Tuner read, each with the package that did."""
    elsewhere: str | None = None
    """The name of the machine or container that it runs in, where that is not the server's."""
    folders: tuple[tuple[str, str], ...] = ()
    """Folders of the server's machine, each with its path there."""
    script: Mapping[str, str] = field(default_factory=dict)
    """The variables that this interpreter was started with because the file sets them before its imports."""
    problem: str | None = None

    @property
    def has_gpu(self) -> bool:
        """Whether searches run on a GPU, as far as can be told without one's runtime."""
        return self.gpu_unseen is None and any(each != "CPU" for each in self.devices)

    @property
    def unusable(self) -> bool:
        """Whether it can probe nothing, whatever a file sets for it."""
        return self.problem is not None and not self.script


# --------------------------------------------------------------------------- space, measured


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the space is known. `space` counts its configurations, and those that differ only in a continuous
    value that cannot matter as one; None when unbounded. `probed` of them ran, and `failed` of these fail.

    An exhaustive `mode` is a proof: what did not run differs from what did only in values that were shown not to
    matter. `failing_share` is the probability that a random trial fails (exact when `mode` is exhaustive, else an
    estimate with the 95 % `interval`).
    """

    mode: Literal["exhaustive", "sampled"]
    space: int | None
    probed: int
    failed: int
    failing_share: float
    interval: tuple[float, float]
    held: Mapping[str, str] = field(default_factory=dict)
    """Hyperparameters that were not varied because they cannot matter to a build, each with the reason."""
    all_ran: bool = True
    """Whether every configuration that `space` counts was probed itself."""

    @property
    def by_inference(self) -> bool:
        """Whether it is a proof for configurations that did not run, too."""
        return self.mode == "exhaustive" and not self.all_ran

    @property
    def all_fail(self) -> bool:
        """Whether nothing that was probed builds."""
        return self.failed == self.probed > 0


class Condition(Protocol):
    """Where a target fails, such as `kernel >= 7 and blocks == 3`; `space.conditions` has the values."""

    @property
    def text(self) -> str:
        """A Python expression over the names; `hp["conv.0"] >= 5` where a name is no identifier."""

    @property
    def words(self) -> str:
        """The text for a sentence, in which long families are shortened."""

    @property
    def names(self) -> tuple[str, ...]:
        """The hyperparameters that it names."""

    def holds(self, configuration: Configuration) -> bool | None:
        """Whether it holds; a comparison of what was not read does not. None where Python would raise."""

    def over(self, hp: str) -> str:
        """A Python expression that reads every value from a HyperParameters, given as source."""

    def probability(self, hps: Mapping[str, Hyperparameter]) -> float | None:
        """That it holds in a random trial which reads all of its names; None where that is not known exactly."""


@dataclass(frozen=True, slots=True)
class Cause:
    """All failures with one cause: same place, same kind.

    `condition` holds exactly for the failing configurations among all probed ones; None when no simple one was
    found. `exact` says that it was checked against every probed configuration. `first` is the failing report shown
    to the user (the simplest).
    """

    error: ProbeError
    first: Report
    failing: tuple[Configuration, ...]
    condition: Condition | None
    exact: bool
    share: float
    building: Configuration | None = None
    """The building configuration nearest to `first`, if any builds."""

    @property
    def names(self) -> tuple[str, ...]:
        """The hyperparameters in the condition."""
        return self.condition.names if self.condition is not None else ()


@dataclass(frozen=True, slots=True)
class Fate:
    """What the known failures do to the searches of one tuner, played through with its own oracle.

    `exact` says that the one search that was played is the user's, with the seed that the file gives; otherwise
    `searches` with different seeds were. Of them `refused` did not begin because the tuner's constructor met a
    failure, `aborted` ended by failures in a row, `ended` by one that ends a search at once, `barren` finished without
    a good trial, and `left` were left where their course depends on the scores of models. `trials` and `failed` are
    means over them, the latter for each of `causes`.
    """

    tuner: Span
    searches: int
    exact: bool
    causes: tuple[ProbeError, ...]
    failed: tuple[float, ...]
    trials: float
    refused: int = 0
    aborted: int = 0
    ended: int = 0
    barren: int = 0
    left: int = 0
    decisive: ProbeError | None = None
    """The failure by which the constructor refuses."""

    def failures(self, cause: Cause) -> float | None:
        """How many trials fail by a cause; None for one that is not known here."""
        places = [place for place, error in enumerate(self.causes) if error == cause.error]
        return self.failed[places[0]] if len(places) == 1 else None


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A line of the hover: one layer of one line of code over all probed configurations.

    `shapes` are the distinct output shapes, `summary` their merged text, e.g. "(None, 20–26, 20–26, 16–64)".
    """

    span: Span | None
    layer: str
    class_name: str
    shapes: tuple[Shape, ...]
    summary: str
    parameters: tuple[int, int]


# --------------------------------------------------------------------------- findings


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces the text in `span` by `text`; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair. `verified`: the edited text was probed, the failure is gone and nothing new fails.

    `reshapes`: it is meant to change what the models that build now give, and its title says so.
    `drops`: the share of the search space that it takes away; `leaves`: the share of what is left that still fails,
    for whatever reason, where a trial told it.
    """

    title: str
    edits: tuple[Edit, ...]
    verified: bool = False
    preferred: bool = False
    kind: Literal["quickfix", "refactor"] = "quickfix"
    reshapes: bool = False
    drops: float = 0.0
    leaves: float | None = None

    @property
    def keeps(self) -> float:
        """The share of the search space that is there and builds after it, as far as that is known."""
        return (1 - self.drops) * (1 - (self.leaves or 0.0))


@dataclass(frozen=True, slots=True)
class Together:
    """The one edit that applies the preferred repairs of a text, tried as a whole; `of` lists what it was made from.

    `fix` is None where none of them passed.
    """

    fix: Fix | None
    of: tuple[tuple[Edit, ...], ...]


Repairs: TypeAlias = Callable[[], Iterable[Fix]]
"""Works out candidate repairs when somebody asks for them."""


def _nothing() -> Iterable[Fix]:
    return ()


@dataclass(frozen=True, slots=True)
class Related:
    """A place that explains a finding, e.g. the declaration of a hyperparameter."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What the user sees: a rule's code at a place, in the user's words."""

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    target: str | None = None
    condition: Condition | None = None
    configuration: Configuration | None = None
    error: ProbeError | None = None
    cause: Cause | None = None
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    repairs: Repairs = field(default=_nothing, compare=False, repr=False)
    """Gives candidate repairs, best first; none has been tried yet."""
    last_resorts: Repairs = field(default=_nothing, compare=False, repr=False)
    """Gives candidates that repair nothing, such as giving a configuration up; never the preferred ones."""
    refused: tuple[str, ...] = field(default=(), compare=False)
    """The titles of candidates that were tried in vain."""
    settled: bool = field(default=False, compare=False)
    """Whether the candidates were tried: what is in neither list then is not worth a trial."""
    said: str = ""
    """The last line of the message, where that is an exception's own text."""
    ends: bool = False
    """Whether the file ends at it before its last search, though probes and rehearsals go on without it."""

    @property
    def sentence(self) -> str:
        """The message in our own words alone."""
        return self.message.removesuffix(f"\n{self.said}") if self.said else self.message

    def with_fixes(
        self, fixes: tuple[Fix, ...], refused: tuple[str, ...] = (), settled: bool = True
    ) -> Finding:
        return replace(self, fixes=fixes, refused=refused, settled=settled)

    def candidates(self) -> Iterator[tuple[Fix, bool]]:
        """The repairs in the order in which they are to be tried, each with whether it repairs anything."""
        yield from ((fix, True) for fix in self.repairs())
        yield from ((fix, False) for fix in self.last_resorts())


@dataclass(frozen=True, slots=True)
class TargetAnalysis:
    """Everything known about one target so far."""

    target: Target
    status: Status
    reason: str | None = None
    data: DataKnowledge = "none"
    assumptions: tuple[str, ...] = ()
    assumption: int = 0
    """Which of the assumptions about missing data those are."""
    hyperparameters: tuple[Hyperparameter, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    coverage: Coverage | None = None
    layers: tuple[LayerRow, ...] = ()
    parameters: tuple[int, int] | None = None
    reports: tuple[Report, ...] = ()
    shares: tuple[float, ...] = ()
    """What each report stands for as a share of the space; device probes, which come last, stand for nothing."""
    causes: tuple[Cause, ...] = ()
    elapsed_ms: Mapping[str, float] = field(default_factory=dict)
    error: ProbeError | None = None
    """What the target needs and what could not be run, where that is why it was not probed."""
    searched: DeclaredData | None = None
    """The shapes that a search of the target was seen to be given, where no comment declares any."""
    rehearsals: tuple[Rehearsal, ...] = ()
    """What rehearsals of its tuners gave."""
    cost: Cost | None = None
    """What training takes, where rehearsals measured it."""
    rehearsals_cut: bool = False
    """There was no time for further ones, which might have come to something else, or none is to be played now."""
    fates: tuple[Fate, ...] = ()
    """What becomes of searches in which these causes strike; none where that is not known or simple to compute."""

    late: bool = False
    """It was not probed because that took longer than it may: with more time it may be."""
    unread: str = ""
    """Why the data of its searches could not be had, where that is so."""

    @property
    def step_unchecked(self) -> str | None:
        """What was not tried of the step in which its searches train, and why, in some words; None where it was taken.

        Also where something fails: nobody takes silence for a promise there.
        """
        searched = any(each.searches and not each.own_trials for each in self.target.tuners)
        built = self.status == "probed" and any(each.verdict == "ok" for each in self.reports)
        played = [each for each in self.rehearsals if each.verdict != "unknown" and each.facts.get("trials")]
        truly = any(not each.assumed for each in played)
        data = self.known_data
        if not searched or not built or truly or self.causes or (data is not None and data.y):
            return None
        tried = "tried on made-up data alone" if played else "not checked"
        return f"its training step was {tried}: {self.unread or 'the labels of the search are not known'}"

    @property
    def hinges(self) -> bool:
        """Whether some of what builds does so only with other data than is assumed."""
        return any(report.hinges for report in self.reports)

    @property
    def known_data(self) -> DeclaredData | None:
        """The shapes that the model is to be trained on, declared or read from a search; None where they are assumed."""
        return self.target.data or self.searched


@dataclass(frozen=True, slots=True)
class Analysis:
    """One document, analysed so far; `done` is False while more results are on their way."""

    module: Module
    environment: Environment | None = None
    targets: tuple[TargetAnalysis, ...] = ()
    findings: tuple[Finding, ...] = ()
    done: bool = False
    progress: str | None = None
    about: str | None = None
    """The name of the target that `progress` is about, where it is about one."""
    rehearsals: tuple[Rehearsal, ...] = ()
    """What rehearsals of all tuners gave, also of those that have no target."""
    together: Together | None = None
    """All repairs as one edit, once that was tried."""

    @property
    def preferred(self) -> tuple[tuple[Finding, Fix], ...]:
        """The findings with a repair that passed its trial and is worth applying unasked."""
        found = (
            (finding, next((fix for fix in finding.fixes if fix.verified and fix.preferred), None))
            for finding in self.findings
        )
        return tuple((finding, fix) for finding, fix in found if fix is not None)

    def given_to(self, tuner: Span) -> TargetAnalysis | None:
        """What is known of the target that the tuner made at a place is given."""
        return next((each for each in self.targets if each.target.is_given_at(tuner)), None)

    @property
    def by_name(self) -> dict[tuple[str, int], TargetAnalysis]:
        """The targets by name and by how many of that name come before: a notebook may define one often."""
        found: dict[tuple[str, int], TargetAnalysis] = {}
        for target in self.targets:
            name = target.target.name
            found[name, sum(name == other for other, _ in found)] = target
        return found


# --------------------------------------------------------------------------- what the user asks for


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for. `budget` is the time in seconds that one document may take, repairs and all.

    `fix_budget` is the most of it that repairs get; `fix_all` asks for all of them as one edit, which is tried, too.
    `processes` is how many targets are explored at a time. All limits of time count `patience` times, where what took
    too long is tried again. `on_top` gives rehearsals time of their own beside the budget, as in an editor, where
    nobody waits for them.
    """

    level: Level = "symbolic"
    budget: float = 10.0
    exhaustive: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    fix_budget: float = 8.0
    fixes_offered: int = 5
    verify_fixes: bool = True
    fix_all: bool = True
    processes: int = 1
    memory: float | None = None
    """The GB of memory of the machine or card that the searches will run on, where that is another one than this."""
    patience: float = 1.0
    on_top: bool = False
    plays: bool = True
    """Whether searches may be played now; if not, only what was played before counts."""
