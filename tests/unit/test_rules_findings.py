"""What the rules make of probes: one finding per cause, its words and place, and the repairs proposed for it."""

import json
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Literal

import pytest

from hypershape import fixes, rules, source
from hypershape.fixes import edits
from hypershape.model import (
    Analysis,
    Coverage,
    Declaration,
    Document,
    Environment,
    Finding,
    Frame,
    Hyperparameter,
    Rehearsal,
    Report,
    Severity,
    TargetAnalysis,
)
from hypershape.rules.common import wording

from .handmade import at, blame, error, failing, hyperparameter, module, repaired, underlined

CONVOLUTION = """
import keras
from keras import layers


def build_model(hp):
    kernel = hp.Int("kernel", 3, 9, step=2)
    x = inputs = keras.Input((28, 28, 1))
    for _ in range(hp.Int("blocks", 1, 3)):
        x = layers.Conv2D(8, kernel)(x)
        x = layers.MaxPooling2D(2)(x)
    return keras.Model(inputs, x)
"""
SPACE = [{"kernel": kernel, "blocks": blocks} for blocks in (1, 2, 3) for kernel in (3, 5, 7, 9)]


def convolution_analysis(dilation: tuple[int, int] = (1, 1)) -> Analysis:
    written = module(CONVOLUTION)
    refused = error(
        written,
        "Computed output size would be zero or negative. Received `inputs shape=(None, 4, 4, 8)`, …",
        "layers.Conv2D(8, kernel)",
        "Conv2D",
        [(None, 4, 4, 8)],
        {"kernel_size": (7, 7), "dilation_rate": dilation, "data_format": "channels_last"},
    )
    return failing(
        written,
        refused,
        [
            hyperparameter(written, "kernel", 'hp.Int("kernel", 3, 9, step=2)', "Int", [3, 5, 7, 9]),
            hyperparameter(written, "blocks", 'hp.Int("blocks", 1, 3)', "Int", [1, 2, 3]),
        ],
        SPACE,
        [each for each in SPACE if each["kernel"] >= 7 and each["blocks"] == 3],
        "kernel >= 7 and blocks == 3",
    )


def only(analysis: Analysis, code: str) -> Finding:
    found = [each for each in rules.findings(analysis) if each.code == code]
    assert len(found) == 1, [each.message for each in rules.findings(analysis)]
    return found[0]


def repairs(finding: Finding, analysis: Analysis) -> dict[str, str]:
    rule = rules.by_code(finding.code)
    assert rule is not None
    return {fix.title: repaired(fix, analysis.module) for fix in finding.repairs()}


def test_kernel_larger_than_the_feature_map_is_named_with_sizes_condition_and_share() -> None:
    analysis = convolution_analysis()
    finding = only(analysis, "HS201")
    assert finding.message.splitlines()[0] == (
        "`Conv2D` needs at least 7×7 pixels but gets 4×4 when kernel >= 7 and blocks == 3 "
        "(17 % of the space, e.g. kernel=7, blocks=3)."
    )
    assert underlined(finding, analysis.module) == "layers.Conv2D(8, kernel)"
    assert [underlined_related(each.span, analysis) for each in finding.related] == [
        'hp.Int("kernel", 3, 9, step=2)',
        'hp.Int("blocks", 1, 3)',
    ]


def underlined_related(span: object, analysis: Analysis) -> str:
    from hypershape.text import Text

    return Text.of(analysis.module.clean).within(span)  # type: ignore[arg-type]


def test_a_dilated_kernel_is_measured_with_its_holes() -> None:
    finding = only(convolution_analysis(dilation=(2, 2)), "HS201")
    assert "needs at least 13×13 pixels but gets 4×4" in finding.message


def test_what_loses_nothing_comes_before_what_gives_up_models_that_build() -> None:
    analysis = convolution_analysis()
    titles = list(repairs(only(analysis, "HS201"), analysis))
    assert titles[0] == 'Pad Conv2D with padding="same" (changes its output shape)'
    assert titles[-2:] == [
        "Lower the maximum of blocks to 2 (drops 33 % of the space)",
        "Lower the maximum of kernel to 5 (drops 50 % of the space)",
    ]


def test_the_last_resort_gives_the_failing_configurations_up_before_the_layer() -> None:
    analysis = convolution_analysis()
    finding = only(analysis, "HS201")
    rule = rules.by_code("HS201")
    assert rule is not None
    (fix,) = finding.last_resorts()
    assert "17 % of the space still fails, without retries" in fix.title
    text = repaired(fix, analysis.module)
    assert (
        '        if hp.get("kernel") >= 7 and hp.get("blocks") == 3:\n'
        '            raise keras_tuner.errors.FailedTrialError("not built: kernel >= 7 and blocks == 3")\n'
        "        x = layers.Conv2D(8, kernel)(x)\n"
    ) in text
    assert "from keras import layers\nimport keras_tuner\n" in text


def test_nothing_is_given_up_on_a_value_that_is_not_drawn_in_every_configuration() -> None:
    analysis = convolution_analysis()
    (target,) = analysis.targets
    (cause,) = target.causes
    partial = replace(target.reports[0], configuration={"kernel": 3})
    partly = replace(analysis, targets=(replace(target, reports=(*target.reports, partial)),))
    rule = rules.by_code("HS201")
    assert rule is not None
    assert cause.condition is not None
    assert list(only(partly, "HS201").last_resorts()) == []


def test_each_repair_changes_only_its_own_piece_of_text() -> None:
    analysis = convolution_analysis()
    before = analysis.module.document.text
    after = repairs(only(analysis, "HS201"), analysis)
    assert after["Lower the maximum of blocks to 2 (drops 33 % of the space)"] == before.replace(
        'hp.Int("blocks", 1, 3)', 'hp.Int("blocks", 1, 2)'
    )
    assert after['Pad Conv2D with padding="same" (changes its output shape)'] == before.replace(
        "layers.Conv2D(8, kernel)", 'layers.Conv2D(8, kernel, padding="same")'
    )
    assert after["Limit kernel_size by the size of the input"] == before.replace(
        "layers.Conv2D(8, kernel)", "layers.Conv2D(8, min(kernel, x.shape[1], x.shape[2]))"
    )


