"""The page of the documentation: everything is on it, and nothing is fetched from elsewhere."""

from __future__ import annotations

import re

from api.reference import document, page
from api.web.errors import PROBLEMS
from tests.unit.api.books import Books


def test_every_operation_and_every_error_is_on_the_page(books: Books) -> None:
    with books.client() as client:
        del client.headers["Authorization"]
        shown = client.get("/docs").text
        told = client.get(document.ADDRESS).json()
    for _, _, operation in document.operations(told):
        assert f'id="{operation["operationId"]}"' in shown
        assert f'href="#{operation["operationId"]}"' in shown
    assert all(f"<code>{code}</code>" in shown for code in PROBLEMS)


def test_the_page_runs_no_script_and_fetches_nothing_from_elsewhere(books: Books) -> None:
    with books.client() as client:
        answer = client.get("/docs")
        loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', answer.text)
        assert loaded == [page.STYLE]
        assert client.get(page.STYLE).headers["content-type"].startswith("text/css")
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_what_a_document_says_cannot_become_markup() -> None:
    assert page.inline("<b>`<i>`") == "&lt;b&gt;<code>&lt;i&gt;</code>"
