from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from printing.act import draw
from printing.html import fragment, page, stylesheet
from printing.shown import shown
from schemas.languages import LANGUAGES, Language
from tests.unit.printing.papers import paper, statement


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_shows_every_row_of_both_halves(language: Language) -> None:
    act = draw([statement(5, by_contract=True)], paper(language, mirrored=True))
    page = html.fragment_fromstring(fragment(act))
    assert page.get("lang") == language
    rows = [
        [cell.text or "" for cell in row.iter("td")] for row in page.iter("tr") if row.find("td") is not None
    ]
    section = shown(act)["sections"][0]
    told = [
        [text for half in (row["ours"], row["theirs"]) for text in half.values() if text]
        for row in section["rows"]
    ]
    assert [[text for text in row if text] for row in rows] == told
    assert section["ours"]["conclusion"] in page.text_content()


def test_a_page_needs_no_exception_in_a_csp() -> None:
    markup = fragment(draw([statement(2)], paper(), draft=True))
    page = html.fragment_fromstring(markup)
    assert [x.tag for x in page.iter() if x.tag in ("script", "style", "link", "img")] == []
    assert [name for x in page.iter() for name in x.attrib if name == "style" or name.startswith("on")] == []
    assert "ЧЕРНОВИК" in page.text_content()


def test_a_page_of_its_own_is_the_fragment_with_its_style() -> None:
    act = draw([statement(2)], paper("uk"))
    whole = html.document_fromstring(page(act))
    assert (whole.get("lang"), whole.findtext("head/title")) == ("uk", act.title)
    assert whole.findtext("head/style") == stylesheet()
    assert fragment(act) in page(act)
    assert [x.tag for x in whole.iter() if x.tag in ("script", "link", "img")] == []


def test_names_are_escaped() -> None:
    bad = "<script>alert(1)</script>"
    named = replace(paper(), theirs=replace(paper().theirs, name=bad, tax_id='"><b>'))
    page = html.fragment_fromstring(fragment(draw([statement(1)], named)))
    assert page.find(".//script") is None
    assert bad in page.text_content()


def test_the_style_sheet_has_a_print_style_and_touches_nothing_else() -> None:
    css = stylesheet()
    assert "@media print" in css
    selectors = [line.split("{")[0].strip() for line in css.splitlines() if "{" in line]
    assert [x for x in selectors if not x.startswith((".act", "@"))] == []
