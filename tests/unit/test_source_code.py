"""One reader of a text: it reads once, and every step gets the same answer to what a name is."""

from __future__ import annotations

import ast
import builtins
import gc
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import libcst
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hypershape import rules, source
from hypershape.model import Analysis, Document, Module
from hypershape.space.held import cannot_matter

CORPUS = Path(__file__).parents[1] / "corpus" / "files"

MODEL = """
import keras
import keras_tuner as kt


def block(x, units):
    return keras.layers.Dense(units)(x)


def build_model(hp):
    x = inputs = keras.Input((4,))
    for i in range(hp.Int("depth", 1, 4, step=2)):
        x = block(x, hp.Int(f"units_{i}", 8, 30, step=8))
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-2)), loss="mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=5, directory="d")
tuner.search(x, y, epochs=2)
"""


def analysed(text: str) -> Module:
    return source.analyse(source.from_text("model.py", dedent(text)))


def codes(module: Module) -> list[str]:
    return [each.code for each in rules.findings(Analysis(module))]


def origins(module: Module, *written: str) -> list[str | None]:
    """What the last place where each text stands is, by its imports."""
    code = module.code
    return [
        code.imported([n for n in code.nodes if isinstance(n, ast.expr) and code.source(n) == each][-1])
        for each in written
    ]


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every text that is parsed meanwhile, by whichever parser."""
    parsed: list[str] = []
    real, real_cst = builtins.compile, libcst.parse_module

    def compile_counted(text: Any, *arguments: Any, **named: Any) -> Any:
        flags = named.get("flags", arguments[2] if len(arguments) > 2 else 0)
        if flags & ast.PyCF_ONLY_AST and isinstance(text, str):
            parsed.append(text)
        return real(text, *arguments, **named)

    def parse_counted(text: str, *arguments: Any, **named: Any) -> Any:
        parsed.append(text)
        return real_cst(text, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "compile", compile_counted)
        patch.setattr(libcst, "parse_module", parse_counted)
        yield parsed


@pytest.mark.parametrize("name", ["MODEL", *sorted(path.name for path in CORPUS.glob("*.py"))])
def test_a_text_is_parsed_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rules.all_rules()
    document = source.from_text("model.py", MODEL) if name == "MODEL" else source.read(CORPUS / name)
    with counted(monkeypatch) as parsed:
        module = source.analyse(document)
        found = rules.findings(Analysis(module))
        for target in module.targets:
            cannot_matter(module, target)
    assert found or name != "MODEL"
    if not module.broken and not module.code.magics:
        assert [text for text in parsed if len(text) == len(document.text)] == [document.text]
        assert len(set(parsed)) == len(parsed)


def test_a_text_that_is_known_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = analysed(MODEL)
    with counted(monkeypatch) as parsed:
        again = source.analyse(source.from_text("model.py", first.document.text), previous=first)
        assert codes(again) == codes(first)
    assert parsed == []


def test_repairs_parse_each_statement_once_and_the_text_never(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = Analysis(analysed(MODEL))
    found = rules.findings(analysis)
    with counted(monkeypatch) as parsed:
        fixes = [fix for finding in found for fix in finding.repairs()]
        fixes += [fix for finding in found for fix in finding.repairs()]
    assert fixes
    statements = [text for text in parsed if text in MODEL and "\n" in text.strip()]
    assert statements and len(set(statements)) == len(statements)
    assert MODEL not in parsed


# Is it a HyperParameters object?

BUILD = """
import keras, keras_tuner as kt
def build({parameter}):
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense({name}.Int("units", 8, 30, step=8))])
    m.compile(loss="mse", optimizer="adam")
    return m
