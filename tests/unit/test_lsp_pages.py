"""Where the code of a squiggle leads."""

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.uris import to_fs_path
from pygls.workspace import PositionCodec

from hypershape import rules, source
from hypershape.lsp import convert
from hypershape.lsp.positions import View
from hypershape.model import Analysis
from hypershape.rules import pages

TEXT = 'def build_model(hp):\n    return hp.Choice("initializer", [1, "glorot_uniform"])\n'
URI = "file:///project/model.py"


def shown() -> types.Diagnostic:
    document = source.from_text("/project/model.py", TEXT)
    analysis = Analysis(source.analyse(document))
    view = View.of(document, PositionCodec(), [URI])
    return convert.diagnostics(rules.findings(analysis), view, lambda path: None)[URI][0]


def test_the_code_of_a_squiggle_leads_to_the_page_of_its_rule_on_this_machine() -> None:
    diagnostic = shown()
    assert diagnostic.code == "HS101" and diagnostic.code_description is not None
    path = to_fs_path(diagnostic.code_description.href)
    assert path is not None and Path(path).read_text().startswith("# HS101 ")


def test_a_package_without_pages_shows_codes_without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_FOLDERS", ())
    pages.page_file.cache_clear()
    try:
        assert shown().code_description is None
    finally:
        pages.page_file.cache_clear()