def test_a_limit_kept_in_a_constant_is_changed_at_the_constant() -> None:
    written = module(
        """
        BLOCKS = 3  # enough


        def build_model(hp):
            return make(hp.Int("blocks", 1, max_value=BLOCKS, default=3))
        """
    )
    space = [{"blocks": blocks} for blocks in (1, 2, 3)]
    analysis = failing(
        written,
        error(written, "out of pixels", "make"),
        [
            hyperparameter(
                written, "blocks", 'hp.Int("blocks", 1, max_value=BLOCKS, default=3)', "Int", [1, 2, 3]
            )
        ],
        space,
        space[2:],
        "blocks == 3",
    )
    changed = repairs(only(analysis, "HS299"), analysis)
    assert changed["Lower the maximum of blocks to 2 (drops only the 33 % that fails)"] == (
        written.document.text.replace("BLOCKS = 3 ", "BLOCKS = 2 ").replace("default=3", "default=2")
    )


def test_values_that_fail_are_dropped_from_a_choice_and_the_others_stay_as_written() -> None:
    written = module(
        """
        def build_model(hp):
            return make(hp.Choice("rate", values=[
                1e-2,
                1.0,
                1e-3,
            ], default=1.0))
        """
    )
    text = written.document.text
    call = text[text.index("hp.Choice") : text.index("))") + 1]
    space = [{"rate": rate} for rate in (0.01, 1.0, 0.001)]
    analysis = failing(
        written,
        error(written, "too large", "make"),
        [hyperparameter(written, "rate", call, "Choice", [0.01, 1.0, 0.001])],
        space,
        space[1:2],
        "rate == 1.0",
    )
    changed = repairs(only(analysis, "HS299"), analysis)
    assert changed["Drop 1.0 from rate (drops only the 33 % that fails)"] == text.replace(
        "1.0,\n        ", ""
    ).replace("default=1.0", "default=0.01")


def test_two_ranges_are_narrowed_together_when_one_is_not_enough() -> None:
    written = module(
        """
        def build_model(hp):
            return make(hp.Int("a", 1, 4), hp.Int("b", 1, 4))
        """
    )
    space = [{"a": a, "b": b} for a in range(1, 5) for b in range(1, 5)]
    fails = [each for each in space if each["a"] * each["b"] > 3]
    analysis = failing(
        written,
        error(written, "too much", "make"),
        [
            hyperparameter(written, "a", 'hp.Int("a", 1, 4)', "Int", [1, 2, 3, 4]),
            hyperparameter(written, "b", 'hp.Int("b", 1, 4)', "Int", [1, 2, 3, 4]),
        ],
        space,
        fails,
    )
    (title, text), *_ = repairs(only(analysis, "HS299"), analysis).items()
    assert (
        title == "Lower the maximum of a to 3 and lower the maximum of b to 1 (drops 81 % of the space)"
        or (title == "Lower the maximum of a to 1 and lower the maximum of b to 3 (drops 81 % of the space)")
    )
    assert 'hp.Int("a", 1, 4)' not in text


def test_one_declaration_in_a_loop_is_narrowed_for_all_the_names_it_makes() -> None:
    written = module(
        """
        def build_model(hp):
            return [hp.Int(f"units_{i}", 1, 3) for i in range(2)]
        """
    )
    call = 'hp.Int(f"units_{i}", 1, 3)'
    space = [{"units_0": a, "units_1": b} for a in (1, 2, 3) for b in (1, 2, 3)]
    analysis = failing(
        written,
        error(written, "too wide", call),
        [hyperparameter(written, f"units_{i}", call, "Int", [1, 2, 3]) for i in range(2)],
        space,
        [each for each in space if each["units_1"] == 3],
        "units_1 == 3",
    )
    (title, text), *_ = repairs(only(analysis, "HS299"), analysis).items()
    assert 'hp.Int(f"units_{i}", 1, 2)' in text
    assert title.startswith("Lower the maximum of units_0 … units_1 to 2 (drops ")


def test_ten_corners_with_one_cause_are_one_finding_and_a_special_rule_explains_it() -> None:
    assert [each.code for each in rules.findings(convolution_analysis())] == ["HS201"]


def test_a_refused_choice_seen_in_the_text_and_by_probes_is_one_finding() -> None:
    written = module(
        """
        def build_model(hp):
            return make(hp.Choice("initializer", [1, "he_normal"]))
        """
    )
    call = 'hp.Choice("initializer", [1, "he_normal"])'
    refused = error(
        written,
        "A `Choice` can contain only one type of value, found values: [1, 'he_normal'] with types {…}.",
        call,
        stage="declare",
        kind="TypeError",
    )
    analysis = failing(written, refused, [], [{}], [{}])
    finding = only(analysis, "HS101")
    assert [each.code for each in rules.findings(analysis)] == ["HS101"]
    assert finding.cause is analysis.targets[0].causes[0]
    assert finding.target == "build_model"


def test_a_choice_built_elsewhere_is_reported_from_the_probe() -> None:
    written = module(
        """
        def build_model(hp):
            return make(hp.Choice("initializer", values=options()))
        """
    )
    refused = error(
        written,
        "A `Choice` can contain only one type of value, found values: [1, 'a'] with types {…}.",
        'hp.Choice("initializer", values=options())',
        stage="declare",
        kind="TypeError",
    )
    analysis = failing(written, refused, [], [{}], [{}])
    assert underlined(only(analysis, "HS101"), written) == "options()"


def test_an_error_of_the_text_that_every_configuration_refutes_is_not_shown() -> None:
    written = module(
        """
        def build_model(hp):
            if False:
                hp.Int("units", 9, 3)
            return make(hp.Int("kernel", 3, 5))
        """
    )
    assert [each.code for each in rules.findings(Analysis(written))] == ["HS102"]
    covered = Coverage("exhaustive", 3, 3, 0, 0.0, (0.0, 0.0))
    probed = TargetAnalysis(written.targets[0], "probed", coverage=covered)
    assert rules.findings(Analysis(written, targets=(probed,))) == ()