"""


@pytest.mark.parametrize(
    "parameter", ["hp", "hps", "params", "h", "h: kt.HyperParameters", "h: 'kt.HyperParameters'"]
)
def test_targets_and_rules_agree_on_a_parameter_that_is_declared_through(parameter: str) -> None:
    name = parameter.partition(":")[0]
    module = analysed(BUILD.format(parameter=parameter, name=name))
    assert [target.name for target in module.targets] == ["build"]
    assert [call.kind for call in module.code.hp_calls] == ["Int"]
    assert "HS103" in codes(module)


@pytest.mark.parametrize("parameter", ["hp: dict", "hp: Dict[str, int]"])
def test_a_parameter_annotated_as_something_else_is_none(parameter: str) -> None:
    module = analysed(BUILD.format(parameter=parameter, name="hp"))
    assert module.targets == () and list(module.code.hp_calls) == []


def test_a_method_of_the_files_own_class_declares_no_hyperparameter() -> None:
    module = analysed("""
        class Space:
            def Int(self, name, low, high, step): return low
        def width(space):
            return space.Int("units", 8, 30, step=8)
    """)
    assert list(module.code.hp_calls) == [] and "HS103" not in codes(module)


@pytest.mark.parametrize(
    "call",
    ["block(x, params)", "block(x=x, h=params)", "(lambda q: block(x, q))(params) or block(x, params)"],
)
def test_an_object_that_is_passed_on_stays_one(call: str) -> None:
    module = analysed(f"""
        import keras, keras_tuner as kt
        def block(x, h):
            name = "kernel"
            return keras.layers.Conv2D(4, h.Int(name, 3, 12, step=2))(x)
        def make(params):
            x = inputs = keras.Input((28, 28, 1))
            return keras.Model(inputs, {call})
        tuner = kt.RandomSearch(make, objective="val_loss")
    """)
    assert [target.name for target in module.targets] == ["make"]
    assert [call.kind for call in module.code.hp_calls] == ["Int"]
    assert "HS103" in codes(module)


def test_an_object_passed_on_to_methods_and_constructors_stays_one() -> None:
    module = analysed("""
        import keras, keras_tuner as kt
        class Body:
            def __init__(self, h): self.width = h.Int(WIDTH, 8, 30, step=8)
        class Mine(kt.HyperModel):
            def rate(self, q): return q.Int(RATE, 1, 4, step=2)
            def build(self, h):
                body, rate = Body(h), self.rate(q=h)
                return keras.Sequential([keras.layers.Dense(body.width)])
        WIDTH, RATE = "width", "rate"
        tuner = kt.RandomSearch(Mine(), objective="val_loss")
    """)
    assert len(module.code.hp_calls) == 2


def test_the_object_made_outside_is_one_wherever_its_class_is_imported_from() -> None:
    for line, made in (
        ("import keras_tuner as kt", "kt.HyperParameters()"),
        ("import kerastuner", "kerastuner.HyperParameters()"),
        ("from keras_tuner.engine.hyperparameters import HyperParameters as Space", "Space()"),
        ("import keras_tuner.engine.hyperparameters as hps", "hps.HyperParameters()"),
        ("from keras_tuner import *", "HyperParameters()"),
    ):
        module = analysed(f"{line}\nspace = {made}\nsame = space\nsame.Int('units', 8, 30, step=8)\n")
        assert [call.kind for call in module.code.hp_calls] == ["Int"], line


def test_a_module_called_hps_is_no_object() -> None:
    module = analysed("import keras_tuner.engine.hyperparameters as hps\nhps.Int('units', 8, 30, step=8)\n")
    assert list(module.code.hp_calls) == []


def test_a_name_that_a_nested_function_binds_anew_is_judged_by_that_binding() -> None:
    module = analysed("""
        def build(hp):
            def inner(hp: dict): return hp.Int("a", 1, 8, step=4)
            def closure(): return hp.Int("b", 1, 8, step=4)
            return inner(SETTINGS), closure()
    """)
    assert [module.code.source(call.arguments["name"]) for call in module.code.hp_calls] == [
        "'b'".replace("'", '"')
    ]


# What is `tensorflow.keras`?


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("import keras", "keras.layers.Dense"),
        ("import tensorflow as tf", "tf.keras.layers.Dense"),
        ("import tensorflow.keras as K", "K.layers.Dense"),
        ("from tensorflow import keras as K", "K.layers.Dense"),
        ("from tensorflow.keras import layers as L", "L.Dense"),
        ("from tensorflow.python.keras.layers import Dense as D", "D"),
        ("import tensorflow.compat.v2 as tf", "tf.keras.layers.Dense"),
        ("from keras.api.layers import Dense", "Dense"),
        ("from tensorflow.keras.layers import *", "Dense"),
        (
            "try:\n    from tensorflow import keras\nexcept ImportError:\n    import keras",
            "keras.layers.Dense",
        ),
    ],
)
def test_keras_has_one_name_wherever_it_is_imported_from(line: str, written: str) -> None:
    module = analysed(f"""{line}
