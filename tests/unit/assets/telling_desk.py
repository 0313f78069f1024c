"""A small company whose storefront is told what changes: every write goes through the store's own functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from assets import telling
from assets.source import Source, sources
from assets.telling import Told
from schemas import TABLES
from schemas.settings import HubSettings, Secret, SourceSettings, TermsSettings
from schemas.source import Scope
from store import balances, events
from store.events import Event
from tests.unit.store.desk import DOCUMENT, LINE, SOURCE, Desk, Row, document, row

MOSCOW = ZoneInfo("Europe/Moscow")
BASE = SourceSettings(SOURCE, "УТ", "http://127.0.0.1:1", "x", Secret("x"), MOSCOW, date(2026, 1, 1))
SETTINGS = HubSettings("", "", (BASE,), TermsSettings(default_days=14), fresh_for_s=3600)
NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 12:00 in Moscow
CONTRACTS = {"anna": "of-anna", "boris": "of-boris"}
READ_AT = datetime(2026, 11, 23, 8, 55, tzinfo=UTC)


@dataclass
class Company:
    """What the books hold; each method lands and merges the whole of a table as it then is."""

    desk: Desk
    settings: HubSettings = SETTINGS
    owed: dict[str, tuple[int, str | None]] = field(default_factory=dict)  # by counterparty: units, arose on
    shipped: dict[str, Row] = field(default_factory=dict)
    received: dict[str, Row] = field(default_factory=dict)
    folded: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    seen: int = 0

    @classmethod
    def founded(cls, desk: Desk, zone: ZoneInfo = MOSCOW, **settings: Any) -> Company:
        """Two counterparties with a contract each, nothing owed, everything read once and looked at."""
        own = replace(SETTINGS, sources=(replace(BASE, time_zone=zone),), **settings)
        company = cls(desk, own)
        desk.whole(TABLES["counterparty"], *(company.party(name) for name in CONTRACTS))
        desk.whole(TABLES["contract"], *(company.contract(name) for name in CONTRACTS))
        keys = (
            row(TABLES["settlement_key"], id=f"key-{name}", counterparty_id=name, contract_id=contract)
            for name, contract in CONTRACTS.items()
        )
        desk.whole(TABLES["settlement_key"], *keys)
        company.books()
        company.ship()
        company.receive()
        return company

    @property
    def source(self) -> Source:
        return sources(self.settings)[0]

    @staticmethod
    def party(name: str, **fields: Any) -> Row:
        return row(TABLES["counterparty"], id=name, **{"kind": "company", "status": "active"} | fields)

    @staticmethod
    def contract(name: str, **fields: Any) -> Row:
        given = {"id": CONTRACTS[name], "counterparty_id": name, "organization_id": "us", "currency": "RUB"}
        return row(TABLES["contract"], **given | fields)

    def owe(
        self, name: str, units: int, arose_on: str | None = "2026-11-20", read_at: datetime = READ_AT
    ) -> None:
        """Let the counterparty owe exactly this since then, and derive the balances that this touches.

        Without a day the debt is as old as the shipping note `note-<name>`.
        """
        self.owed[name] = (units, arose_on)
        self.books(read_at)

    def books(self, read_at: datetime = READ_AT) -> None:
        common = {"recorder_id": "note", "at": "2026-11-20T10:00:00", "active": True, "currency": "RUB"}
        debts: list[Row] = []
        dues: list[Row] = []
        for number, (name, (units, arose_on)) in enumerate(sorted(self.owed.items())):
            own = {**common, "line_no": number, "settlement_key_id": f"key-{name}"}
            debts.append(row(TABLES["settlement_entry"], **own, amount=units))
            due = {"settled_id": f"note-{name}", "arose_on": arose_on, "debt": units, "advance": 0}
            dues.append(row(TABLES["due_entry"], **own, **due))
        self._whole("settlement_entry", debts, read_at)
        self._whole("due_entry", dues, read_at)
        with self.desk.store.transaction() as tx:
            balances.refresh(tx, SOURCE, balances.touched(tx, SOURCE))

    def _whole(self, name: str, rows: Iterable[Row], read_at: datetime) -> None:
        rows, table = list(rows), TABLES[name]
        unit = self.desk.land(
            Scope(), repr(rows).encode(), entity=name, fetched_at=read_at, run_id=str(read_at)
        )
        self.desk.merge(unit, {table: rows}, main=table, nested=(), entity=name)

    def ship(self, *ids: str, lines: Iterable[Row] = (), **fields: Any) -> None:
        """Put shipping notes as they are now beside those there are."""
        for key in ids:
            given = {"counterparty_id": "anna", "number": key, "currency": "RUB"} | fields
            self.shipped[key] = document(key, **given)
        self._documents("shipping_note", self.shipped, lines)

    def lose(self, key: str) -> None:
        del self.shipped[key]
        self._documents("shipping_note", self.shipped)

    def receive(self, *ids: str, **fields: Any) -> None:
        for key in ids:
            given = {"counterparty_id": "anna", "number": key, "kind": "bank_receipt"} | fields
            self.received[key] = document(key, **given)
        self._documents("bank_receipt", self.received)

    def put(self, entity: str, **rows: dict[str, Any]) -> None:
        """Read all documents of another kind."""
        self._documents(entity, {key: document(key, **fields) for key, fields in rows.items()})

    def _documents(self, entity: str, rows: dict[str, Row], lines: Iterable[Row] = ()) -> None:
        unit = self.desk.land(Scope(), repr((rows, lines)).encode(), entity=entity)
        held = {DOCUMENT: list(rows.values()), LINE: list(lines)}
        self.desk.merge(unit, held, entity=entity)

    def tell(self, now: datetime = NOON) -> Told:
        return telling.tell(self.desk.store, self.settings, self.source, now)

    def heard(self, now: datetime = NOON) -> list[Event]:
        """Look, and give the events that came of it."""
        self.tell(now)
        return self.news()

    def news(self) -> list[Event]:
        with self.desk.store.reading() as tx:
            found = events.read(tx, after=self.seen)
        self.seen = max((one.id for one in found), default=self.seen)
        return found