def test_an_ignore_comment_silences_its_line_and_an_idle_one_is_a_hint() -> None:
    written = module(
        """
        def build_model(hp):
            a = hp.Int("a", 3, 8, step=2)  # hypershape: ignore[HS103]
            b = hp.Int("b", 3, 9, step=2)  # hypershape: ignore[HS103]
            return a, b
        """
    )
    found = rules.findings(Analysis(written))
    assert [(each.code, each.span.line) for each in found] == [("HS902", 3)]


@pytest.mark.parametrize(
    ("mode", "done", "idle"),
    [("exhaustive", True, True), ("exhaustive", False, False), ("sampled", True, False)],
)
def test_an_ignore_of_what_probes_find_is_idle_only_once_all_was_probed(
    mode: Literal["exhaustive", "sampled"], done: bool, idle: bool
) -> None:
    written = module(
        """
        def build_model(hp):
            return make(hp.Int("kernel", 3, 5))  # hypershape: ignore[HS201]
        """
    )
    covered = Coverage(mode, 3, 3, 0, 0.0, (0.0, 0.0))
    probed = TargetAnalysis(written.targets[0], "probed", coverage=covered)
    found = rules.findings(Analysis(written, targets=(probed,), done=done))
    assert [each.code for each in found] == ["HS902"] * idle


def test_codes_are_selected_and_ignored_by_their_beginnings() -> None:
    written = module(
        """
        import kerastuner as kt


        def build_model(hp):
            return hp.Int("a", 9, 3)
        """
    )
    analysis = Analysis(written)
    assert [each.code for each in rules.findings(analysis)] == ["HS003", "HS102"]
    assert [each.code for each in rules.findings(analysis, select=["HS1"])] == ["HS102"]
    assert [each.code for each in rules.findings(analysis, ignore=["HS102"])] == ["HS003"]


def test_a_name_met_with_two_ranges_in_one_probe_is_reported_with_its_first_place() -> None:
    written = module(
        """
        def block(hp, smallest):
            return hp.Int("units", smallest, 64)


        def build_model(hp):
            return hp.Int("units", 8, 64), block(hp, 16)
        """
    )
    first, second = at(written, 'hp.Int("units", 8, 64)'), at(written, 'hp.Int("units", smallest, 64)')
    report = Report(
        {"units": 8},
        "ok",
        "symbolic",
        declarations=(
            Declaration("units", "Int", "Int(8, 64, step=1, sampling='linear')", first),
            Declaration("units", "Int", "Int(16, 64, step=1, sampling='linear')", second),
        ),
    )
    target = next(each for each in written.targets if each.name == "build_model")
    analysis = Analysis(written, targets=(TargetAnalysis(target, "probed", reports=(report,)),))
    finding = only(analysis, "HS104")
    assert underlined(finding, written) == 'hp.Int("units", smallest, 64)'
    assert finding.related[0].span == first


SEARCH = """
import keras
import keras_tuner as kt


def build_model(hp):
    return keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])


tuner = kt.BayesianOptimization(build_model, "loss", max_trials=3, overwrite=True)
tuner.search(x, y)
"""


def environment(**packages: str | None) -> Environment:
    return Environment(
        "3.11",
        "/usr/bin/python3",
        keras="3.15.1",
        keras_tuner="1.4.8",
        backend="tensorflow",
        packages=packages,
    )


def test_a_search_without_tensorboard_is_an_error_at_the_tuner() -> None:
    written = module(SEARCH)
    missing = Analysis(written, environment(tensorboard=None))
    assert underlined(only(missing, "HS002"), written) == "kt.BayesianOptimization"
    assert rules.findings(Analysis(written, environment(tensorboard="2.21.0"))) == ()
    assert rules.findings(Analysis(written, replace(environment(tensorboard=None), backend="jax"))) == ()


def test_a_bayesian_search_without_scikit_learn_is_an_error_at_the_tuner() -> None:
    missing = Analysis(module(SEARCH), environment(**{"tensorboard": "2.21.0", "scikit-learn": None}))
    assert only(missing, "HS005").severity is Severity.ERROR


def test_a_subclass_of_a_bayesian_search_needs_scikit_learn_as_well() -> None:
    written = module("""
        import keras_tuner as kt

        class Own(kt.BayesianOptimization):
            def run_trial(self, trial, *args, **kwargs):
                return super().run_trial(trial, *args, **kwargs)

        def build_model(hp):
            return hp.Int("units", 1, 3)

        tuner = Own(build_model, "val_loss")
    """)
    missing = Analysis(written, environment(**{"tensorboard": "2.21.0", "scikit-learn": None}))
    assert underlined(only(missing, "HS005"), written) == "Own"


def test_a_gpu_that_the_backend_cannot_use_is_a_warning_at_the_import() -> None:
    written = module(SEARCH)
    blind = replace(
        environment(**{"tensorboard": "2.21.0", "scikit-learn": "1.6"}),
        devices=("NVIDIA T4",),
        gpu_unseen="cuDNN is not installed (pip install 'tensorflow[and-cuda]')",
    )
    found = only(Analysis(written, blind), "HS007")
    assert found.severity is Severity.WARNING and "NVIDIA T4" in found.message
    assert rules.findings(Analysis(written, replace(blind, gpu_unseen=None))) == ()


TORCH = f'import os\nos.environ["KERAS_BACKEND"] = "torch"\n{SEARCH}'


def test_a_backend_that_the_script_asks_for_and_that_is_missing_is_an_error_at_its_line() -> None:
    written = module(TORCH)
    broken = replace(
        environment(),
        script={"KERAS_BACKEND": "torch"},
        problem="Keras cannot be imported: torch is missing.",
    )
    analysed = Analysis(written, broken)
    found = only(analysed, "HS008")
    assert underlined(found, written) == 'os.environ["KERAS_BACKEND"] = "torch"'
    assert "KERAS_BACKEND=torch" in found.message and "torch is missing" in found.message
    assert [each.code for each in rules.findings(analysed)] == ["HS008"], "the interpreter is not to blame"
    (fix,) = found.repairs()
    assert repaired(fix, written) == f"import os\n{SEARCH}"
    assert rules.findings(Analysis(written, replace(broken, problem=None))) == ()


