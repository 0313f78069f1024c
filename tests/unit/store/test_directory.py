from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store.directory import Directory
from tests.unit.api.books import Books, guid, record

PARTNER = guid(900)
NAMES = {
    guid(1): ("ООО «Ромашка»", "Общество с ограниченной ответственностью «Ромашка»", "7706055780"),
    guid(2): ("Торговый дом Ромашка Север", "", "2316872932"),
    guid(3): ("ИП Семёнова Ирина", "", "661032544306"),
    guid(4): ("Dell Trade", "", ""),
    guid(5): ("АО Киевская ромашка", "", "77060557"),
}


@pytest.fixture
def either(database_url: str, tmp_path: Path) -> Iterator[Books]:
    """On each of both databases."""
    opened = Books.open(database_url, tmp_path / "landing")
    put(opened, NAMES)
    yield opened
    opened.store.close()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "landing")
    put(opened, NAMES)
    yield opened
    opened.store.close()


def put(books: Books, names: dict[str, tuple[str, str, str]], code: str = "00-000017") -> None:
    books.put("partner", [record("partner", id=PARTNER, code=code, name="Партнёр")])
    rows = []
    for key, (name, legal_name, tax_id) in names.items():
        told: dict[str, Any] = {"name": name, "legal_name": legal_name, "tax_id": tax_id}
        partner = PARTNER if key == guid(3) else None
        rows.append(
            record("counterparty", id=key, kind="company", status="active", partner_id=partner, **told)
        )
    books.put("counterparty", rows)


def found(books: Books, asked: str) -> list[str]:
    return [entry.id for entry in Directory(books.store).search(["ut11"], asked)]


def test_somebody_is_found_by_what_people_type(either: Books) -> None:
    asked = {
        "ИРИНА": [3],
        "семенова": [3],  # nobody types ё
        "север ром": [2],  # parts of words, in any order
        "ctdth": [2],  # the keyboard's other alphabet
        "вудд": [4],
        "00-000017": [3],  # the partner's code
        "ответственностью": [1],  # the legal name
        "1687": [2],  # a part of a tax id
        "ромашка юг": [],
        "%": [],
    }
    assert {one: found(either, one) for one in asked} == {
        one: [guid(number) for number in numbers] for one, numbers in asked.items()
    }


def test_a_whole_code_comes_first_and_then_names_that_begin_so(books: Books) -> None:
    assert found(books, "77060557") == [guid(5), guid(1)]
    put(books, {**NAMES, guid(6): ("Ромашка-Юг", "", "")})
    assert found(books, "ромашка") == [guid(6), guid(5), guid(1), guid(2)]


def test_nothing_asked_gives_everybody_by_name(books: Books) -> None:
    names = [NAMES[key][0].casefold().replace("ё", "е") for key in found(books, " ")]
    assert [name.replace("«", '"').replace("»", '"') for name in names] == sorted(
        name.replace("«", '"').replace("»", '"') for name in names
    )
    assert len(names) == len(NAMES)


def test_what_changes_is_found_at_once_and_what_goes_is_not(either: Books) -> None:
    directory = Directory(either.store)
    assert [entry.id for entry in directory.search(["ut11"], "dell")] == [guid(4)]
    changed = {**NAMES, guid(4): ("Lenovo Trade", "", "")}
    del changed[guid(2)]
    put(either, changed, code="00-000018")
    assert [entry.id for entry in directory.search(["ut11"], "lenovo")] == [guid(4)]
    assert directory.search(["ut11"], "dell") == []
    assert directory.search(["ut11"], "север") == []
    assert [entry.id for entry in directory.search(["ut11"], "00-000018")] == [guid(3)]
    assert directory.search(["ut11"], "00-000017") == []


def test_another_base_is_not_looked_through(books: Books) -> None:
    assert Directory(books.store).search(["silent"], "ромашка") == []


def test_a_code_that_changes_alone_is_found(books: Books) -> None:
    directory = Directory(books.store)
    assert directory.search(["ut11"], "00-000099") == []
    books.put("partner", [record("partner", id=PARTNER, code="00-000099", name="Партнёр")])
    assert [entry.id for entry in directory.search(["ut11"], "00-000099")] == [guid(3)]
