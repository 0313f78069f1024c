"""`saldo keys` as a person uses it, and what the API makes of the keys."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from schemas.api_keys import STOREFRONT
from store import audit
from tests.unit.api.books import PARTY, STRANGER, Books
from tests.unit.jobs.test_site_commands import Desk
from tests.unit.jobs.test_site_commands import desk as desk

BALANCE = f"/v1/counterparties/ut11:{PARTY}/balance"


@pytest.fixture
def books(desk: Desk, sqlite_url: str, tmp_path: Path) -> Books:
    return Books.open(sqlite_url, tmp_path / "landing")


def text_of(said: str) -> str:
    (found,) = re.findall(r"saldo_[0-9a-f]{12}_[0-9a-f]{48}", said)
    return str(found)


def audited(books: Books) -> list[tuple[str, str | None, Any]]:
    with books.store.reading() as tx:
        return [(one.operation, one.subject, json.loads(one.details)) for one in audit.read(tx, limit=50)]


def test_a_key_opens_the_api_until_it_is_revoked_and_both_are_audited(desk: Desk, books: Books) -> None:
    key = text_of(desk.does("keys", "create", "--name", "storefront", "--by", "Ito"))
    number = key.split("_")[1]
    with books.client(key) as client:
        assert client.get(BALANCE).status_code == 200
        assert client.get("/v1/access-rules").status_code == 403
    listed = desk.does("keys", "list", "--in-use")
    assert key not in listed
    assert number in listed
    assert "in use" in listed
    assert "storefront" in listed
    assert "revoked" in desk.does("keys", "revoke", number, "--by", "Mori")
    with books.client(key) as client:
        assert client.get(BALANCE).status_code == 401
    assert number not in desk.does("keys", "list", "--in-use")
    assert "by Mori" in desk.does("keys", "list")
    assert "`saldo keys list`" in desk.refused("keys", "revoke", number)
    (revoked, created) = audited(books)
    assert revoked == ("keys.revoke", number, {"by": "Mori"})
    said = {"name": "storefront", "by": "Ito", "permissions": sorted(STOREFRONT)}
    assert created == ("keys.create", number, said)


def test_a_key_of_one_company_sees_that_company(desk: Desk, books: Books) -> None:
    bound = ["--source", "ut11", "--counterparty", PARTY, "--reach", "subtree", "--per-minute", "5"]
    said = desk.does("keys", "create", "--name", "buyer", *bound, "--permission", "balances:read")
    assert f"ut11:{PARTY} (subtree)" in said
    with books.client(text_of(said)) as client:
        answer = client.get(BALANCE)
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == '"key";q=5;w=60'
        assert client.get(f"/v1/counterparties/ut11:{STRANGER}/balance").status_code == 404
        assert client.get(f"/v1/counterparties/ut11:{PARTY}/access").status_code == 403


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--name", " "], "--name"),
        (["--name", "x", "--per-minute", "0"], "--per-minute"),
        (["--name", "x", "--expires", "2020-01-01T00:00+00:00"], "moment to come"),
        (["--name", "x", "--expires", "2030-01-01T00:00"], "+03:00"),
        (["--name", "x", "--expires", "soon"], "+03:00"),
        (["--name", "x", "--source", "nowhere"], "saldo sources"),
        (["--name", "x", "--counterparty", PARTY], "source"),
        (["--name", "x", "--source", "ut11", "--counterparty", STRANGER], "Check the key"),
        (["--name", "x", "--source", "ut11", "--counterparty", PARTY, "--reach", "own"], "contact"),
        (
            ["--name", "x", "--source", "ut11", "--counterparty", PARTY, "--permission", "rules:write"],
            "--counterparty",
        ),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_with_a_hint(desk: Desk, words: list[str], hint: str) -> None:
    assert hint in desk.refused("keys", "create", *words)


def test_without_keys_the_list_says_how_to_make_one(desk: Desk) -> None:
    desk.does("keys", "create", "--name", "a", "--source", "ut11", "--expires", "2099-01-01T00:00")
    assert "expires 2098-12-31 21:00" in desk.does("keys", "list")
