from pathlib import Path

import pytest

from hypershape import settings
from hypershape.lsp.configuration import Configuration
from hypershape.model import Options, Severity
from hypershape.settings import Settings


def write(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def test_settings_of_the_nearest_project_are_found_from_a_folder_below(tmp_path: Path) -> None:
    write(tmp_path, '[tool.hypershape]\nignore = ["hs103"]\nbudget = 3\nseverity = {HS103 = "info"}\n')
    inside = tmp_path / "models" / "cnn"
    inside.mkdir(parents=True)
    found = settings.load(inside)
    assert found.ignore == ("HS103",)
    assert found.budget == 3
    assert found.severity == (("HS103", Severity.INFO),)


def test_a_project_without_a_table_sets_nothing(tmp_path: Path) -> None:
    write(tmp_path, "[tool.other]\nx = 1\n")
    assert settings.load(tmp_path) == settings.Settings()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("budget = 0", "budget is a number of seconds above 0, not 0"),
        ('level = "gpu"', "level is 'auto', 'static', 'symbolic' or 'device', not 'gpu'"),
        ('ignore = "HS1"', "ignore is a list of codes"),
        ('colour = "red"', "has no setting 'colour'"),
        ('severity = {HS1 = "loud"}', "severity maps codes to one of error, warning, info, hint"),
        ("x = ", "is not valid TOML"),
        ("python = 3", "python is the path of an interpreter, or the command that starts one, not 3"),
        ("memory = -1", "memory is a number of gigabytes above 0, not -1"),
        ("budget = inf", "budget is a number of seconds above 0, not inf"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, f"[tool.hypershape]\n{text}\n")
    with pytest.raises(settings.BadSettings, match=says.replace("[", r"\[")) as raised:
        settings.load(tmp_path)
    assert "\n" not in str(raised.value).strip() or "TOML" in str(raised.value)


PROJECT = Settings(
    select=("HS2",),
    ignore=("HS201",),
    severity=(("HS405", Severity.ERROR), ("HS103", Severity.INFO)),
    level="device",
    budget=60.0,
    python=("/project/python",),
    file=Path("/project/pyproject.toml"),
)


def test_what_was_typed_wins_over_the_project_even_where_it_is_what_is_usual() -> None:
    typed = Settings(level="symbolic", budget=10.0, python=("/typed/python",))
    found = typed.over(PROJECT)
    assert (found.level, found.budget, found.python) == ("symbolic", 10.0, ("/typed/python",))
    assert found.options().select == ("HS2",)


def test_the_project_wins_over_what_is_usual() -> None:
    options = Settings().over(PROJECT).options(Options(exhaustive=True))
    assert (options.level, options.budget, options.select, options.ignore, options.exhaustive) == (
        "device",
        60.0,
        ("HS2",),
        ("HS201",),
        True,
    )
    assert Settings().over(PROJECT).python == ("/project/python",)


def test_an_interpreter_of_a_project_is_found_beside_its_file(tmp_path: Path) -> None:
    write(tmp_path, '[tool.hypershape]\npython = "env/bin/python"\n')
    (tmp_path / "env" / "bin").mkdir(parents=True)
    python = tmp_path / "env" / "bin" / "python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    inside = tmp_path / "models"
    inside.mkdir()
    assert settings.load(inside).python == (str(python),)
    assert settings.load(inside).missing_interpreter() is None


def test_a_start_command_of_a_project_has_words(tmp_path: Path) -> None:
    write(tmp_path, '[tool.hypershape]\npython = "nice -n 5 python3"\n')
    assert settings.load(tmp_path).python == ("nice", "-n", "5", "python3")
    write(tmp_path, '[tool.hypershape]\npython = ["ssh", "gpu box", "python3"]\n')
    assert settings.load(tmp_path).python == ("ssh", "gpu box", "python3")


def test_an_interpreter_that_does_not_exist_is_the_project_s_mistake_only_where_it_would_run(
    tmp_path: Path,
) -> None:
    write(tmp_path, '[tool.hypershape]\npython = "/nonexistent/python"\n')
    project = settings.load(tmp_path)
    said = Settings().over(project).missing_interpreter()
    assert said == f"{tmp_path / 'pyproject.toml'}: python names /nonexistent/python, which does not exist."
    assert Settings(python=("/other/python",)).over(project).missing_interpreter() is None


# ------------------------------------------------------------------- the editor's


def test_the_editor_s_settings_win_over_the_project_s_and_these_over_what_is_selected() -> None:
    both = Configuration.read({"level": "symbolic", "selectedInterpreter": ["/selected/python"]})
    assert both.settings(PROJECT).level == "symbolic"
    assert both.settings(PROJECT).budget == 60.0
    assert both.settings(PROJECT).python == ("/project/python",)
    assert both.settings(Settings()).python == ("/selected/python",)
    own = Configuration.read({"interpreter": ["/own/python"], "selectedInterpreter": ["/selected/python"]})
    assert own.settings(PROJECT).python == ("/own/python",)


def test_an_empty_list_of_codes_in_the_editor_lifts_the_project_s() -> None:
    assert Configuration.read({"select": []}).settings(PROJECT).options().select == ()
    assert Configuration.read({"select": None}).settings(PROJECT).options().select == ("HS2",)


GOOD = {
    "trusted": True,
    "interpreter": ["/own/python"],
    "selectedInterpreter": ["/selected/python"],
    "level": "device",
    "budget": 3,
    "select": ["HS2"],
    "ignore": ["HS201"],
    "severity": {"HS405": "warning"},
}


@pytest.mark.parametrize("name", [name for name in GOOD if name != "trusted"])
@pytest.mark.parametrize("wrong", [5.5j, {"a": []}, [3], "", True, -1, [[]]], ids=repr)
def test_a_wrong_value_in_the_editor_s_settings_changes_no_other(name: str, wrong: object) -> None:
    before = Configuration.read(GOOD)
    after = Configuration.read({**GOOD, name: wrong}, before)
    if name.lower().endswith("interpreter") and wrong == "":
        assert after.problems == ()  # an empty text chooses none
        return
    if name == "severity" and isinstance(wrong, dict):
        assert after.chosen.severity == ()  # it is an object, whose entries are judged one by one
    else:
        assert after == before
    (problem,) = after.problems
    assert problem.startswith(name)


def test_an_interpreter_may_be_a_text_and_severities_are_judged_one_by_one(tmp_path: Path) -> None:
    python = tmp_path / "my python"
    python.write_text("")
    found = Configuration.read(
        {"interpreter": str(python), "severity": {"hs405": "warning", "HS103": "loud", "HS105": 3}}
    )
    assert found.chosen.python == (str(python),)
    assert dict(found.settings(PROJECT).severity) == {"HS405": Severity.WARNING, "HS103": Severity.INFO}
    assert [problem.split(",")[0] for problem in found.problems] == [
        "severity of HS103 is one of error",
        "severity of HS105 is one of error",
    ]


@pytest.mark.parametrize("value", ["true", 1, None, [], {}])
def test_a_trust_that_is_no_boolean_is_none(value: object) -> None:
    found = Configuration.read({**GOOD, "trusted": value})
    assert found.trusted is False and found.chosen == Configuration.read(GOOD).chosen
    assert found.problems


@pytest.mark.parametrize("section", [[], "off", 3])
def test_settings_that_are_no_object_change_nothing(section: object) -> None:
    before = Configuration.read(GOOD)
    assert Configuration.read(section, before) == before
    assert Configuration.read(section, before).problems
    assert Configuration.read(None, before).problems == ()


def test_folders_elsewhere_are_named_from_the_project_s_file(tmp_path: Path) -> None:
    write(tmp_path, '[tool.hypershape]\npaths = { "." = "/srv/ml", "data" = "D:/data" }\n')
    project = settings.load(tmp_path)
    assert project.paths == ((str(tmp_path), "/srv/ml"), (str(tmp_path / "data"), "D:/data"))
    assert Settings(paths=()).over(project).paths == ()
    assert Settings().over(project).paths == project.paths


@pytest.mark.parametrize("wrong", ['"/srv/ml"', '{ "." = 3 }', '{ "." = "" }'])
def test_folders_elsewhere_that_are_none_are_told(tmp_path: Path, wrong: str) -> None:
    write(tmp_path, f"[tool.hypershape]\npaths = {wrong}\n")
    with pytest.raises(settings.BadSettings, match="paths maps folders here to their paths"):
        settings.load(tmp_path)
