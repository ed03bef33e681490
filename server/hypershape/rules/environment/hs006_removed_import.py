"""HS006."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from hypershape.fixes import edits
from hypershape.model import Analysis, Cause, Edit, Environment, Finding, Fix, Severity
from hypershape.rules.base import Example, Rule, causes
from hypershape.rules.common.declared import ANY_STAGE, matching_cause
from hypershape.rules.common.wording import listed
from hypershape.source import Code, canonical
from hypershape.source.modules import Finder, code_of, finder_of
from hypershape.source.removed import MODULES, NAMES, ONLY_IN_TENSORFLOW, module_of, nowhere

_MISSING = ("module-missing", "import-missing", "keras-attribute-missing", "attribute-missing")
_UNITS = 'model.add(layers.Dense(hp.Int("units", 1, 3)))'


class RemovedImport(Rule):
    """A module or a name that Keras 3 or keras-tuner 1.4 no longer has.

    ## What it does
    Finds imports and uses of modules such as `keras.utils.np_utils` and `keras.layers.experimental.preprocessing`
    when the interpreter has Keras 3. Imports inside `try` and `if` are left alone: they may have a substitute.

    ## Why it matters
    Code written for Keras 2 stops with an ImportError or an AttributeError before any search begins, also where another
    module of the project takes such a name: the import of that module is underlined, and the message says where it ends.

    ## Fix
    Take the name from where it is today: most went up into `keras.layers` or `keras.utils`. What is nowhere and not
    used need not be imported.
    """

    code = "HS006"
    name = "removed-import"
    severity = Severity.ERROR

    INVALID = (
        Example.layers(
            _UNITS,
            before="""
            from keras.utils import np_utils

            labels = np_utils.to_categorical([0, 1, 2])
            """,
            at="from keras.utils import np_utils",
            fixed="from keras import utils as np_utils",
        ),
        Example.layers(
            f"{_UNITS}\nmodel.add(BatchNormalization())",
            before="from keras.layers.normalization import BatchNormalization",
            at="from keras.layers.normalization import BatchNormalization",
            fixed="from keras.layers import BatchNormalization",
        ),
        Example.layers(
            f"model.add(layers.experimental.preprocessing.Rescaling(1 / 255))\n{_UNITS}",
            at="layers.experimental.preprocessing.Rescaling",
            fixed="model.add(layers.Rescaling(1 / 255))",
        ),
        Example.layers(
            _UNITS,
            before="""
            import tensorflow as tf
            from tensorflow.keras import backend as K

            K.set_session(tf.compat.v1.Session())
            """,
            at="K.set_session",
            fixed="from tensorflow.keras import backend as K\n\n\n\ndef",
        ),
        Example.layers(
            f'model.add(preprocessing.RandomFlip("horizontal"))\n{_UNITS}',
            before="from tensorflow.keras.layers.experimental import preprocessing",
            at="from tensorflow.keras.layers.experimental import preprocessing",
            fixed="from tensorflow.keras import layers as preprocessing",
        ),
        Example.layers(
            'model.add(CuDNNLSTM(hp.Int("units", 1, 3)))',
            input="(8, 2)",
            head="layers.Dense(1)",
            before="from keras.layers import CuDNNLSTM, Dense",
            at="from keras.layers import CuDNNLSTM, Dense",
            fixed="from keras.layers import LSTM as CuDNNLSTM, Dense",
        ),
        Example.layers(
            _UNITS,
            before="""
            from keras.wrappers.scikit_learn import KerasClassifier

            WRAPPED = KerasClassifier
            """,
            at="from keras.wrappers.scikit_learn import KerasClassifier",
        ),
        Example.layers(
            _UNITS,
            before="""
            from keras.utils import multi_gpu_model, to_categorical

            labels = to_categorical([0, 1, 2])
            """,
            at="from keras.utils import multi_gpu_model, to_categorical",
            fixed="from keras.utils import to_categorical",
        ),
        Example.layers(
            _UNITS,
            before="""
            from keras.preprocessing.image import ImageDataGenerator

            images = ImageDataGenerator(rescale=1 / 255)
            """,
            at="from keras.preprocessing.image import ImageDataGenerator",
            fixed="from tensorflow.keras.preprocessing.image import ImageDataGenerator",
        ),
        Example.layers(
            _UNITS,
            compile='Adam(0.1), loss="mse"',
            before="from tensorflow.keras.optimizers.legacy import Adam",
            at="from tensorflow.keras.optimizers.legacy import Adam",
            fixed="from tensorflow.keras.optimizers import Adam",
        ),
        Example.layers(
            _UNITS,
            compile='keras.optimizers.legacy.SGD(0.1), loss="mse"',
            at="keras.optimizers.legacy.SGD",
            fixed="keras.optimizers.SGD(0.1)",
        ),
        Example.layers(
            _UNITS,
            after="""
            tuner = kt.tuners.RandomSearch(build_model, "val_loss", max_trials=2, overwrite=True)
            oracle = kt.oracles.BayesianOptimization(kt.Objective("val_loss", "min"), max_trials=2)
            """,
            at="kt.oracles.BayesianOptimization",
            fixed="kt.oracles.BayesianOptimizationOracle(",
        ),
    )
    VALID = (
        Example.layers(
            _UNITS,
            before="""
            from keras.utils import to_categorical

            labels = to_categorical([0, 1, 2])

            try:
                from keras.utils import np_utils
            except ImportError:
                np_utils = keras.utils
            """,
        ),
        Example.layers(
            'model.add(CuDNNLSTM(hp.Int("units", 1, 3)))',
            input="(4, 2)",
            head="layers.Dense(1)",
            before="""
            from tensorflow.keras.preprocessing.image import ImageDataGenerator
            from tensorflow.keras.preprocessing.sequence import pad_sequences
            from tensorflow.keras.layers import LSTM as CuDNNLSTM
            """,
        ),
        Example.layers(
            _UNITS,
            before="from tensorflow.keras.optimizers.legacy import Adam",
        ),
        Example(
            """
            import keras
            import tensorflow as tf

            AUTOTUNE = tf.data.experimental.AUTOTUNE


            class Branch:
                experimental = "yes"


            def build_model(hp):
                layers = Branch()
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model if layers.experimental else None
            """
        ),
        Example(
            """
            import keras
            import keras_tuner as kt
            from keras_tuner.engine.hyperparameters import HyperParameters
            from keras_tuner.oracles import RandomSearchOracle


            def build_model(hp: HyperParameters):
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 3))])
                model.compile(loss="mse")
                return model
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        environment = analysis.environment
        if environment is None or _CHOOSES in analysis.module.clean:
            return
        code = analysis.module.code
        for node in code.nodes:
            gone = _gone(node, code, environment)
            if gone is None or _guarded(node, code) or _never_called(gone, code):
                continue
            target, cause = matching_cause(analysis, code.span(node), _MISSING, ANY_STAGE)
            if cause is None:
                target, cause = _refused_when_called(analysis, gone)
            today = f"; use {gone.today}" if gone.today else ""
            ends = _ends(node, gone, code)
            yield self.finding(
                f"{_package(gone)} has no {gone.written}{today}.{' No search begins.' if ends else ''}",
                code.span(node),
                target=target,
                cause=cause,
                repairs=partial(_taken_from_today, node, gone, code),
                ends=ends,
            )
        yield from self._elsewhere(code, environment)

    def _elsewhere(self, code: Code, environment: Environment) -> Iterator[Finding]:
        """The imports of the user's own modules that end with what is gone: a probe puts something in its place."""
        for node in code.import_statements:
            if _guarded(node, code) or code.function(node) is not None:
                continue
            found = next(_gone_behind(node, code, environment), None)
            if found is not None:
                gone, place = found
                ends = _is_before_search(node, code)
                yield self.finding(
                    f"This import ends at {place}: {_package(gone)} has no {gone.written}."
                    f"{' No search begins.' if ends else ''}",
                    code.span(node),
                    ends=ends,
                )


