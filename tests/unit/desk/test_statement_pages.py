"""Statements at the desk: listed, asked for, read, taken as files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pypdf import PdfReader

from store import audit, files
from tests.unit.api.books import CONTRACT, PARTY, Books
from tests.unit.desk.signed_in import htmx
from tests.unit.desk.statement_books import NOTE, SOURCE, StatementBooks

COUNTERPARTY = f"{SOURCE}:{PARTY}"
Client = TestClient[Litestar]


@pytest.fixture
def desk(books: Books) -> StatementBooks:
    return StatementBooks.of(books)


@pytest.fixture
def vera(desk: StatementBooks) -> Iterator[Client]:
    with desk.browser() as client:
        yield client


def test_a_statement_is_read_with_its_act_and_its_standing(desk: StatementBooks, vera: Client) -> None:
    row = desk.compared()
    page = vera.get(f"/desk/statements/{row.id}")
    assert page.status_code == 200, page.text
    assert "say the same, line by line" in page.text
    assert page.text.count('class="act"') == 1
    assert "12,500.00" in page.text
    assert "2,000.00" in page.text
    assert "Mark as sent" in page.text


def test_the_list_is_narrowed_by_its_address(desk: StatementBooks, vera: Client) -> None:
    row = desk.compared()
    for query, there in (
        ("", True),
        ("?state=draft&verdict=agrees", True),
        (f"?counterparty={COUNTERPARTY}", True),
        ("?from=2026-11-22&to=2026-12-31", True),
        ("?state=agreed", False),
        ("?verdict=unexplained", False),
        ("?from=2026-12-01", False),
        ("?waiting=7", False),
        ("?changed=yes", False),
        ("?state=nonsense&from=31.12&after=x&waiting=8", True),
    ):
        page = vera.get(f"/desk/statements{query}")
        assert page.status_code == 200
        assert (f"/desk/statements/{row.id}" in page.text) is there, query
