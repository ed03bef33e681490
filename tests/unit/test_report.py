"""The page about a search space: complete by itself, and safe whatever the code calls things."""

from __future__ import annotations

import math
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hypershape import report
from hypershape.cli.main import app
from hypershape.lsp import reports
from hypershape.lsp.session import Session
from hypershape.lsp.shapes import Pin
from hypershape.model import Finding, Fix, Hyperparameter, Severity

from .test_lsp_shapes import DENSE, REPORTS, analysis

SPACE = (
    Hyperparameter("filters", "Int", 8, (8, 32)),
    Hyperparameter("kernel", "Int", 3, (3, 5, 7, 9)),
    Hyperparameter("units_0", "Int", 8, (8, 32)),
)


class Page(HTMLParser):
    """The tags of a page that is well formed, and its text."""

    VOID = ("meta", "line", "br")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_verdict_causes_configurations_and_shapes() -> None:
    page = Page(report.page([analysis(hyperparameters=SPACE)]))
    assert "✗ 25 % fails" in page.text and "kernel >= 9" in page.text
    lines = [attributes for tag, attributes in page.tags if tag == "polyline"]
    assert len(lines) == len(REPORTS)
    assert sum(each.get("class") == "fails" for each in lines) == sum(
        each.verdict == "fail" for each in REPORTS
    )
    assert "(None, 4–10, 4–10, 8–32)" in page.text and "(None, 10, 10, 32)" in page.text
    places = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert "vscode://file/project/model.py:6:9" in places


def test_layers_are_drawn_at_the_pinned_configuration_else_at_a_telling_one() -> None:
    def drawn(page: str) -> list[str]:
        return [str(each["aria-label"]) for tag, each in Page(page).tags if each.get("class") == "bar"]

    known = analysis(hyperparameters=SPACE)
    usual = drawn(report.page([known]))
    assert usual and "Drawn at Smallest" in Page(report.page([known])).text
    large = next(each for each in REPORTS if each.configuration["filters"] == 32 and each.verdict == "ok")
    page = report.page([known], pinned={known.targets[0].target.name: large})
    assert "Drawn at Pinned" in Page(page).text and "<th title='filters=32" in page
    assert len(drawn(page)) == len(usual) and drawn(page) != usual
    height = math.prod(size for size in large.layers[0].output_shapes[0][1:-1] if size)
    assert drawn(page)[0] == f"32 wide, {height} high"


def test_the_probe_of_a_pinned_configuration_is_found_by_its_target() -> None:
    known, session = analysis(hyperparameters=SPACE), Session("file:///project/model.py")
    assert reports._pinned(session, known) == {}
    name, probed = known.targets[0].target.name, known.targets[0].reports[1]
    session.pins = {name: Pin(probed.configuration), "gone": Pin(probed.configuration)}
    assert reports._pinned(session, known) == {name: probed}
    session.pins = {name: Pin({**probed.configuration, "kernel": 1})}
    assert reports._pinned(session, known) == {}


def test_a_layer_without_known_sizes_is_not_drawn() -> None:
    known = analysis(hyperparameters=SPACE)
    first = REPORTS[0]
    open_ended = replace(first, layers=(replace(first.layers[0], output_shapes=((None, None, 8),)),))
    page = report.page([known], pinned={known.targets[0].target.name: open_ended})
    assert 'class="bar"' not in page and "Drawn" not in Page(page).text


def test_a_cause_has_its_repairs_under_it_and_folds_what_keras_says() -> None:
    known = analysis(hyperparameters=SPACE)
    cause = known.targets[0].causes[0]
    fix = Fix("Lower the maximum of kernel to 7", (), verified=True)
    finding = Finding(
        "HS201",
        "too-large",
        Severity.ERROR,
        "`Conv2D` needs more than `a<b`.\nValueError: negative",
        DENSE,
        cause=cause,
        fixes=(fix,),
        said="ValueError: negative",
    )
    page = report.page([replace(known, findings=(finding,))])
    assert (
        "<p><code>Conv2D</code> needs more than <code>a&lt;b</code>.</p>" in page
        and "<li>Lower the maximum of kernel to 7</li>" in page
    )
    assert "<details><summary>What Keras says</summary><p>ValueError: negative</p></details>" in page
    assert "article" in {tag for tag, _ in Page(page).tags}


@pytest.mark.parametrize(
    ("folders", "shown"),
    [
        (["/project"], "model.py"),
        (["/elsewhere", "/project"], "project/model.py"),
        (["/elsewhere"], "/project/model.py"),
        ([], "/project/model.py"),
    ],
)
def test_a_file_is_named_as_the_folders_that_are_open_call_it(folders: list[str], shown: str) -> None:
    assert f"<small>{shown}</small>" in report.page([analysis(hyperparameters=SPACE)], folders)


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = Page(report.page([analysis(hyperparameters=SPACE)]))
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
    assert not any(name.startswith("on") or name == "src" for _, each in page.tags for name in each)


def test_one_hyperparameter_alone_is_not_drawn() -> None:
    reports = [replace(each, parameters=None) for each in REPORTS]
    page = Page(report.page([analysis(hyperparameters=SPACE[1:2], reports=tuple(reports))]))
    assert "polyline" not in {tag for tag, _ in page.tags} and "dashed" not in page.text


def test_names_and_values_of_the_code_are_text_and_nothing_else() -> None:
    evil = "</style><script>alert(1)</script>"
    reports = [replace(each, configuration={**each.configuration, evil: evil}) for each in REPORTS]
    reports += [replace(each, configuration={**each.configuration, evil: "b"}) for each in REPORTS]
    space = (*SPACE, Hyperparameter(evil, "Choice", evil, (evil, "b")))
    page = Page(report.page([analysis(hyperparameters=space, reports=tuple(reports), reason=evil)]))
    assert "script" not in {tag for tag, _ in page.tags} and "alert(1)" in page.text


def test_a_file_without_search_spaces_gives_a_page_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("x = 1\n")
    found = CliRunner().invoke(
        app, ["check", str(tmp_path / "empty.py"), "--report", str(tmp_path / "report.html")]
    )
    assert found.exit_code == 0
    assert "No search space was found." in (tmp_path / "report.html").read_text()


def test_a_report_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("x = 1\n")
    found = CliRunner().invoke(
        app, ["check", str(tmp_path / "empty.py"), "--report", str(tmp_path / "no" / "report.html")]
    )
    assert found.exit_code == 2 and "The report could not be written" in found.output


@pytest.mark.parametrize("count", [0, 5000])
def test_of_many_configurations_a_spread_is_drawn(count: int) -> None:
    many = tuple(each for _ in range(1 + count // len(REPORTS)) for each in REPORTS)
    page = Page(report.page([analysis(hyperparameters=SPACE, reports=many)]))
    assert 0 < sum(tag == "polyline" for tag, _ in page.tags) <= 400
