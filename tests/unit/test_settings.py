from pathlib import Path

import pytest

from hypershape import settings
from hypershape.model import Severity


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
        ('level = "gpu"', "level is 'static', 'symbolic' or 'device', not 'gpu'"),
        ('ignore = "HS1"', "ignore is a list of codes"),
        ('colour = "red"', "has no setting 'colour'"),
        ('severity = {HS1 = "loud"}', "severity maps codes to one of error, warning, info, hint"),
        ("x = ", "is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, f"[tool.hypershape]\n{text}\n")
    with pytest.raises(settings.BadSettings, match=says.replace("[", r"\[")) as raised:
        settings.load(tmp_path)
    assert "\n" not in str(raised.value).strip() or "TOML" in str(raised.value)