def test_a_backend_that_is_set_after_keras_was_imported_is_told_to_have_no_effect() -> None:
    written = module(f'{SEARCH}import os\nos.environ["KERAS_BACKEND"] = "jax"\n')
    known = replace(
        environment(**{"tensorboard": "2.21.0", "scikit-learn": "1.6"}), readers={"KERAS_BACKEND": "keras"}
    )
    found = only(Analysis(written, known), "HS009")
    assert (
        underlined(found, written) == 'os.environ["KERAS_BACKEND"] = "jax"'
        and "stays tensorflow" in found.message
    )
    (fix,) = found.repairs()
    after = repaired(fix, written)
    assert after.index("KERAS_BACKEND") < after.index("import keras") and after.count("KERAS_BACKEND") == 1
    assert rules.findings(Analysis(module(after), known)) == ()
    assert rules.findings(Analysis(written, replace(known, backend="jax"))) == (), "so it is anyway"


def test_an_interpreter_without_keras_is_an_error_at_the_import() -> None:
    written = module(SEARCH)
    broken = replace(environment(), problem="This interpreter has no keras.")
    finding = only(Analysis(written, broken), "HS001")
    assert underlined(finding, written) == "keras_tuner as kt"
    assert finding.message.startswith("This interpreter has no keras.")


def test_a_file_called_like_the_package_it_imports_is_a_warning() -> None:
    shadowing = module("import keras_tuner as kt\n", "/project/keras_tuner.py")
    assert only(Analysis(shadowing), "HS004").severity is Severity.WARNING
    assert rules.findings(Analysis(module("import keras_tuner as kt\n", "/project/search.py"))) == ()


def test_an_import_of_an_own_module_that_keras_ends_is_told_where_it_stands(tmp_path: Path) -> None:
    text = (
        "import keras_tuner as kt\nfrom parts import block\n\n\ndef build_model(hp):\n    return block(hp)\n"
    )
    text += "\n\ntuner = kt.RandomSearch(build_model)\ntuner.search()\n"
    (tmp_path / "parts.py").write_text("from losses_of_ours import own\n\n\ndef block(hp):\n    return own\n")
    lost = tmp_path / "losses_of_ours.py"
    lost.write_text("import numpy\nfrom keras import objectives\n\nown = objectives\n")
    written = module(text, str(tmp_path / "train.py"))
    finding = only(Analysis(written, environment()), "HS006")
    assert underlined(finding, written) == "from parts import block" and finding.ends
    assert finding.message == (
        "This import ends at losses_of_ours.py, line 2: Keras 3 has no keras.objectives. No search begins."
    )
    lost.write_text("try:\n    from keras import objectives\nexcept ImportError:\n    objectives = None\n")
    read = module(text, str(tmp_path / "train.py"))
    assert not [each for each in rules.findings(Analysis(read, environment())) if each.code == "HS006"]


def test_a_package_folder_called_like_the_package_that_a_script_imports_is_a_warning(tmp_path: Path) -> None:
    script = module("import keras\n", str(tmp_path / "train.py"))
    (tmp_path / "keras").mkdir()
    assert rules.findings(Analysis(script)) == (), "a folder that is no package gives way to an installed one"
    (tmp_path / "keras" / "__init__.py").write_text("")
    finding = only(Analysis(script), "HS004")
    assert "the folder keras beside this file" in finding.message


@pytest.mark.parametrize(("stage", "hinted"), [("build", False), ("declare", False), ("compile", True)])
def test_trials_are_not_compared_with_a_space_that_a_failure_cuts_short(stage: str, hinted: bool) -> None:
    written = module(SEARCH)
    domain = hyperparameter(written, "units", 'hp.Int("units", 1, 3)', "Int", [1, 2])
    refused = replace(error(written, "refused", "layers.Dense(", "Dense"), stage=stage)
    values = [{"units": 1}, {"units": 2}]
    analysis = failing(written, refused, [domain], values, values[:1], "units == 1")
    assert any(each.code == "HS409" for each in rules.findings(analysis)) is hinted


def test_a_target_that_cannot_be_probed_says_what_is_missing_on_its_name() -> None:
    written = module(SEARCH)
    target = TargetAnalysis(written.targets[0], "unprobeable", "The package albumentations is not installed.")
    finding = only(Analysis(written, targets=(target,)), "HS901")
    assert (finding.severity, underlined(finding, written)) == (Severity.INFO, "build_model")
    assert finding.message == "`build_model` is not checked. The package albumentations is not installed."


DENSE = """
import keras
from keras import layers


def build_model(hp):
    model = keras.Sequential([layers.Flatten(input_shape=(28, 28))])
    units_1 = hp.Int("units_1", min_value=32, max_value=256, step=32)
    units_2 = hp.Int("units_2", min_value=32, max_value=256, step=32)
    model.add(layers.Dense(units_1))
    model.add(layers.Dense(units_2))
    model.add(layers.Dense(10))
    model.compile(loss="mse")
    return model
"""


def test_a_second_layer_no_wider_than_the_first_is_offered_on_request_only() -> None:
    analysis = Analysis(module(DENSE))
    assert rules.findings(analysis) == ()
    (fix,) = rules.refactorings(analysis, at(analysis.module, "units_2 = hp"))
    assert (fix.kind, fix.title) == ("refactor", "Keep units_2 no wider than units_1")
    assert repaired(fix, analysis.module) == analysis.module.document.text.replace(
        "step=32)\n    model.add", "step=32)\n    units_2 = min(units_2, units_1)\n    model.add"
    )


def test_draws_inside_the_layers_are_named_for_the_refactoring() -> None:
    written = module(
        """
        from keras import layers


        def build_model(hp, model):
            model.add(layers.Dense(hp.Int("units_1", 32, 256)))
            model.add(layers.Dense(units=hp.Int("units_2", 32, 256)))
            return model
        """
    )
    (fix,) = rules.refactorings(Analysis(written), at(written, "units=hp"))
    assert repaired(fix, written).splitlines()[4:7] == [
        '    units_1 = hp.Int("units_1", 32, 256)',
        "    model.add(layers.Dense(units_1))",
        '    model.add(layers.Dense(units=min(hp.Int("units_2", 32, 256), units_1)))',
    ]


