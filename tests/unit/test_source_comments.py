"""What the user says in comments."""

from __future__ import annotations

from textwrap import dedent

import pytest

from hypershape import rules, source
from hypershape.model import Analysis, Module, Span

MODEL = "keras.Sequential([keras.layers.Dense(hp.Int('u', 1, 2))])"


def analysed(text: str) -> Module:
    return source.analyse(source.from_text("model.py", dedent(text)))


def test_ignores_are_read_from_comments_and_not_from_strings() -> None:
    module = analysed("""\
        a = "# hypershape: ignore[HS101]"
        b = 1  # hypershape: ignore[HS201, HS102]  because
        c = 2  # noqa  # hypershape:ignore
        text = '''
        # hypershape: ignore
        '''
    """)
    assert [(ignore.line, ignore.codes) for ignore in module.ignores] == [(2, ("HS201", "HS102")), (3, ())]
    assert module.ignores[0].span == Span("model.py", 2, 8, 2, 42)


@pytest.mark.parametrize(
    ("comment", "x", "y"),
    [
        ("x=(28, 28, 1) y=(10,)", ((28, 28, 1),), ((10,),)),
        ("x=(28, 28, 1), y=10", ((28, 28, 1),), ((10,),)),
        ("x = 8", ((8,),), ()),
        ("y=() x=(3,)", ((3,),), ((),)),
        ("x=[(64,), (10, 2)] y=((1,), (2,))", ((64,), (10, 2)), ((1,), (2,))),
    ],
)
def test_declared_shapes_are_read(
    comment: str, x: tuple[tuple[int, ...], ...], y: tuple[tuple[int, ...], ...]
) -> None:
    module = analysed(f"def build(hp):  # hypershape: {comment}\n    return {MODEL}\n")
    data = module.targets[0].data
    assert data is not None and (data.x, data.y) == (x, y)


def test_declared_types_are_read() -> None:
    module = analysed(
        f"# hypershape: x=(20,) x_dtype=int32 y=(1,) y_dtype='int64'\ndef build(hp):\n    return {MODEL}\n"
    )
    data = module.targets[0].data
    assert data is not None and (data.x_dtype, data.y_dtype) == ("int32", "int64")


def test_what_does_not_read_as_shapes_declares_nothing() -> None:
    for wrong in ("x=(28, n)", "x=(28,", "x='a'", "x=(-1, 2)", "nothing here"):
        module = analysed(f"def build(hp):  # hypershape: {wrong}\n    return {MODEL}\n")
        assert module.targets[0].data is None


def test_the_nearest_declaration_counts() -> None:
    module = analysed(f"""\
        # hypershape: x=(1,)

        # hypershape: x=(2,)
        def first(hp):
            return {MODEL}

        def second(hp):
            # hypershape: x=(3,)
            return {MODEL}

        def third(hp):
            return {MODEL}
    """)
    assert [target.data.x for target in module.targets if target.data] == [((2,),), ((3,),), ((1,),)]


@pytest.mark.parametrize("comment", ["# Hypershape: Ignore[hs103]", "# HYPERSHAPE: IGNORE[Hs103]"])
def test_the_case_of_an_ignore_does_not_matter(comment: str) -> None:
    model = f"return keras.Sequential([keras.layers.Dense(hp.Int('u', 1, 8, step=4))])  {comment}"
    module = analysed(f"import keras\ndef build(hp):\n    {model}\n")
    assert module.ignores[0].codes == ("HS103",)
    assert rules.findings(Analysis(module)) == ()


@pytest.mark.parametrize(
    "comment", ["# Hypershape: x=(28, 28, 1) y=(10,)", "# HYPERSHAPE: X=(28, 28, 1) Y=(10,)"]
)
def test_the_case_of_a_declaration_does_not_matter(comment: str) -> None:
    data = analysed(f"def build(hp):  {comment}\n    return {MODEL}\n").targets[0].data
    assert data is not None and (data.x, data.y) == (((28, 28, 1),), ((10,),))


def test_the_case_of_a_selected_code_does_not_matter() -> None:
    model = "return keras.Sequential([keras.layers.Dense(hp.Int('u', 1, 8, step=4))])"
    analysis = Analysis(analysed(f"import keras\ndef build(hp):\n    {model}\n"))
    assert [each.code for each in rules.findings(analysis, select=["hs103"])] == ["HS103"]
    assert rules.findings(analysis, ignore=["hs1"]) == ()
