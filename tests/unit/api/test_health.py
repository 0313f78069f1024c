from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from store.engine import Store
from tests.unit.api.books import Books


def asked(books: Books, address: str) -> tuple[int, dict[str, Any]]:
    with books.client() as client:
        answer = client.get(address)
    return answer.status_code, answer.json()


def test_a_hub_with_a_migrated_store_is_ready_before_the_first_sync(books: Books) -> None:
    assert asked(books, "/readyz") == (200, {"status": "ok"})


def test_the_process_is_alive_whatever_the_store_does(books: Books, tmp_path: Path) -> None:
    books.store = Store.open(f"sqlite:///{tmp_path}/no/such/folder/store.db", f"file://{tmp_path}/landing")
    assert asked(books, "/healthz") == (200, {"status": "ok"})
    status, body = asked(books, "/readyz")
    assert (status, body["code"], body["reasons"][0]["subject"]) == (503, "not_ready", "database")


def test_a_store_that_is_not_migrated_is_not_ready(books: Books, tmp_path: Path) -> None:
    books.store = Store.open(f"sqlite:///{tmp_path / 'empty.db'}", f"file://{tmp_path}/landing")
    status, body = asked(books, "/readyz")
    assert (status, body["code"]) == (503, "not_ready")
    assert "saldo migrate" in body["hint"]


@pytest.mark.postgres
def test_readiness_is_told_on_postgresql_too(books: Books, postgres_url: str, tmp_path: Path) -> None:
    books.store = Store.open(postgres_url, f"file://{tmp_path}/landing")
    assert asked(books, "/readyz")[0] == 503
    ready = Books.open(postgres_url, tmp_path / "landing")
    assert asked(ready, "/readyz") == (200, {"status": "ok"})
    ready.store.close()
    books.store.close()


def test_a_landing_that_vanished_is_not_ready(books: Books, tmp_path: Path) -> None:
    books.parties()
    assert asked(books, "/readyz")[0] == 200
    shutil.rmtree(tmp_path / "landing")
    status, body = asked(books, "/readyz")
    assert (status, [reason["subject"] for reason in body["reasons"]]) == (503, ["landing"])


def test_a_landing_that_does_not_answer_is_not_ready(books: Books, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    books.store = Store.open(books.settings.database_url, f"file://{tmp_path}/file/landing")
    status, body = asked(books, "/readyz")
    assert (status, body["reasons"][0]["subject"]) == (503, "landing")