def test_no_refactoring_is_offered_away_from_the_layers() -> None:
    analysis = Analysis(module(DENSE))
    assert list(rules.refactorings(analysis, at(analysis.module, "return model"))) == []


def irregular(fails: list[int]) -> dict[str, str]:
    """The repairs of a range of 1 to 6 in which some values fail."""
    written = module(
        """
        def build_model(hp):
            return make(hp.Int("n", 1, 6))
        """
    )
    space = [{"n": n} for n in range(1, 7)]
    analysis = failing(
        written,
        error(written, "does not divide", "make"),
        [hyperparameter(written, "n", 'hp.Int("n", 1, 6)', "Int", [1, 2, 3, 4, 5, 6])],
        space,
        [each for each in space if each["n"] in fails],
        f"n in {tuple(fails)}",
    )
    return repairs(only(analysis, "HS299"), analysis)


def test_a_range_in_which_every_second_value_fails_gets_a_larger_step() -> None:
    title, text = next(iter(irregular([1, 3, 5]).items()))
    assert title == "Draw only 2, 4, 6 for n (drops only the 50 % that fails)"
    assert 'hp.Int("n", 2, 6, step=2)' in text


def test_a_range_with_irregular_gaps_becomes_a_choice_or_its_longest_run() -> None:
    assert [text.splitlines()[1].strip() for text in irregular([4, 6]).values()] == [
        'return make(hp.Choice("n", [1, 2, 3, 5]))',
        'return make(hp.Int("n", 1, 3))',
    ]


def test_two_causes_at_one_place_are_two_findings_of_the_rule_that_explains_both() -> None:
    analysis = convolution_analysis()
    target = analysis.targets[0]
    cause = target.causes[0]
    other = replace(
        cause, error=replace(cause.error, input_shapes=((None, 2, 2, 8),)), condition=blame("blocks == 2")
    )
    both = replace(analysis, targets=(replace(target, causes=(cause, other)),))
    assert [each.code for each in rules.findings(both)] == ["HS201", "HS201"]


def test_two_targets_that_share_a_failing_function_get_one_finding() -> None:
    analysis = convolution_analysis()
    target = analysis.targets[0]
    cause = target.causes[0]
    twin = replace(target, target=replace(target.target, name="other"), causes=(replace(cause),))
    assert len(rules.findings(replace(analysis, targets=(target, twin)))) == 1


def test_a_division_by_zero_in_the_users_own_code_is_no_refused_range() -> None:
    written = module(
        """
        def build_model(hp):
            return make(12 // hp.Int("n", 0, 3))
        """
    )
    divided = error(written, "integer division or modulo by zero", '12 // hp.Int("n", 0, 3)')
    space = [{"n": n} for n in range(4)]
    analysis = failing(written, divided, [], space, space[:1], "n <= 0")
    assert [each.code for each in rules.findings(analysis)] == ["HS299"]


def test_rules_and_repairs_keep_windows_line_ends_tabs_and_wide_characters() -> None:
    text = (
        "import keras\r\n\r\n\r\ndef build_model(hp):\r\n"
        '\té = "ünï😀"; units = hp.Int("ünïts😀", 256, 32)  # größer\r\n'
        "\treturn keras.Sequential([keras.layers.Dense(units)])\r\n"
    )
    analysis = Analysis(source.analyse(Document("/project/model.py", text)))
    finding = only(analysis, "HS102")
    assert underlined(finding, analysis.module) == 'hp.Int("ünïts😀", 256, 32)'
    assert list(repairs(finding, analysis).values()) == [text.replace("256, 32", "32, 256")]


def test_a_repair_in_a_notebook_stays_in_its_cell() -> None:
    build = 'def build_model(hp):\n    k = hp.Int("k", 9, 3)\n    return keras.Sequential()'
    read = source.from_notebook("/project/n.ipynb", [(0, "import keras"), (2, build)])
    analysis = Analysis(source.analyse(read))
    finding = only(analysis, "HS102")
    rule = rules.by_code("HS102")
    assert rule is not None
    (fix,) = finding.repairs()
    edited = fixes.apply(read, fix.edits)
    assert edited.cells == read.cells
    assert edited.text == read.text.replace("9, 3)", "3, 9)")


def test_a_hyperparameter_that_nothing_uses_is_removed_with_its_line() -> None:
    written = module(
        """
        def build_model(hp):
            unused = hp.Int("unused", 1, 3)  # for later
            return make(hp.Int("used", 1, 3))
        """
    )
    finding = only(Analysis(written), "HS111")
    assert list(repairs(finding, Analysis(written)).values()) == [
        'def build_model(hp):\n    return make(hp.Int("used", 1, 3))\n'
    ]


def test_an_idle_ignore_is_removed_with_the_space_before_it() -> None:
    written = module("a = 1  # hypershape: ignore[HS103]\nb = 2\n")
    finding = only(Analysis(written), "HS902")
    assert list(repairs(finding, Analysis(written)).values()) == ["a = 1\nb = 2\n"]


STALE = """
import keras
import keras_tuner as kt


def build_model(hp):
    units = hp.Int("units", 8, 64)
    rate = hp.Choice("rate", [0.1, 0.2])
    return keras.Sequential([keras.layers.Dense(units), keras.layers.Dropout(rate)])


tuner = kt.RandomSearch(build_model, "loss", max_trials=2, directory="logs", project_name="first"{more})
"""


def stored_project(folder: Path, low: int, rates: list[float], trials: int) -> None:
    """What keras-tuner 1.4.8 leaves in a project folder, as far as a tuner that resumes it reads it."""
    project = folder / "logs" / "first"
    project.mkdir(parents=True)
    space = [
        {"class_name": "Int", "config": {"name": "units", "min_value": low, "max_value": 64, "step": 1}},
        {"class_name": "Choice", "config": {"name": "rate", "values": rates}},
    ]
    (project / "oracle.json").write_text(json.dumps({"hyperparameters": {"space": space, "values": {}}}))
    (project / "tuner0.json").write_text("{}")
    for number in range(trials):
        (project / f"trial_{number}").mkdir()
        (project / f"trial_{number}" / "trial.json").write_text("{}")


