"""No answer tells what is internal, or what is another company's: every GET with every kind of key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.reference import document
from api.web.callers import Caller
from store.engine import Store, Tx
from tests.company import company, owners, walk
from tests.company.asking import Told, ask
from tests.company.company import Company
from tests.company.owners import READERS, Reader

SAID = b"said~"


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Company]:
    opened = company.opened(database_url, tmp_path / "landing")
    yield opened
    opened.store.close()


def test_nothing_internal_and_nothing_of_others_leaves(books: Company) -> None:
    """Whose ids are asked for with another's key is answered as if they had never been."""
    everybody = books.store.engine.dialect.name == "sqlite"  # on PostgreSQL only whom its policies are about
    keys = {one: books.key_of(one) for one in READERS if everybody or one.owner is not None}
    with books.client() as client:
        calls = walk.calls(client.get(document.ADDRESS).json(), company.ids() | books.made)
        for reader, key in keys.items():
            hidden = company.hidden(reader)
            told = ask(client, key, {one for call in calls for one in (call.address, call.without(hidden))})
            assert _leaks(reader, told) == [], reader.name
            assert _distinguished(calls, told, hidden) == [], reader.name


class Unlimited(Store):
    """Its queries are limited to nobody: only what PostgreSQL itself keeps back is kept back."""

    def _tx(self, *given: Any, tenancy: Any = None, **more: Any) -> Tx:
        return super()._tx(*given, **more)


@pytest.fixture
def unlimited(books: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    for check in ("must_see", "must_see_money"):
        monkeypatch.setattr(Caller, check, lambda *_: None)
    found = replace(books, store=Unlimited(books.store.engine, books.store.blobs))
    found.made = {name: books.made[name] for name in ("statement_id", "upload_id", "order_id", "request_id")}
    return found


def test_row_level_security_alone_gives_nothing_of_others_away(unlimited: Company) -> None:
    """Twice enforced: without the first the second still holds, and SQLite, which has no second, shows that
    the first is really off."""
    found = {}
    enforced = unlimited.store.engine.dialect.name == "postgresql"
    for reader in (one for one in READERS if one.owner is not None and (enforced or one.name == "branch")):
        key = unlimited.key_of(reader)
        with unlimited.client() as client:  # of its own: what one key was answered is not kept for the next
            calls = walk.calls(client.get(document.ADDRESS).json(), company.ids() | unlimited.made)
            found[reader.name] = _leaks(reader, ask(client, key, [call.address for call in calls]))
    if enforced:
        assert {name: leaks for name, leaks in found.items() if leaks} == {}
    else:
        assert all(found.values())


def _leaks(reader: Reader, told: dict[str, Told]) -> list[str]:
    allowed, leaks = reader.sees(), []
    for address, answer in told.items():
        assert answer.status < 500, f"{reader.name}: {address}: {answer.body!r}"
        others = owners.found_in(answer.said) - allowed
        secret = owners.HUSH in answer.said or (
            SAID in answer.said and "rules:write" not in reader.permissions
        )
        if others or secret:
            leaks.append(f"{address}: {sorted(others)}")
    return leaks


def _distinguished(calls: list[walk.Call], told: dict[str, Told], hidden: set[str]) -> list[str]:
    """Calls that name what the reader may not see, and are not answered like an id that never was."""
    found = []
    for call in calls:
        status, body = told[call.address].meant
        if (status, walk.nameless(body, hidden)) != told[call.without(hidden)].meant:
            found.append(call.address)
    return found
