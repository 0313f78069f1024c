"""The two companies' books in a store, with everything that people set on the site and everything internal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from schemas import RECORDS, TABLES
from schemas.records import RecordTable
from schemas.settings import OrderSettings
from schemas.source import RawPage, RawUnit, Scope
from store import (
    access_rules,
    api_keys,
    approval_rules,
    audit,
    balances,
    events,
    file_requests,
    files,
    landing,
    operations,
    pauses,
    records,
    site_terms,
    trading,
    webhooks,
)
from store.engine import Tx
from store.events import NewEvent
from store.file_requests import Wanted
from tests.company import newcomers, portal, rows, statements
from tests.company.owners import (
    ABROAD,
    BRANCH,
    DOCUMENTS,
    OTHER_SOURCE,
    OWNERS,
    PARTNER_OF,
    SHARED,
    SOURCE,
    STRANGER,
    Reader,
    external,
    guid,
    source_of,
)
from tests.unit.api.books import READ_AT, Books

NESTED = {child for children in rows.CHILDREN.values() for child in children}
ENTRIES = ("settlement_entry", "due_entry")
PLENTY = 1_000_000  # requests a minute: the clock of these books stands still
SAID: dict[str, Any] = {"by": "said~who", "reason": "said~why"}  # read only by who may write it


MOVED = guid("document", "moved")


class Company(Books):
    """`Books` with the two companies in both sources."""

    made: dict[str, list[str]]  # ids of what the hub keeps itself, by the name of the parameter

    def key_of(self, reader: Reader) -> str:
        with self.store.transaction() as tx:
            given = {"name": reader.name, "by": "test", "per_minute": PLENTY, **reader.bound}
            return api_keys.create(tx, **given)[1]

    def fill(self) -> None:
        for table in RECORDS:
            if table.name in NESTED or table.name in ENTRIES:
                continue
            for source in (SOURCE, OTHER_SOURCE):
                self.merge(source, table, list(_records(table, source)))
        self.merge(SOURCE, TABLES["document"], list(_documents(BRANCH)), place=1)
        self.settle_all()
        self.decide()
        self.happen()

    def merge(
        self, source: str, table: RecordTable, rows_of_it: list[tuple[Any, ...]], place: int = 0
    ) -> None:
        """Land a complete set with what is nested in it, and bring it into the store."""
        read_at = READ_AT.replace(second=place)
        body = json.dumps(rows_of_it, default=str).encode()
        page = RawPage(f"/{table.name}", body, read_at, 0.1, "application/json")
        landing.save(self.store, source, table.name, RawUnit(Scope(), (page,)), run_id=f"run-{place}")
        (unit,) = landing.pending(self.store, source, table.name)
        found = {table: rows_of_it} | {child: _nested(child, rows_of_it) for child in _children(table)}
        placed = {
            one: [(*row, unit.pages[0].id, number) for number, row in enumerate(those)]
            for one, those in found.items()
        }
        with self.store.transaction() as tx:
            records.merge(
                tx,
                source=source,
                entity=table.name,
                main=table,
                unit=unit,
                batch=records.Batch(placed, [], len(rows_of_it)),
                mapping_digest="test",
                run_id=f"run-{place}",
                period=None,
            )

    def settle_all(self) -> None:
        for source in (SOURCE, OTHER_SOURCE):
            for name in ENTRIES:
                table = TABLES[name]
                self.merge(source, table, [_entry(table, *one) for one in _settled(source)])
            with self.store.transaction() as tx:
                balances.refresh(tx, source)

    def decide(self) -> None:
        """What people set on the site: their words and names stay inside."""
        with self.store.transaction() as tx:
            for owner in OWNERS:
                source, key = source_of(owner), guid("counterparty", owner)
                access_rules.add_override(
                    tx, source, key, state="open", expires_at=datetime(2100, 1, 1, tzinfo=UTC), **SAID
                )
                first, last = date(2026, 1, 1), date(2026, 1, 2)
                trading.suspend(tx, source, key, from_on=first, to_on=last, **SAID)
                approval_rules.add(tx, source, counterparty_id=key, **SAID)
                site_terms.add(
                    tx,
                    source,
                    "counterparty",
                    key,
                    days=3,
                    valid_from=date(2026, 1, 1),
                    by="desk",
                    reason=SAID["reason"],
                )
            access_rules.add_rule(tx, SOURCE, state="balance_only", days=1, **SAID)
            pauses.pause(tx, OTHER_SOURCE, **SAID)

    def happen(self) -> None:
        """Something of everybody's in what the hub keeps itself: events, webhooks, operations, notes of writes."""
        self.made = {"webhook_id": [], "operation_id": [], "statement_id": [], "upload_id": []}
        with self.store.transaction() as tx:
            for owner in OWNERS:
                source, party = source_of(owner), guid("counterparty", owner)
                about = {"source": source, "counterparty_id": party}
                told = {"version": 1, "note": f"{owner}.money~event~data"}
                events.add(tx, source, [NewEvent("balance.changed", party, party, 1, told)], tx.now)
                webhook, _ = webhooks.create(
                    tx,
                    url=f"https://shop.example/{owner}~webhook~url",
                    own_hosts=(),
                    by="test",
                    source=source,
                    counterparties=[party],
                )
                asked = operations.ask(tx, "sync", source, party, key_number=owner, most=9)
                assert asked is not None
                self.made["webhook_id"].append(webhook.id)
                self.made["operation_id"].append(asked.id)
                audit.add(tx, operation="setAccess", details={"what": f"{owner}~audit~details"}, **about)
                self.print_out(tx, source, party, guid("document", f"{owner}.note"), f"{owner}.note")
            self.print_out(tx, SOURCE, guid("counterparty", STRANGER), MOVED, f"{STRANGER}.note")
        for owner in statements.OF:
            for name, value in statements.made(self, owner).items():
                self.made[name].append(value)
        self.made["order_id"] = [*ids()["order_id"], *portal.made(self)]
        self.made["request_id"] = newcomers.made(self)

    def print_out(self, tx: Tx, source: str, party: str, document: str, tag: str) -> None:
        """A file that was made of a document, when it was this counterparty's."""
        wanted = Wanted(
            source=source, counterparty_id=party, document_id=document, form="shipping_note", language="ru"
        )
        file_requests.ask(tx, wanted, by="test", most=99)
        body, name = f"{tag}~file~body".encode(), f"{tag}~file~name"
        form = wanted.file("application/pdf")
        files.give(tx, self.store, form, body, name=name, origin="hub", of_version="1")