def stale_analysis(folder: Path, more: str = "") -> Analysis:
    written = module(STALE.format(more=more), str(folder / "model.py"))
    units = replace(
        hyperparameter(written, "units", 'hp.Int("units", 8, 64)', "Int", [8]), min=8, max=64, step=1
    )
    rate = hyperparameter(written, "rate", 'hp.Choice("rate", [0.1, 0.2])', "Choice", [0.1, 0.2])
    target = TargetAnalysis(written.targets[0], "probed", hyperparameters=(units, rate))
    return Analysis(written, targets=(target,))


def test_a_project_folder_with_another_search_space_is_told_with_the_difference(tmp_path: Path) -> None:
    stored_project(tmp_path, 1, [0.1, 0.2, 0.3], 1)
    analysis = stale_analysis(tmp_path)
    finding = only(analysis, "HS422")
    assert underlined(finding, analysis.module) == "kt.RandomSearch"
    assert finding.message == (
        "The folder logs/first would be resumed: units was 1 to 64 and is 8 to 64 now and rate was one of "
        "0.1, 0.2, 0.3 and is one of 0.1, 0.2 now, and the old range wins."
    )
    (text,) = repairs(finding, analysis).values()
    assert 'project_name="first", overwrite=True)' in text


def test_a_project_folder_with_all_its_trials_is_told(tmp_path: Path) -> None:
    stored_project(tmp_path, 8, [0.1, 0.2], 2)
    assert "2 of 2 trials, so that `search` trains nothing" in only(stale_analysis(tmp_path), "HS422").message


@pytest.mark.parametrize(
    ("low", "trials", "more"), [(8, 1, ""), (1, 2, ", overwrite=True"), (1, 2, ", overwrite=FRESH")]
)
def test_a_project_folder_that_is_not_resumed_or_fits_is_left_alone(
    tmp_path: Path, low: int, trials: int, more: str
) -> None:
    stored_project(tmp_path, low, [0.1, 0.2], trials)
    assert not [each for each in rules.findings(stale_analysis(tmp_path, more)) if each.code == "HS422"]


@pytest.mark.parametrize(
    ("made", "stored", "said"),
    [
        ("Hyperband(build_model, 'loss', 9", {}, "another kind of tuner wrote it"),
        ("BayesianOptimization(build_model, 'loss', 9", {"max_epochs": 9}, "another kind of tuner wrote it"),
        ("Hyperband(build_model, 'loss', 9", {"max_epochs": 5}, "max_epochs was 5 and is 9 now"),
        ("Hyperband(build_model, 'loss', factor=4", {"factor": 3}, "factor was 3 and is 4 now"),
        ("Hyperband(build_model, 'loss', 9, 4", {"max_epochs": 9, "factor": 4}, None),
        ("RandomSearch(build_model, 'loss', 9", {"max_epochs": 5}, None),
    ],
)
def test_a_project_of_another_tuner_or_another_hyperband_is_told(
    tmp_path: Path, made: str, stored: dict[str, object], said: str | None
) -> None:
    stored_project(tmp_path, 8, [0.1, 0.2], 1)
    file = tmp_path / "logs" / "first" / "oracle.json"
    hyperband = {"max_epochs": 9, "factor": 3, "brackets": [], "current_bracket": 0, "current_iteration": 0}
    more = {**hyperband, **stored} if stored and "Hyperband" in made else stored
    file.write_text(json.dumps(json.loads(file.read_text()) | more))
    text = STALE.format(more="").replace('RandomSearch(build_model, "loss", max_trials=2', made)
    analysis = Analysis(module(text, str(tmp_path / "model.py")))
    if said is None:
        assert not [each for each in rules.findings(analysis) if each.code == "HS422"]
    else:
        finding = only(analysis, "HS422")
        assert said in finding.message
        assert (finding.severity.name == "ERROR") == ("another kind" in said)


NESTED = """
import keras
from keras import layers


def build_model(hp):
    inputs = keras.Input((12, 12, 1))
    x = layers.Conv2D(2, hp.Int("late", 9, 13, step=2))(layers.Conv2D(2, 3)(inputs))
    y = layers.Conv2D(2, 3)(x)
    return keras.Model(inputs, y)
"""
OUTER = 'layers.Conv2D(2, hp.Int("late", 9, 13, step=2))'
STATEMENT = f"x = {OUTER}(layers.Conv2D(2, 3)(inputs))"


def nested_analysis(
    made: str | None, line: bool = False, raised: str = f"{OUTER}(layers.Conv2D(2, 3)(inputs))"
) -> Analysis:
    written = module(NESTED)
    refused = error(
        written,
        "Computed output size would be zero or negative. …",
        raised,
        "Conv2D",
        [(None, 10, 10, 2)],
        {"kernel_size": (11, 11)},
        layer="conv2d_1",
    )
    if made is not None:
        span = at(written, made)
        refused = replace(refused, made=Frame(span, "build_model", span.line if line else None))
    late = hyperparameter(written, "late", 'hp.Int("late", 9, 13, step=2)', "Int", [9, 11, 13])
    space = [{"late": value} for value in (9, 11, 13)]
    return failing(written, refused, [late], space, space[1:], "late >= 11")


def test_of_two_layers_in_one_expression_the_one_that_refuses_is_underlined_and_padded() -> None:
    analysis = nested_analysis(OUTER)
    finding = only(analysis, "HS201")
    assert underlined(finding, analysis.module) == OUTER
    padded = repairs(finding, analysis)['Pad Conv2D with padding="same" (changes its output shape)']
    assert f'{OUTER[:-1]}, padding="same")(layers.Conv2D(2, 3)(inputs))' in padded


def test_where_only_the_line_is_known_and_two_layers_stand_on_it_the_statement_is_underlined() -> None:
    analysis = nested_analysis(STATEMENT, line=True)
    finding = only(analysis, "HS201")
    assert underlined(finding, analysis.module) == STATEMENT
    assert not [title for title in repairs(finding, analysis) if title.startswith("Pad Conv2D")]


