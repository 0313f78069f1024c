from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas import TABLES
from schemas.source import RawPage, RawUnit, Scope
from schemas.types import WallClock
from store import agreement, landing, pauses, records, rejections, runs
from store.agreement import Agreement
from store.batch import Batch, Rejection
from tests.unit.api.books import PARTY, READ_AT, Books


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(database_url, tmp_path / "landing")
    yield opened
    opened.store.close()


def state(books: Books, key: str | None = None) -> list[dict[str, Any]]:
    with books.client(key) as client:
        answer = client.get("/v1/sync")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_what_was_never_read_is_told_so(books: Books) -> None:
    ours, silent = state(books)
    assert (ours["source"], ours["title"], silent["source"]) == ("ut11", "УТ", "silent")
    assert {one["freshness"]["state"] for one in ours["families"]} == {"never"}
    assert ours["agreement"] == {"state": "unknown", "verified_through": None}
    assert (ours["differing"], ours["paused"], ours["last_run"]) == (None, None, None)


def test_freshness_agreement_quarantine_pause_and_the_last_run_are_told(books: Books) -> None:
    read(books, "order", READ_AT - timedelta(hours=2))
    read(books, "currency", READ_AT - timedelta(hours=2))
    with books.store.transaction() as tx:
        found = Agreement(
            "ut11", "balance", "r", READ_AT, None, WallClock("2026-11-01T00:00:00"), 5, 2, 1, "differs"
        )
        agreement.save(tx, found)
        agreement.save(tx, replace(found, state="failed", differing=0))
        bad = Rejection("k", "amount", ("Сумма",), "not a number: secret", "mend it", 1, 0)
        rejections.save(tx, "ut11", "order", [bad, replace(bad, field="number")], step="map")
        pauses.pause(tx, "ut11", by="secret person", reason="secret reason")
        runs.start(tx, run_id="r1", source="ut11", entity="order", job="j")
        runs.fail(tx, run_id="r1", source="ut11", entity="order", error="secret address")
        runs.start(tx, run_id="r1", source="ut11", entity="invoice", job="j")
    ours, _ = state(books)
    families = {one["family"]: one for one in ours["families"]}
    documents = families["documents"]
    assert (
        documents["as_of"]
        == (READ_AT - timedelta(hours=2)).astimezone(books.settings.sources[0].time_zone).isoformat()
    )
    assert documents["freshness"] == {"state": "stale", "target_seconds": 3600}
    assert families["reference"]["freshness"] == {"state": "fresh", "target_seconds": 36 * 3600}
    assert (documents["quarantined"], families["parties"]["quarantined"]) == (1, 0)
    assert (ours["agreement"]["state"], ours["differing"]) == ("differs", 2)
    assert ours["paused"]["code"] == "operator"
    assert (ours["last_run"]["state"], ours["last_run"]["finished_at"]) == ("failed", None)
    with books.client() as client:
        assert "secret" not in client.get("/v1/sync").text


def test_a_key_of_one_base_is_told_of_no_other(books: Books) -> None:
    books.parties()
    key = books.key(source="ut11", counterparty_id=PARTY, reach="company")
    assert [one["source"] for one in state(books, key)] == ["ut11"]


def test_documents_say_the_same_of_themselves(books: Books) -> None:
    read(books, "order", READ_AT)
    read(books, "shipping_note", READ_AT - timedelta(minutes=30))
    with books.client() as client:
        answer = client.get("/v1/documents", params={"source": "ut11"}).json()
    (basis,) = answer["sources"]
    moment = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
    assert datetime.fromisoformat(basis["as_of"]) == moment, "the oldest reading of the family"
    assert basis["freshness"]["state"] == "fresh"


def read(books: Books, entity: str, at: datetime) -> None:
    """A complete reading of a set in which there is nothing."""
    page = RawPage(f"/{entity}", b"[]", at, 0.1, "application/json")
    landing.save(books.store, "ut11", entity, RawUnit(Scope(), (page,)), run_id=f"read {entity}")
    (unit,) = landing.pending(books.store, "ut11", entity)
    main = TABLES["currency" if entity == "currency" else "document"]
    with books.store.transaction() as tx:
        records.merge(tx, source="ut11", entity=entity, main=main, unit=unit, batch=Batch({main: []}, [], 0),
                      mapping_digest="t", run_id="r", period=None)  # fmt: skip
