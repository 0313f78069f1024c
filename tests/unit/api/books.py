"""A small set of books, put into a store through the store's own functions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from litestar import Litestar
from litestar.testing import TestClient

from api.app import create_app
from schemas import TABLES
from schemas.api_keys import PERMISSIONS
from schemas.settings import HubSettings, Secret, SourceSettings, TermsSettings
from schemas.source import RawPage, RawUnit, Scope
from store import api_keys, balances, landing, records
from store.engine import Store
from tests.migrated import migrate

READ_AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
EMPTY: dict[object, object] = {str: "", int: 0, bool: False}


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


PARTY, CONTRACT, ORGANIZATION, KEY, STRANGER = map(guid, range(1, 6))
NOTIFY_KEY = "a key that the base and the hub share"
MEMO = "never shown to the buyer"


def record(table: str, **given: Any) -> tuple[Any, ...]:
    """A row of `table` with what is given, and nothing in every other field."""
    fields = TABLES[table].fields
    assert given.keys() <= fields.keys(), given.keys() - fields.keys()
    return tuple(given.get(name, _nothing(hint)) for name, hint in fields.items())


def _nothing(hint: Any) -> object:
    if type(None) in get_args(hint):
        return None
    plain = getattr(hint, "__supertype__", hint)
    return "{}" if getattr(hint, "__name__", "") == "Json" else EMPTY[plain]


@dataclass
class Books:
    store: Store
    settings: HubSettings
    now: datetime = READ_AT
    entries: int = field(default=0)
    any_key: str = ""

    @classmethod
    def open(cls, database_url: str, landing: Path, **terms: Any) -> Books:
        migrate(database_url)
        source = SourceSettings(
            id="ut11",
            title="УТ",
            base_url="http://127.0.0.1:1/odata",
            user="x",
            password=Secret("x"),
            time_zone=MOSCOW,
            history_from=date(2026, 1, 1),
            notify_secret=Secret(NOTIFY_KEY),
        )
        silent = replace(source, id="silent", notify_secret=None)
        settings = HubSettings(database_url, f"file://{landing}", (source, silent), TermsSettings(**terms))
        books = cls(Store.open(database_url, settings.landing_url), settings)
        books.any_key = books.key()
        return books

    def put(self, table: str, rows: Iterable[tuple[Any, ...]], read_at: datetime = READ_AT) -> None:
        """Land and merge a complete set."""
        rows, declared = list(rows), TABLES[table]
        body = json.dumps(rows, default=str).encode()
        page = RawPage(f"/{table}", body, read_at, 0.1, "application/json")
        landing.save(self.store, "ut11", table, RawUnit(Scope(), (page,)), run_id=f"run-{read_at:%H%M%S}")
        (unit,) = landing.pending(self.store, "ut11", table)
        placed = [(*row, unit.pages[0].id, place) for place, row in enumerate(rows)]
        with self.store.transaction() as tx:
            records.merge(
                tx,
                source="ut11",
                entity=table,
                main=declared,
                unit=unit,
                batch=records.Batch({declared: placed}, [], len(placed)),
                mapping_digest="test",
                run_id="run",
                period=None,
            )

    def parties(self, *, terms_days: int | None = None, limit: int | None = None) -> None:
        """One counterparty with one contract in roubles, and the key that settlements point to."""
        self.put("organization", [record("organization", id=ORGANIZATION, name="Наша фирма")])
        party = {"name": "Покупатель", "kind": "company", "status": "active", "internal_memo": MEMO}
        self.put("counterparty", [record("counterparty", id=PARTY, **party)])
        contract = {
            "organization_id": ORGANIZATION,
            "counterparty_id": PARTY,
            "number": "17",
            "name": "Договор 17",
            "kind": "sale",
            "status": "active",
            "currency": "RUB",
            "payment_terms_days": terms_days,
            "credit_limit": limit,
            "settlement_order": "by_contract",
            "internal_memo": MEMO,
        }
        self.put("contract", [record("contract", id=CONTRACT, **contract)])
        owner = {"organization_id": ORGANIZATION, "counterparty_id": PARTY, "contract_id": CONTRACT}
        self.put("settlement_key", [record("settlement_key", id=KEY, **owner)])

    def settle(
        self, debt: Iterable[tuple[str, int] | tuple[str, int, str]], items: Iterable[dict[str, Any]]
    ) -> None:
        """Movements of the running account as (currency, amount[, key]), and of its items, then a refresh."""
        names = ("currency", "amount", "settlement_key_id")
        account = [self._movement("settlement_entry", **dict(zip(names, one, strict=False))) for one in debt]
        self.put("settlement_entry", account)
        self.put("due_entry", [self._movement("due_entry", **{"currency": "RUB"} | item) for item in items])
        with self.store.transaction() as tx:
            balances.refresh(tx, "ut11")

    def _movement(self, table: str, **given: Any) -> tuple[Any, ...]:
        self.entries += 1
        basis = {"recorder_id": guid(10_000), "line_no": self.entries, "at": "2026-11-01T12:00:00"}
        return record(table, **{**basis, "active": True, "settlement_key_id": KEY, **given})

    def app(self) -> Litestar:
        return create_app(self.settings, self.store, clock=lambda: self.now)

    def client(self, key: str | None = None) -> TestClient[Litestar]:
        """A client with this key, else with one that may do everything."""
        client = TestClient(self.app(), raise_server_exceptions=False)
        client.headers["Authorization"] = f"Bearer {key or self.any_key}"
        return client

    def key(self, **bound: Any) -> str:
        """A new key that may do everything; see `api_keys.create` for what it may be bound to."""
        with self.store.transaction() as tx:
            given = {"name": "test", "by": "test", "permissions": PERMISSIONS, **bound}
            return api_keys.create(tx, **given)[1]

    def balance(self, counterparty_id: str = f"ut11:{PARTY}") -> Any:
        with self.client() as client:
            answer = client.get(f"/v1/counterparties/{counterparty_id}/balance")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def with_terms(self, **terms: Any) -> Books:
        return replace(self, settings=replace(self.settings, terms=TermsSettings(**terms)))