def test_where_only_the_line_is_known_and_one_layer_stands_on_it_that_is_underlined() -> None:
    analysis = nested_analysis("y = layers.Conv2D(2, 3)(x)", line=True)
    assert underlined(only(analysis, "HS201"), analysis.module) == "layers.Conv2D(2, 3)"


def test_a_number_in_the_name_of_a_layer_points_at_nothing() -> None:
    analysis = nested_analysis(None)
    raised = f"{OUTER}(layers.Conv2D(2, 3)(inputs))"
    assert underlined(only(analysis, "HS201"), analysis.module) == raised


def test_repairs_are_worked_out_only_when_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nobody asked")

    monkeypatch.setattr(edits, "remove_argument", refuse)
    analysis = Analysis(
        module('import keras_tuner as kt\n\ntuner = kt.Hyperband(build_model, "val_loss", max_trials=3)\n')
    )
    finding = only(analysis, "HS406")
    with pytest.raises(AssertionError, match="nobody asked"):
        list(finding.repairs())


@pytest.mark.parametrize(
    ("imports", "fixed"),
    [
        (
            "from tensorflow.python.keras.optimizer_v2.adam import Adam\nfrom tensorflow.keras import layers",
            "from tensorflow.keras.optimizers import Adam\n",
        ),
        (
            "import keras\nfrom tensorflow.python.keras.optimizers import SGD, Adam as Own",
            "from tensorflow.python.keras.optimizers import SGD\nfrom keras.optimizers import Adam as Own\n",
        ),
    ],
)
def test_an_optimizer_of_tensorflows_private_keras_is_told_by_name_and_imported_from_the_public_one(
    imports: str, fixed: str
) -> None:
    written = module(
        f"{imports}\n\n\ndef build_model(hp):\n    hp.Int('units', 1, 2)\n    model.compile(optimizer=Adam())\n"
    )
    refused = error(
        written,
        "Could not interpret optimizer identifier: <tensorflow.python.keras.optimizer_v2.adam.Adam object>",
        "model.compile(optimizer=Adam())",
    )
    units = hyperparameter(written, "units", "hp.Int('units', 1, 2)", "Int", [1, 2])
    space = [{"units": 1}, {"units": 2}]
    analysis = failing(written, replace(refused, stage="compile"), [units], space, space)
    finding = only(analysis, "HS207")
    assert finding.message.startswith(
        "`Adam` of tensorflow.python.keras.optimizer_v2.adam, TensorFlow's private copy of Keras 2, is not an "
        "optimizer that Keras 3 takes in every configuration (2 tried)."
    )
    assert fixed in next(iter(repairs(finding, analysis).values()))


def test_lines_of_a_notebook_count_in_their_cell_wherever_a_message_names_one() -> None:
    cells = [
        "import keras_tuner as kt",
        "def build_model(hp):\n    hp.Int('n', 1, 2)\n    return hp.Choice('n', [3, 4])",
    ]
    read = source.analyse(source.from_notebook("n.ipynb", [(1, cells[0]), (4, cells[1])]))
    finding = only(Analysis(read, targets=()), "HS104")
    assert "'n' is already declared in cell 4, line 2, and" in finding.message
    assert read.document.where(1) == "cell 1, line 1" and source.from_text("m.py", "\n").on(2) == "on line 2"


@pytest.mark.parametrize(
    ("probed", "mode", "said"),
    [
        (1, "sampled", "in the one configuration tried."),
        (7, "sampled", "in all 7 configurations tried."),
        (20, "sampled", "in every configuration (20 tried)."),
        (7, "exhaustive", "in every configuration (7 tried)."),
        (1, "exhaustive", "in every configuration."),
    ],
)
def test_every_configuration_is_said_after_a_proof_or_many_probes(
    probed: int, mode: Literal["exhaustive", "sampled"], said: str
) -> None:
    analysis = convolution_analysis()
    (target,) = analysis.targets
    failed = target.causes[0].failing[:1] * probed
    cause = replace(target.causes[0], failing=failed, condition=None)
    coverage = Coverage(mode, 1000, probed, probed, 1.0, (0.9, 1.0))
    whole = replace(analysis, targets=(replace(target, causes=(cause,), coverage=coverage),))
    assert only(whole, "HS201").message.splitlines()[0].endswith(said)


def test_an_example_names_all_that_the_condition_speaks_of_and_no_entry_of_the_tuners_own() -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    configuration = {**dict.fromkeys(names, 1), "tuner/epochs": 2}
    analysis = convolution_analysis()
    cause = analysis.targets[0].causes[0]
    first = replace(cause.first, configuration=configuration)
    spoken = replace(cause, first=first, condition=blame(" and ".join(f"{name} >= 1" for name in names)))
    assert wording.example(spoken) == "a=1, b=1, c=1, d=1, e=1, f=1"
    assert wording.example(replace(spoken, condition=None, building={})) == "a=1, b=1, c=1, d=1, …"


def test_what_keras_says_at_length_is_cut_between_words() -> None:
    quoted = wording.quote("one (two, three) " * 40)
    assert quoted.endswith(("one …", "two …", "three) …")) and len(quoted) <= 302


def test_what_loops_declare_under_one_name_is_hinted_once_and_numbered_together() -> None:
    written = module(
        "def build_model(hp):\n    for i in range(3):\n        hp.Int('n', 1, 2)\n        hp.Int('k', 1, 2)\n"
        "    for j in range(3):\n        hp.Int('n', 1, 2)\n        hp.Int('m', 1, 2)\n"
    )
    analysis = Analysis(written, targets=())
    finding = only(analysis, "HS105")
    assert finding.span.line == 3 and [each.span.line for each in finding.related] == [4, 7]
    assert "value of n: one name, one hyperparameter. So do all rounds of k and m." in finding.message
    (fixed,) = repairs(finding, analysis).values()
    assert "hp.Int(f'n_{i}'" in fixed and "hp.Int(f'k_{i}'" in fixed and "hp.Int(f'm_{j}'" in fixed


