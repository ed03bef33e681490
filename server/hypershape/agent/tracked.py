"""Layers, operations and tensors whose arguments and sizes are tokens: what they do is looked up at all values.

Each value is asked of `Memory` itself, so that nothing is known here that a run with plain values would not find.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import agreement, origins, symbols
from .limits import Bound
from .origins import Token, Tracker
from .states import Related, Relating, Unrelated, entangled
from .trials import TooLong, Trial

SECONDS = 2.0
"""Processor time that the trials of one run may take."""


class CHOICE:
    """In the place of a class: one of several layers, each as what it is made of; the arguments are the choice and these."""


Varied = Optional[Tuple[Any, ...]]
"""The shapes and dtypes of what a call gives, with tokens for sizes; None where no size varies."""


class Tracks:
    """The trials of one process, and the run that is being tracked."""

    def __init__(self, memory: Any) -> None:
        self._memory = memory
        self._known: Dict[Any, Any] = {}
        self._accepted: Dict[Any, bool] = {}
        self.tracker: Tracker = Tracker()
        self._bound = Bound(0.0)
        self._hasty = False
        self.too_long = False
        """The last tracked run ended because its trials took too long."""

    def begin(self, relating: bool = False, hasty: bool = False) -> Tracker:
        """A new run; `hasty` ends it as one that takes too long once it is better followed by relations."""
        self.tracker = Relating() if relating else Tracker()
        self.tracker.meets_again = self._memory.joins.meet
        self.tracker.called = self._memory.joins.called
        self._hasty = hasty
        self._bound = Bound(SECONDS)
        self.too_long = False
        return self.tracker

    # ------------------------------------------------------------------ structures

    def present(self, value: Any) -> Any:
        """The same arguments with the present values of tokens."""
        return self._plain(value, lambda token: self.tracker.at(token, {}))

    def settled(self, value: Any) -> Any:
        """The same, where the run depends on them."""
        return self._plain(value, self.tracker.settle)

    def _plain(self, value: Any, change: Callable[[Token], Any]) -> Any:
        def plain(leaf: Any) -> Any:
            if type(leaf) is symbols.Made:
                return _made(leaf, plain)
            if type(leaf) is symbols.Sealed:
                return leaf.with_specs(lambda spec: origins.mapped(spec, plain))
            return change(leaf) if type(leaf) is Token else leaf

        return origins.mapped(value, plain)

    def values_of(self, token: Token) -> Set[Any]:
        """What a token may be."""
        return {*self.tracker.restricted(token)[1].values()}

    def tokens(self, value: Any) -> List[Token]:
        """The tokens in arguments, in the sizes of tensors, and in the arguments of layers."""
        found: List[Token] = []
        self._collect(value, found)
        return found

    def _collect(self, value: Any, found: List[Token]) -> None:
        kind = type(value)
        if kind is Token:
            found.append(value)
        elif kind in (list, tuple):
            for each in value:
                self._collect(each, found)
        elif kind is dict:
            for each in value.values():
                self._collect(each, found)
        elif kind is slice:
            self._collect((value.start, value.stop, value.step), found)
        elif kind is symbols.Made:
            self._collect(value.arguments, found)
        elif kind is symbols.Sealed:
            self._collect((value.given, value.made), found)
        elif kind in (symbols.Tensor, symbols.Layer) and value.varied is not None:
            self._collect(value.varied, found)

    def at(self, value: Any, here: Dict[str, int]) -> Any:
        """The same arguments at an assignment."""
        return origins.mapped(value, lambda leaf: self._leaf_at(leaf, here))

    def _leaf_at(self, leaf: Any, here: Dict[str, int]) -> Any:
        kind = type(leaf)
        if kind is Token:
            return self.tracker.at(leaf, here)
        if kind is symbols.Made:
            return _made(leaf, lambda inner: self._leaf_at(inner, here))
        if kind is symbols.Sealed:
            return leaf.with_specs(lambda spec: self.at(spec, here))
        if kind is symbols.Tensor and leaf.varied is not None:
            return symbols.Tensor(self._memory, self.at(leaf.varied, here), leaf.layer, leaf.parents)
        if kind is symbols.Layer:
            # Whoever wraps it owns it: each trial has one of its own.
            made_of = leaf.kind if leaf.varied is None else self._kind_at(leaf.varied, here)
            return symbols.Layer(self._memory, made_of, leaf.name, leaf.made)
        return leaf

    def _kind_at(self, varied: Any, here: Dict[str, int]) -> Any:
        cls, args, kwargs = varied
        if cls is CHOICE:
            choice, ways = args
            return self._kind_at(ways[self.at(choice, here)], here)
        return self._memory.kind_of(*self.at((cls, args, kwargs), here))

    def are_equal(self, one: Any, other: Any) -> bool:
        """Whether two structures are equal at each assignment."""
        return bool(self._template(one) == self._template(other))

    def _template(self, value: Any) -> Any:
        """Equal for structures that are equal at each assignment."""
        kind = type(value)
        if kind is Token:
            return "token", origins.identity(self.tracker, value)
        if kind in (list, tuple):
            return (kind, *[self._template(each) for each in value])
        if kind is dict:
            return (dict, *[(name, self._template(each)) for name, each in value.items()])
        if kind is slice:
            return (slice, *[self._template(each) for each in (value.start, value.stop, value.step)])
        if kind is symbols.Made:
            return "made", value.cls, self._template(value.arguments)
        if kind is symbols.Sealed:
            return "sealed", value.cls, self._template((value.given, value.made))
        if kind is symbols.Tensor:
            return "tensor", value.spec if value.varied is None else self._template(value.varied)
        if kind is symbols.Layer:
            return "layer", id(value.kind) if value.varied is None else self._template(value.varied)
        if isinstance(value, type):
            return value
        return self._memory.plain_key(value)

    # ------------------------------------------------------------------ what memory asks

    def layer(self, cls: Any, args: Any, kwargs: Any) -> Optional[Tuple[Any, Any, Any]]:
        """What a layer is made of, if that varies. The run depends on what decides whether it can be made."""
        tokens = self.tokens((cls, args, kwargs))
        if not self.tracker.live(tokens):
            return None

        def kind_at(here: Dict[str, int]) -> Any:
            kind = self._kind_at((cls, args, kwargs), here)
            if kind.refuses is not None:
                return ("made", kind.cls.__name__, kind.refuses), ()
            # Names that it gives away for parts of its own decide nothing, nor does its own where the class is chosen.
            return (kind.named, () if type(cls) is Token else kind.counts[:1], kind.input_shape), ()

        self._try(("layer", self._template((cls, args, kwargs))), tokens, kind_at)
        return cls, args, kwargs

    def accepted(self, what: Any, given: Any, make: Callable[[Any], Any]) -> None:
        """The run depends on what decides whether something can be made of its arguments, and on nothing else."""
        tokens = self.tokens(given)
        if not self.tracker.live(tokens):
            return

        def made_at(here: Dict[str, int]) -> Any:
            present = self.at(given, here)
            key = what, self._plain_key(present)
            if key[1] is None or key not in self._accepted:
                self._accepted[key] = self.is_made(make, present)
            return ("made" if self._accepted[key] else "refused",), ()

        self._try(("accepted", what, self._template(given)), tokens, made_at)

    def _plain_key(self, value: Any) -> Any:
        """The key of an argument, or None where it is not known what decides about it."""
        memory, broken = self._memory, self._memory.broken
        try:
            return memory.plain_key(value)
        except symbols.Unknown:
            memory.broken = broken
            return None

    def is_made(self, make: Callable[[Any], Any], given: Any) -> bool:
        """Whether Keras itself makes something of arguments, without stand-ins."""
        memory = self._memory
        memory.active = False
        try:
            make(given)
            return True
        except Exception:
            return False
        finally:
            memory.active = True

    def call(self, layer: Any, args: Any, kwargs: Any, earlier: Any) -> Varied:
        """What a layer gives on tensors at all values, after it was called on others."""
        memory = self._memory

        def result_at(here: Dict[str, int]) -> Any:
            kind = self._kind_of(layer, here)
            given = self.at(args, here), self.at(kwargs, here), self.at(earlier, here)
            known, call = memory.known_result(kind, *given)
            form, sizes = self._foretold(known, call, lambda: memory.result_of(kind, *given))
            if is_chosen(layer) and (form[0] == "refused" or form[2]):
                # What refuses is told.
                form = (*form, kind.cls.__name__)
            return form, sizes

        tokens = self.tokens((layer, args, kwargs, earlier))
        return self._explore("call", tokens, (layer, args, kwargs, earlier), result_at)

    def build(self, layer: Any, shape: Any) -> None:
        """The run depends on what decides whether a layer can be built on a shape."""
        memory, tokens = self._memory, self.tokens((layer, shape))
        if not self.tracker.live(tokens):
            return

        def refusal_at(here: Dict[str, int]) -> Any:
            return ("built", memory.refusal_of_build(self._kind_of(layer, here), self.at(shape, here))), ()

        self._try(("build", self._template((layer, shape))), tokens, refusal_at)

    def shape_from(self, layer: Any, shape: Any) -> Varied:
        """The shape that a layer makes of another, as that of a tensor, at all values."""
        memory = self._memory

        def shape_at(here: Dict[str, int]) -> Any:
            spec = memory.spec_from(self._kind_of(layer, here), self.at(shape, here))
            return (("unknown",), ()) if spec is None else split(spec)

        return self._explore("shape", self.tokens((layer, shape)), (layer, shape), shape_at)

    def _kind_of(self, layer: Any, here: Dict[str, int]) -> Any:
        return layer.kind if layer.varied is None else self._kind_at(layer.varied, here)

    def operate(self, operation: Any, args: Any, kwargs: Any) -> Varied:
        """What an operation gives on tensors at all values."""
        memory = self._memory

        def result_at(here: Dict[str, int]) -> Any:
            made = self.operation(operation, lambda value: self.at(value, here))
            given = self.at(args, here), self.at(kwargs, here)
            known, call = memory.known_result_of_operation(made, *given)
            return self._foretold(known, call, lambda: memory.result_of_operation(made, *given))

        config = memory.config_of(operation)
        tokens = self.tokens((config, args, kwargs))
        return self._explore(type(operation), tokens, (config, args, kwargs), result_at)

    def operation(self, operation: Any, change: Callable[[Any], Any]) -> Any:
        """The same operation with other arguments."""
        made = object.__new__(type(operation))
        vars(made).update({name: change(value) for name, value in vars(operation).items()})
        return made

    def input_spec(self, arguments: Dict[str, Any]) -> Varied:
        """The shape and dtype of an input at all values."""
        memory = self._memory

        def spec_at(here: Dict[str, int]) -> Any:
            return split(memory.input_spec_of(self.at(arguments, here)))

        return self._explore("input", self.tokens(arguments), arguments, spec_at)

    def agree(self, question: Any, tensors: Any, answer: Callable[[Any], Any]) -> None:
        """The run depends on what decides the answer to a question about some tensors, which are given by their specs,
        and some values."""
        tokens = self.tokens(tensors)
        if not self.tracker.live(tokens):
            return

        def answered_at(here: Dict[str, int]) -> Any:
            given = self.at(tensors, here)
            return answer([each.spec if type(each) is symbols.Tensor else each for each in given]), ()

        self._try((question, self._template(tensors)), tokens, answered_at)

    def depend_on_sizes(self, tensors: Any) -> None:
        """The run depends on the sizes of some tensors."""
        for tensor in tensors:
            if tensor.varied is not None:
                self.settled(tensor.varied)

    def _foretold(self, known: Any, call: Optional[agreement.Call], ask: Callable[[], Any]) -> Any:
        """The outcome of a call, which is made only where calls like it do not tell it."""
        foretelling = self._memory.foretelling[self._memory.objects.is_late()]
        if known is None and call is not None:
            foretold = foretelling.outcome(call)
            if foretold is not None:
                return foretold
        result = ask() if known is None else known
        outcome = self._outcome(result)
        if call is not None:
            passed = outcome[0][0] != "refused" and not result.refuses
            if not foretelling.add(call, outcome, passed):
                # What was concluded from calls like it may be wrong as well.
                self._known.clear()
                self.tracker.dependable = False
        return outcome

    def _outcome(self, result: Any) -> Any:
        """What must be the same at all values that are one case, and the sizes of the outputs."""
        if self._memory.ends_here(result):
            return ("refused", result.raises), ()
        form, sizes = split(result.outputs)
        inside = tuple((call["class_name"], call["span"] and call["span"]["line"]) for call in result.inner)
        return (*form, result.doubtful, result.refuses, result.mixes, inside), sizes

    def _explore(self, what: Any, tokens: List[Token], given: Any, at: Callable[..., Any]) -> Varied:
        if not self.tracker.live(tokens):
            return None
        where = self._memory.objects.is_late()
        form, sizes = self._try((what, where, self._template(given)), tokens, at)
        if form is None:
            return None
        varied = joined(form, iter(sizes))
        return varied if self.tracker.live(self.tokens(varied)) else None

    def _try(self, key: Any, tokens: List[Token], at: Callable[..., Any]) -> Any:
        """What all values have in common, and the sizes; the run depends on what decides about the first."""
        memory, tracker = self._memory, self.tracker
        present = tracker.present
        if isinstance(tracker, Relating):
            return self._relate(tracker, (key, memory.settings_now()), tokens, at)
        if self._hasty and entangled(tracker):
            self.too_long = True
            raise symbols.unknown(memory)
        known = self._known.setdefault((key, memory.settings_now()), [])
        # What was found at other values holds for these, too, if they agree on what matters.
        for box, form, sizes in known:
            if all(present[name] in places for name, places in box.items()):
                tracker.narrow_all(box)
                return form, [self._again(size, tokens) for size in sizes]

        try:
            trial = Trial(tracker, tokens, self._guarded(at), self._bound)
            box, sizes = trial.run()
        except TooLong:
            self.too_long = True
            raise symbols.unknown(memory) from None
        form = _accepted(trial.form)
        tracker.narrow_all(box)
        made = [self._size(size, tokens) for size in sizes]
        kept = [self._kept(size, value) for size, value in zip(sizes, made)]
        known.append(({name: frozenset(places) for name, places in box.items()}, form, kept))
        return form, made

    def _relate(self, tracker: Relating, key: Any, tokens: List[Token], at: Callable[..., Any]) -> Any:
        """The same where relations are noted."""
        known = self._known.setdefault(("related", *key), [])
        case = next((each for each in known if self._is_within(each[:2])), None)
        if case is None:
            try:
                trial = Related(tracker, tokens, self._guarded(at), self._bound)
                case = (*trial.relation(), _accepted(trial.form))
            except (TooLong, Unrelated) as error:
                self.too_long = isinstance(error, TooLong)
                raise symbols.unknown(self._memory) from None
            known.append(case)
        names, keys, sizes, form = case
        made = [self._size(size, tokens) for size in sizes]
        tracker.relate(names, keys)
        return form, made

    def _is_within(self, relation: Any) -> bool:
        names, keys = relation
        return tuple([self.tracker.present[name] for name in names]) in keys

    def _guarded(self, at: Callable[..., Any]) -> Callable[[Dict[str, int]], Any]:
        memory = self._memory

        def guarded(here: Dict[str, int]) -> Any:
            broken = memory.broken
            try:
                return at(here)
            except symbols.Unknown:
                memory.broken = broken
                return ("unknown",), ()

        return guarded

    def _kept(self, size: Any, value: Any) -> Any:
        """What a size is made from again: its table, unless it was reduced to a set under a name of this run."""
        if type(value) is not Token:
            return value
        names, table = self.tracker.restricted(value)
        return size if any(name.startswith("#") for name in names) else ("known", names, table)

    def _again(self, size: Any, tokens: List[Token]) -> Any:
        if type(size) is tuple and size[0] == "known":
            return Token(self.tracker, size[1], size[2])
        return self._size(size, tokens)

    def _size(self, size: Any, tokens: List[Token]) -> Any:
        """A size as what it is in this run: a number or a token."""
        if type(size) is not tuple:
            return size
        tracker = self.tracker
        if size[0] == "table":
            made = tracker.token(size[1], size[2])
        elif size[0] == "product":
            made = tracker.product_of(size[2], [tokens[i] for i in size[1]])
        else:
            made = tracker.sum_of([(factor, tokens[i]) for factor, i in size[1]], size[2])
        return tracker.few(tracker.projected(made))


def is_chosen(layer: Any) -> bool:
    """Whether other configurations that a run speaks for may have a layer of another class in its place."""
    return layer.varied is not None and (layer.varied[0] is CHOICE or type(layer.varied[0]) is Token)


def _accepted(form: Any) -> Any:
    return None if form[0] in ("refused", "unknown") else form[0]


def _made(part: Any, change: Callable[[Any], Any]) -> Any:
    """A part of Keras made of its arguments, once they are changed."""
    args, kwargs = origins.mapped(part.arguments, change)
    return part.cls(*args, **kwargs)


def split(spec: Any) -> Tuple[Any, Tuple[int, ...]]:
    sizes: List[int] = []
    form = _without_sizes(spec, sizes)
    return (form,), tuple(sizes)


def _without_sizes(spec: Any, sizes: List[int]) -> Any:
    if spec[0] == "t":
        sizes += [size for size in spec[1] if size is not None]
        return ("t", tuple(None if size is None else 0 for size in spec[1]), *spec[2:])
    if spec[0] is dict:
        return dict, tuple((name, _without_sizes(each, sizes)) for name, each in spec[1])
    return spec[0], tuple(_without_sizes(each, sizes) for each in spec[1])


def joined(form: Any, sizes: Any) -> Any:
    if form[0] == "t":
        return ("t", tuple(None if size is None else next(sizes) for size in form[1]), *form[2:])
    if form[0] is dict:
        return dict, tuple((name, joined(each, sizes)) for name, each in form[1])
    return form[0], tuple(joined(each, sizes) for each in form[1])