def opened(database_url: str, landing_folder: Path) -> Company:
    """Books with both companies: a document of the stranger's has become the branch's since."""
    company = Company.open(database_url, landing_folder)
    taking = tuple(replace(one, orders=OrderSettings(accept=True)) for one in company.settings.sources)
    company.settings = replace(company.settings, api_per_minute=PLENTY, sources=taking)
    company.fill()
    return company


def ids() -> dict[str, list[str]]:
    """Ids of every owner by what addresses call them."""
    parties = [external("counterparty", owner) for owner in OWNERS]
    chosen = [f"{BRANCH}.{name}" for name in DOCUMENTS] + [f"{owner}.note" for owner in OWNERS]
    papers = [external("document", one) for one in (*dict.fromkeys(chosen), "moved")]
    shared = {table: [external(table, SHARED[SOURCE])] for table in TABLES}
    contracts = [external("contract", owner) for owner in OWNERS]
    found = shared | {"counterparty": parties, "document": papers, "contract": contracts, "payment": papers}
    return {f"{name}_id": those for name, those in found.items()} | {
        "head_id": [external("counterparty", one) for one in (BRANCH, STRANGER)],
        "order_id": papers[:1],
    }


def hidden(reader: Reader) -> set[str]:
    """Ids of what exists and is not for this reader."""
    parties, seen = reader.counterparties(), reader.sees()
    others = [one for one in OWNERS if one not in parties]
    papers = [f"{owner}.{name}" for owner in OWNERS for name in DOCUMENTS]
    found = {external(table, one) for table in ("counterparty", "contract") for one in others}
    found |= {external("document", one) for one in papers if one not in seen}
    found |= portal.hidden(seen) | newcomers.hidden(seen)
    return found | ({external("document", "moved")} if f"{BRANCH}.note" not in seen else set())


def _records(table: RecordTable, source: str) -> Iterable[tuple[Any, ...]]:
    owners = [owner for owner in OWNERS if source_of(owner) == source]
    if table.name == "counterparty":
        return [rows.party(owner) for owner in owners]
    if table.name == "document":
        return (
            _documents(STRANGER) if source == SOURCE else [rows.document(ABROAD, name) for name in DOCUMENTS]
        )
    if table.name in ("contract", "settlement_key", "settlement_object"):
        tag = ".money" if table.name != "contract" else ""
        return [rows.row(table, owner + tag, id=guid(table.name, owner)) for owner in owners]
    if table.name in ("partner", "contact"):
        return [rows.row(table, tag) for tag in dict.fromkeys(PARTNER_OF[owner] for owner in owners)]
    return [rows.row(table, SHARED[source])]


def _documents(moved_to: str) -> Iterable[tuple[Any, ...]]:
    """Everybody's of the first source, and one that was written to the wrong counterparty at first."""
    for owner in (one for one in OWNERS if source_of(one) == SOURCE):
        yield from (rows.document(owner, name) for name in DOCUMENTS)
    yield rows.document(moved_to, "note")._replace(id=MOVED)


def _children(table: RecordTable) -> list[RecordTable]:
    return [TABLES[name] for name in rows.CHILDREN.get(table.name, ())]


def _nested(child: RecordTable, parents: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """One row of `child` for each parent, under the same name: the parent's own texts tell it."""
    found = []
    for parent in parents:
        record_id, tag = parent[0], _tag(parent)
        found.append(rows.row(child, tag, **{str(child.parent): record_id}))
    return found


def _tag(record: tuple[Any, ...]) -> str:
    return next(
        value.partition("~")[0] for value in record if isinstance(value, str) and value.count("~") == 2
    )


def _settled(source: str) -> list[tuple[str, str]]:
    owners = [owner for owner in OWNERS if source_of(owner) == source]
    return [(owner, name) for owner in owners for name in ("note", "pay")]


def _entry(table: RecordTable, owner: str, name: str) -> tuple[Any, ...]:
    """The shipping note is a debt that is overdue by now; the payment settles a part of it."""
    debt = rows.amount(f"{owner}.money", 100)
    units = debt if name == "note" else -(debt // 2)
    given: dict[str, Any] = {"recorder_kind": DOCUMENTS[name]}
    if table.name == "settlement_entry":
        given["amount"] = units
    else:
        note = guid("document", f"{owner}.note")
        given |= {"settled_id": note, "settled_kind": "shipping_note", "due_on": "2026-10-10"}
        given |= {"debt": units, "advance": 0}
    recorder = guid("document", f"{owner}.{name}")
    return rows.row(table, f"{owner}.money", recorder_id=recorder, **given)