def _package(gone: _Gone) -> str:
    return "keras-tuner" if gone.name.startswith("keras_tuner") else "Keras 3"


def _gone_behind(
    node: ast.Import | ast.ImportFrom, code: Code, environment: Environment
) -> Iterator[tuple[_Gone, str]]:
    """What the modules of the user's that an import runs take from Keras and is no more, each with its place.

    Python runs what the disk has.
    """
    finder = finder_of(code)
    waiting = _modules(node, finder, finder.package)
    seen = {code.path}
    while waiting and len(seen) < _MOST_FILES:
        name = waiting.pop(0)
        local = finder.find(name)
        if local is None or local.file is None or str(local.file) in seen:
            continue
        seen.add(str(local.file))
        other = code_of(str(local.file), {})
        if other is None:
            continue
        if _CHOOSES in other.clean:
            return
        package = name if local.file.name == "__init__.py" else name.rpartition(".")[0]
        for each in other.import_statements:
            if _guarded(each, other) or other.function(each) is not None:
                continue
            gone = _gone(each, other, environment)
            if gone is not None and not _only_when_called(gone):
                yield gone, f"{local.file.name}, line {each.lineno}"
            waiting += _modules(each, finder, package)


def _modules(node: ast.Import | ast.ImportFrom, finder: Finder, package: str) -> list[str]:
    """The modules that an import statement may run, by their absolute names."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    name = finder.absolute(node.module, node.level, package)
    return [name, *(f"{name}.{each.name}" for each in node.names)]


def _ends(node: ast.AST, gone: _Gone, code: Code) -> bool:
    """Whether the file itself runs into what is gone, before its last search."""
    return not _only_when_called(gone) and _is_before_search(node, code)


def _is_before_search(node: ast.AST, code: Code) -> bool:
    """Whether the module level of a file comes to a node before its last search."""
    tuners = code.module.tuners
    calls = [*(each.call for each in tuners), *(call for each in tuners for call in each.searches)]
    late = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    if any(isinstance(each, late) for each in code.ancestors(node)):
        return False
    return code.span(node).line <= max((each.span.line for each in calls), default=0)


def _only_when_called(gone: _Gone) -> bool:
    """Whether a name can be had, and is refused only where it is called."""
    return module_of(gone.name) == "keras.optimizers.legacy"


def _never_called(gone: _Gone, code: Code) -> bool:
    """Whether a name is one that Keras 3 refuses only where it is called, and the file calls nothing of it."""
    if not _only_when_called(gone):
        return False
    return not any((code.imported(call.func) or "").startswith(gone.name) for call in code.calls)


def _refused_when_called(analysis: Analysis, gone: _Gone) -> tuple[str | None, Cause | None]:
    """The failure of a name that can still be imported, and that Keras 3 refuses only where it is called."""
    for target, cause in causes(analysis):
        module = cause.error.details.get("name") if cause.error.kind == "removed" else None
        if isinstance(module, str) and gone.name.startswith(f"{module}."):
            return target.target.name, cause
    return None, None


_CHOOSES = "TF_USE_LEGACY_KERAS"
"""A file that has this may run with another Keras."""

_MOST_FILES = 30
"""So many modules are read behind one import."""


@dataclass(frozen=True, slots=True)
class _Gone:
    """What is gone: its canonical name, as it is written, and where it is today under the same package."""

    name: str
    written: str
    today: str | None


def _gone(node: ast.AST, code: Code, environment: Environment) -> _Gone | None:
    """What an import statement or a dotted expression wants that is no more."""
    names: list[str] = []
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [f"{node.module}.{each.name}" for each in node.names]
    elif isinstance(node, ast.Import):
        names = [each.name for each in node.names]
    elif isinstance(node, ast.Attribute) and not isinstance(code.parents.get(node), ast.Attribute):
        written = _written(node, code)
        names = [written] if written else []
    for name in names:
        plain = canonical(name)
        if name.startswith("kerastuner") or not _is_todays(name, environment):
            continue
        module = module_of(plain)
        today: str | None = None
        if module is not None:
            place = MODULES[module]
            inner = plain[len(module) + 1 :]
            known = place is not None and (not inner or inner.split(".")[0] in place[1])
            today = f"{place[0]}.{inner}".rstrip(".") if place is not None and known else None
        elif plain in NAMES:
            today = NAMES[plain]
        elif name in ONLY_IN_TENSORFLOW:
            return _Gone(plain, name, ONLY_IN_TENSORFLOW[name])
        else:
            continue
        return _Gone(plain, name, _as_written(today, name) if today else None)
    return None


def _is_todays(name: str, environment: Environment) -> bool:
    """Whether a name belongs to a package whose version is known to lack what is listed."""
    top = name.split(".")[0]
    if top == "keras_tuner":
        return (environment.keras_tuner or "").startswith("1.4")
    if not (environment.keras or "").startswith("3"):
        return False
    if top == "keras":
        return True
    return name.startswith("tensorflow.keras") and _at_least(environment.tensorflow, 2, 16)


def _at_least(version: str | None, *wanted: int) -> bool:
    parts = (version or "").split(".")[: len(wanted)]
    return all(each.isdecimal() for each in parts) and tuple(map(int, parts)) >= wanted


def _written(node: ast.Attribute, code: Code) -> str | None:
    """The dotted name of an expression that begins with an import, its package as it is imported."""
    parts: list[str] = []
    base: ast.expr = node
    while isinstance(base, ast.Attribute):
        parts.append(base.attr)
        base = base.value
    if not isinstance(base, ast.Name) or base.id not in code.module.imports:
        return None
    bound = code.bindings.get(base.id, ())
    if not all(isinstance(each, ast.alias) for each in bound):
        return None
    name = ".".join([code.module.imports[base.id], *reversed(parts)])
    # What an import statement already names as gone is reported there, once.
    return None if module_of(canonical(code.module.imports[base.id])) else name


def _as_written(today: str, name: str) -> str:
    """`keras.layers` as `tensorflow.keras.layers` where the old name is written so."""
    return today if canonical(name) == name else name[: name.index("keras")] + today


def _guarded(node: ast.AST, code: Code) -> bool:
    """Whether a statement stands where a substitute may follow, or a version may be asked for."""
    guards = (ast.Try, ast.If, ast.IfExp, ast.With)
    return any(isinstance(each, guards) for each in code.ancestors(node))


def _taken_from_today(node: ast.AST, gone: _Gone, code: Code) -> Iterator[Fix]:
    taken = _edits(node, gone, code)
    if taken:
        yield Fix(f"Take it from where it is today: {gone.today}", taken)
    elif isinstance(node, ast.ImportFrom):
        yield from _left_out(node, code)
    else:
        yield from _not_called(node, gone, code)


def _not_called(node: ast.AST, gone: _Gone, code: Code) -> Iterator[Fix]:
    """The file without a call of what is nowhere, where that is made for its effect alone."""
    call = code.parents.get(node)
    statement = code.parents.get(call) if isinstance(call, ast.Call) and call.func is node else None
    if gone.today is None and isinstance(statement, ast.Expr):
        edit = edits.remove_statement(code.module, code.span(statement))
        if edit is not None:
            yield Fix(f"Do not call {gone.written}", (edit,))


def _left_out(node: ast.ImportFrom, code: Code) -> Iterator[Fix]:
    """The import without what is nowhere, where the file makes nothing of it."""
    lost = [each for each in node.names if (each.asname or each.name) in set(nowhere(node))]
    words = code.document.text
    if not lost or any(len(re.findall(rf"\b{each.asname or each.name}\b", words)) > 1 for each in lost):
        return
    title = f"Do not import {listed(each.name for each in lost)}, which nothing here uses"
    edit = None
    if len(lost) == len(node.names):
        edit = edits.remove_statement(code.module, code.span(node))
    elif len(lost) == 1:
        spans = [code.span(each) for each in node.names]
        edit = edits.remove_item(code.module, spans, node.names.index(lost[0]))
    if edit is not None:
        yield Fix(title, (edit,))


def _edits(node: ast.AST, gone: _Gone, code: Code) -> tuple[Edit, ...]:
    """The edits that take everything a statement or expression wants from where it is today."""
    if gone.today is None:
        return ()
    package, _, last = gone.today.rpartition(".")
    source = code.source(node)
    if isinstance(node, ast.Attribute) and gone.name in NAMES:
        # `kt.oracles.RandomSearch` and its successor stand in one module: what comes before the name stays.
        same = gone.name.rpartition(".")[0] == canonical(package)
        return (Edit(code.span(node), f"{source.rpartition('.')[0]}.{last}"),) if same else ()
    if isinstance(node, ast.Attribute) and module_of(gone.name) == "keras.optimizers.legacy":
        return (Edit(code.span(node), source.replace(".legacy.", ".", 1)),)
    if isinstance(node, ast.Attribute):
        module = module_of(gone.name)
        inner = (module or "").removeprefix("keras.layers.")
        if module is None or not module.startswith("keras.layers.") or f".{inner}." not in source:
            return ()
        return (Edit(code.span(node), source.replace(f".{inner}.", ".", 1)),)
    if not isinstance(node, ast.ImportFrom) or node.module is None:
        return ()
    if canonical(node.module) in MODULES and module_of(gone.name) == canonical(node.module):
        place = MODULES[canonical(node.module)]
        if place is None or not all(each.name in place[1] for each in node.names):
            return ()
        return (Edit(code.span(node), source.replace(node.module, package, 1)),)
    if module_of(gone.name) == gone.name:
        (alias,) = node.names if len(node.names) == 1 else (None,)
        place = MODULES[gone.name]
        bound = (alias.asname or alias.name) if alias is not None else ""
        if place is None or not _uses(bound, code) <= place[1]:
            return ()
        return (Edit(code.span(node), f"from {package} import {last} as {bound}"),)
    if gone.written in ONLY_IN_TENSORFLOW:
        return (
            (Edit(code.span(node), source.replace(node.module, package, 1)),) if len(node.names) == 1 else ()
        )
    alias = next(each for each in node.names if f"{node.module}.{each.name}" == gone.written)
    renamed = f"{last} as {alias.asname or alias.name}"
    return (Edit(code.span(alias), renamed),)


def _uses(bound: str, code: Code) -> set[str]:
    """The attributes that are read of a name; an empty string stands for a use of the name itself."""
    return {
        parent.attr if isinstance(parent := code.parents.get(node), ast.Attribute) else ""
        for node in code.nodes
        if isinstance(node, ast.Name) and node.id == bound
    }