def build(hp):
    rate = hp.Float("rate", 0.1, 0.5)
    return {written}(4, kernel_initializer="zeros", name=rate)
""")
    assert origins(module, written) == ["keras.layers.Dense"]


@pytest.mark.parametrize(
    "line", ["import keras", "import tensorflow as tf\nkeras = tf.keras", "from tensorflow import keras"]
)
def test_what_cannot_matter_and_what_rules_see_is_the_same_keras(line: str) -> None:
    module = analysed(f"""{line}
def build(hp):
    model = keras.Sequential([keras.layers.Dense(4), keras.layers.Dropout(hp.Float("rate", 0.1, 0.5))])
    model.compile("adam", "mse")
    return model
""")
    held = dict(cannot_matter(module, module.targets[0]))
    assert held == ({} if "tf.keras" in line else {"rate": "a dropout rate changes no shape"})


def test_an_import_inside_a_function_counts_there_alone() -> None:
    module = analysed("""
        L = object()
        def build(hp):
            from keras import layers as L
            return L.Dense(1)
        other = L.Dropout(1)
    """)
    assert origins(module, "L.Dense", "L.Dropout") == ["keras.layers.Dense", None]


def test_a_parameter_hides_the_import_of_its_name() -> None:
    module = analysed("""
        from keras import layers
        def stack(layers): return layers.Dense(1)
        def build(hp, size=layers.Dropout): return layers.Flatten(), size
    """)
    assert origins(module, "layers.Dense", "layers.Dropout", "layers.Flatten") == [
        None,
        "keras.layers.Dropout",
        "keras.layers.Flatten",
    ]


def test_an_import_that_may_fail_keeps_its_meaning_and_is_not_certain() -> None:
    module = analysed("""
        try:
            import keras_tuner as kt
        except ImportError:
            kt = None
        tuner = kt.RandomSearch
    """)
    node = next(n for n in module.code.every(ast.Attribute) if n.attr == "RandomSearch")
    assert module.code.imported(node) == "keras_tuner.RandomSearch"
    assert module.code.certainly(node) == frozenset()


def test_two_star_imports_leave_a_name_open() -> None:
    module = analysed("from keras.layers import *\nfrom mine import *\nx = Dense(1)\n")
    assert origins(module, "Dense") == [None]


def test_a_tuner_is_one_wherever_its_class_is_imported_from() -> None:
    for line, made in (
        ("import keras_tuner", "keras_tuner.tuners.RandomSearch"),
        ("from kerastuner.tuners import RandomSearch as R", "R"),
        ("from keras_tuner.src.tuners.randomsearch import RandomSearch", "RandomSearch"),
        ("from keras_tuner import *", "RandomSearch"),
    ):
        module = analysed(f"{line}\ntuner = {made}(build, objective='loss', max_trials=3)\n")
        assert [each.call.name for each in module.tuners] == ["keras_tuner.RandomSearch"], line


def test_a_global_is_the_modules_name() -> None:
    module = analysed("""
        def load():
            global kt
            import keras_tuner as kt
        load()
        tuner = kt.RandomSearch
    """)
    assert origins(module, "kt.RandomSearch") == ["keras_tuner.RandomSearch"]


def test_names_that_are_defined_twice_are_told_apart_by_their_order() -> None:
    module = analysed(BUILD.format(parameter="hp", name="hp") + BUILD.format(parameter="h", name="h"))
    assert [each.lineno for each in module.code.defined["build"]] == [3, 9]
    assert [call.span.line for call in module.code.hp_calls] == [4, 10]
    assert codes(module).count("HS103") == 2


def test_a_repair_uses_a_name_that_the_module_imports_and_not_one_of_another_function() -> None:
    module = analysed("""
        def load():
            import keras_tuner as hidden
        from tensorflow import keras as K
        from kerastuner.engine.objective import Objective as Goal
    """)
    code = module.code
    assert (code.imported_as("keras_tuner"), code.imported_as("keras")) == (None, "K")
    assert code.imported_as("keras_tuner.Objective") == "Goal"


# What an edit leaves as it was.


NOTEBOOK = (
    "import keras, keras_tuner as kt\n%matplotlib inline\n",
    "%%bash\nls\n",
    "!pip install keras\n%time a = 1\n",
)


def same_as_read_anew(before: str, after: str, cells: Sequence[str] = ()) -> bool:
    """Whether a text that was edited is read as one that nothing was known of; says whether nodes were shared."""

    def document(text: str) -> Document:
        if not cells:
            return source.from_text("model.py", text)
        return source.from_notebook("model.ipynb", list(enumerate([*cells, text])))

    known = source.analyse(document(before))
    edited = source.analyse(document(after), previous=known)
    anew = source.analyse(document(after))
    assert ast.dump(edited.code.tree, include_attributes=True) == ast.dump(
        anew.code.tree, include_attributes=True
    )
    assert (edited.code.clean, edited.broken, edited.code.magics) == (
        anew.code.clean,
        anew.broken,
        anew.code.magics,
    )
    if not anew.broken:
        assert (edited.targets, edited.tuners) == (anew.targets, anew.tuners)
        assert codes(edited) == codes(anew)
    for kept, new in zip(edited.code.nodes, anew.code.nodes, strict=True):
        scopes = edited.code.scope(kept), anew.code.scope(new)
        assert [getattr(each, "name", type(each)) for each in scopes] == [
            getattr(scopes[1], "name", type(scopes[1]))
        ] * 2
    shared = set(map(id, known.code.nodes)) & set(map(id, edited.code.nodes))
    return len(shared) > 5


def test_a_statement_that_is_half_typed_leaves_the_others_as_they_were() -> None:
    assert same_as_read_anew(MODEL, MODEL.replace("max_trials=5,", "max_trials=,"))
    assert same_as_read_anew(MODEL.replace("max_trials=5,", "max_trials=,"), MODEL)
    assert same_as_read_anew(MODEL, MODEL.replace("max_trials=5,", "max_trials=,"), NOTEBOOK)


def test_typing_a_character_keeps_the_nodes_of_the_other_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    assert same_as_read_anew(MODEL, MODEL.replace("8, 30", "8, 32"))
    known = analysed(MODEL)
    with counted(monkeypatch) as parsed:
        source.Code(
            source.from_text("model.py", known.document.text.replace("max_trials=5", "max_trials=6")),
            known.code,
        )
    assert same_as_read_anew(MODEL, MODEL.replace("8, 30", "8, 32"), NOTEBOOK)
    assert [len(text.strip()) < 100 for text in parsed] == [True]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 1 \\\n\nb = 2\n", "a = 1 \\\n+2\nb = 2\n"),
        ("a = 1\n     \nb = 2\n", "a = 1\n    \\\nb = 2\n"),
        ("if a:\n    b = 1\n#\nc = 2\n", "if a:\n    b = 1\n d\nc = 2\n"),
        ("if a:\n    b = 1\n     \nc = 2\n", "if a:\n    b = 1\nelse:\nc = 2\n"),
        ("a = 1; b = 2; c = 3\nd = 4\n", "a = 1; b = 5; c = 3\nd = 4\n"),
        ("a = 1\n'''x'''\nb = 2\n'''y'''\n", "a = 1\n'''x  \nb = 2\n'''y'''\n"),
        ("@a\ndef f(): pass\nb = 2\n", "#a\ndef f(): pass\nb = 2\n"),
        ("#a\ndef f(): pass\nb = 2\n", "@a\ndef f(): pass\nb = 2\n"),
        ("a = 1\nb = 2\n", "a = 1\nb = 'é\f\u2028'\n"),
        ("\n\n", "a\nb"),
        ("a = (1,\n 2)\nb = 3\n", "a = (1,\n (2)\nb = 3\n"),
        ("x = 1\n!ls\ny = 2\n", "x = 2\n!ls\ny = 2\n"),
    ],
)
def test_an_edit_that_reaches_out_of_its_statement_is_read_as_a_whole(before: str, after: str) -> None:
    same_as_read_anew(before, after)
    same_as_read_anew(after, before)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    place=st.integers(0, len(MODEL)),
    notebook=st.booleans(),
    deleted=st.integers(0, 6),
    inserted=st.text(alphabet="a1 (),:=#@\\'\"[]{}\n.;+é\f%!?", max_size=4),
)
def test_whatever_is_typed_is_read_as_if_nothing_were_known(
    place: int, notebook: bool, deleted: int, inserted: str
) -> None:
    after = MODEL[:place] + inserted + MODEL[place + deleted :]
    same_as_read_anew(MODEL, after, NOTEBOOK if notebook else ())
    same_as_read_anew(after, MODEL, NOTEBOOK if notebook else ())


@pytest.mark.parametrize(
    ("before", "written", "names"),
    [
        ("MORE = dict(b=2, c=3)\n", "f(1, a=0, **MORE)", ["a", "b", "c"]),
        ("MORE = {'b': 2}\nALL = {**MORE, 'c': 3}\n", "f(**ALL)", ["b", "c"]),
        ("", "f(**{'b': 2})", ["b"]),
        ("MORE = {'b': 2}\nMORE['c'] = 3\n", "f(a=0, **MORE)", ["a", None]),
        ("MORE = {'b': 2}\nchange(MORE)\n", "f(**MORE)", [None]),
        ("MORE = {name(): 2}\n", "f(**MORE)", [None]),
        ("def g(MORE):\n    pass\n", "f(**MORE)", [None]),
    ],
)
def test_arguments_in_a_dictionary_that_nothing_changes_are_those_of_the_call(
    before: str, written: str, names: list[str | None]
) -> None:
    code = analysed(before + written + "\n").code
    call = next(each for each in code.calls if code.source(each) == written)
    assert [each.arg for each in code.keywords(call)] == names
    value = code.argument(call, "b")
    assert (value is None) == ("b" not in names)


def test_a_text_that_is_no_more_is_freed_without_the_collector() -> None:
    gc.disable()
    try:
        module = analysed(MODEL)
        found = rules.findings(Analysis(module))
        nodes = [weakref.ref(module.code), weakref.ref(module.code.tree)]
        del module, found
        assert [each() for each in nodes] == [None, None]
    finally:
        gc.enable()


def test_a_text_that_is_no_more_is_freed_after_an_edit_that_shares_its_statements() -> None:
    gc.disable()
    try:
        before = analysed(MODEL)
        first = weakref.ref(before.code)
        after = source.analyse(source.from_text("model.py", MODEL.replace("64", "32")), previous=before)
        del before
        assert first() is None
        assert [each.name for each in after.targets] == ["build_model"]
    finally:
        gc.enable()