def test_the_old_name_of_keras_tuner_is_hinted_once_and_replaced_everywhere() -> None:
    written = module(
        "import kerastuner as kt\nfrom kerastuner.tuners import Hyperband\nimport kerastuner.oracles\n"
    )
    analysis = Analysis(written, targets=())
    finding = only(analysis, "HS003")
    assert (finding.span.line, len(finding.related)) == (1, 2)
    assert list(repairs(finding, analysis).values()) == [
        "import keras_tuner as kt\nfrom keras_tuner.tuners import Hyperband\nimport kerastuner.oracles\n"
    ]


def test_no_two_fixes_choose_the_same_new_name() -> None:
    written = module(
        """
        def build_model(hp):
            first = hp.Int("units", 1, 2)
            second = hp.Int("units", 3, 4)
            return make(first, second, hp.Int("units", 5, 6))
        """
    )
    found = [each for each in rules.findings(Analysis(written)) if each.code == "HS104"]
    assert [next(iter(each.repairs())).title for each in found] == ["Call it units_2", "Call it units_3"]


def test_an_argument_that_no_layer_takes_is_named_and_renamed_to_the_one_that_it_resembles() -> None:
    written = module(
        "import keras\n\n\ndef build_model(hp):\n    keras.layers.GRU(hp.Int('n', 1, 2), return_sequence=True)\n"
    )
    call = "keras.layers.GRU(hp.Int('n', 1, 2), return_sequence=True)"
    refused = error(written, "Unrecognized keyword arguments passed to GRU: {'return_sequence': True}", call)
    units = hyperparameter(written, "n", "hp.Int('n', 1, 2)", "Int", [1, 2])
    analysis = failing(written, refused, [units], [{"n": 1}, {"n": 2}], [{"n": 1}, {"n": 2}])
    finding = only(analysis, "HS209")
    assert finding.message.startswith("`GRU` takes no argument `return_sequence` in every configuration")
    assert (
        "return_sequences=True)" in repairs(finding, analysis)["Rename return_sequence to return_sequences"]
    )


def test_a_range_that_is_not_finite_is_told_where_it_is_declared() -> None:
    written = module(CONVOLUTION.replace('hp.Int("blocks", 1, 3)', 'hp.Float("blocks", 0, float("inf"))'))
    place = at(written, 'hp.Float("blocks", 0, float("inf"))')
    boundless = Hyperparameter("blocks", "Float", 0.0, span=place)
    finite = replace(boundless, name="finite", min=0.0, max=1.0)
    (target,) = written.targets
    found = rules.findings(
        Analysis(written, targets=(TargetAnalysis(target, "probed", hyperparameters=(boundless, finite)),))
    )
    (told,) = [each for each in found if each.code == "HS108"]
    assert told.span == place
    assert told.severity == Severity.ERROR
    assert told.message.startswith("No trial draws a finite number for blocks: ")


def test_a_repair_that_gives_up_much_that_builds_comes_after_what_loses_nothing() -> None:
    analysis = convolution_analysis()
    (target,) = analysis.targets
    rare = replace(target, causes=tuple(replace(each, share=0.02) for each in target.causes))
    analysis = replace(analysis, targets=(rare,))
    titles = list(repairs(only(analysis, "HS201"), analysis))
    assert titles[0] == 'Pad Conv2D with padding="same" (changes its output shape)'
    assert "Lower the maximum of blocks to 2 (drops 33 % of the space)" in titles


def test_training_steps_that_one_missing_package_keeps_from_being_checked_are_told_once() -> None:
    searched = """
        import keras
        import keras_tuner as kt
        import tables

        x, y = tables.load()

        def {name}(hp):
            model = keras.Sequential([keras.layers.Dense(hp.Int("units", 1, 3))])
            model.compile(loss="mse")
            return model

        tuner = kt.RandomSearch({name}, "val_loss")
        tuner.search(x, y)
    """
    written = module("".join(dedent(searched.format(name=name)) for name in ("first", "second", "third")))
    built = (Report({"units": 1}, "ok", "symbolic"),)
    targets = tuple(
        TargetAnalysis(target, "probed", reports=built, unread=why)
        for target, why in zip(
            written.targets, ("`tables` is not installed",) * 2 + ("it takes too long",), strict=True
        )
    )
    found = rules.findings(Analysis(written, targets=targets, done=True), select=("HS905",))
    assert [each.message for each in found] == [
        "first builds, but its training step was not checked: `tables` is not installed.",
        "third builds, but its training step was not checked: it takes too long.",
    ]
    assert [each.span for each in found[0].related] == [written.targets[1].span] and not found[1].related


@pytest.mark.parametrize(
    ("assumed", "said"),
    [
        ((), "its training step was not checked: it takes too long"),
        ((True, True), "its training step was tried on made-up data alone: it takes too long"),
        ((True, False), None),
    ],
)
def test_a_trial_on_made_up_data_is_no_check_of_the_training_step(
    assumed: tuple[bool, ...], said: str | None
) -> None:
    written = module("""
        import keras_tuner as kt

        def build(hp):
            ...

        tuner = kt.RandomSearch(build, "val_loss")
        tuner.search(*load())
    """)
    (target,) = written.targets
    played = tuple(
        Rehearsal({"units": 1}, "ok", target.span, assumed=each, facts={"trials": [1]}) for each in assumed
    )
    reports = (Report({"units": 1}, "ok", "symbolic"),)
    known = TargetAnalysis(target, "probed", reports=reports, rehearsals=played, unread="it takes too long")
    assert known.step_unchecked == said


def test_a_number_where_a_shape_belongs_is_named_as_the_file_writes_it() -> None:
    written = module("""
        import keras
        import tables

        def build_model(hp):
            x = keras.Input(shape=tables.load().shape[-1])
            return keras.Model(x, keras.layers.Dense(hp.Int("units", 1, 3))(x))
    """)
    refused = error(written, "Cannot convert '32' to a shape.", "keras.Input(shape=tables.load().shape[-1])")
    assert refused.details.get("given") == 32
    units = hyperparameter(written, "units", 'hp.Int("units", 1, 3)', "Int", [1, 2, 3])
    space = [{"units": each} for each in (1, 2, 3)]
    message = only(failing(written, refused, [units], space, space, None), "HS214").message
    assert message.startswith(
        "`tables.load().shape[-1]` is no shape: a tuple such as `(tables.load().shape[-1],)`"
    )
    assert "32" not in message.split("needed")[0]
