"""What comparisons with the accounting system's own totals found: written once each, and read by everybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, insert, select

from schemas import TABLES
from schemas.types import WallClock
from store import news
from store.engine import Tx
from store.record_tables import STORED
from store.rejections import is_open
from store.tables import REJECTED
from store.tables_of_proof import AGREEMENT, AGREEMENT_DIFFERENCE, AGREEMENT_DOCUMENT

State = Literal["agreed", "differs", "incomplete", "unsettled", "failed"]
Verdict = Literal["missing_in_hub", "missing_in_books", "differs", "rejected", "unsettled"]

ALARMS: tuple[State, ...] = ("differs", "incomplete")
COMPARED: tuple[State, ...] = ("agreed", *ALARMS, "unsettled")

_KEY = STORED[TABLES["settlement_key"]]


@dataclass(frozen=True, slots=True)
class Document:
    """A document behind a difference, in minor units of its currency.

    `rejected` lies in quarantine; `unsettled` was still changing in the books while it was looked at.
    """

    recorder_id: str
    recorder_kind: str
    dated_at: WallClock | None
    in_books: int
    in_hub: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that differs. With a range, its documents are not all named: the rest lies between."""

    entity: str
    field: str
    settlement_key_id: str
    currency: str
    in_books: int
    in_hub: int
    documents: tuple[Document, ...] = ()
    range_start: WallClock | None = None
    range_end: WallClock | None = None
    organization_id: str | None = None
    counterparty_id: str | None = None
    contract_id: str | None = None

    @property
    def proven(self) -> bool:
        """The books said the same before and after a pull, and the hub still another thing."""
        return any(one.verdict != "unsettled" for one in self.documents) or self.range_end is not None


@dataclass(frozen=True, slots=True)
class Agreement:
    """One comparison: what was `compared` (figures) is what is dated before `moment` of the base's clock."""

    source: str
    kind: str
    run_id: str
    began_at: datetime
    ended_at: datetime | None
    moment: WallClock | None
    compared: int
    differing: int
    requests: int
    state: State
    error: str | None = None
    differences: tuple[Difference, ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class AgreementState:
    """How a counterparty's figures stand: everything before `verified_through` was equal in the books.

    `unknown` where nothing was compared yet, or where the books were changing during the last comparison.
    """

    state: Literal["agreed", "differs", "unknown"]
    verified_through: WallClock | None
    differences: tuple[Difference, ...] = ()


def save(tx: Tx, found: Agreement) -> Agreement:
    """Write a comparison; gives it with its id and with the owners of the settlement keys that differ."""
    row = {name: getattr(found, name) for name in _COMPARISON}
    owned = with_owners(tx, found)
    doubted = {one.counterparty_id for one in owned.differences} | _doubted(tx, found.source)
    news.parties(tx, found.source, filter(None, doubted))
    agreement_id = _inserted(tx, AGREEMENT, **row, ended_at=tx.now)
    for one in owned.differences:
        values = {name: getattr(one, name) for name in _DIFFERENCE}
        difference_id = _inserted(
            tx, AGREEMENT_DIFFERENCE, agreement_id=agreement_id, source=found.source, **values
        )
        for document in one.documents:
            fields = {name: getattr(document, name) for name in _DOCUMENT}
            tx.connection.execute(insert(AGREEMENT_DOCUMENT).values(difference_id=difference_id, **fields))
    return replace(owned, id=agreement_id, ended_at=tx.now)


def _doubted(tx: Tx, source: str) -> set[str | None]:
    """Whose figures the last comparison that came to an end found to differ."""
    own = AGREEMENT_DIFFERENCE.c
    found = select(own.counterparty_id).where(own.agreement_id == _last_compared(source))
    return set(tx.connection.execute(found).scalars())


def with_owners(tx: Tx, found: Agreement) -> Agreement:
    """Tell whose settlement keys differ, as far as the store knows them."""
    owners = _owners(tx, found.source, {one.settlement_key_id for one in found.differences})
    owned = []
    for one in found.differences:
        organization, counterparty, contract = owners.get(one.settlement_key_id, (None, None, None))
        owned.append(
            replace(one, organization_id=organization, counterparty_id=counterparty, contract_id=contract)
        )
    return replace(found, differences=tuple(owned))


def latest(tx: Tx, source: str) -> Agreement | None:
    """The last comparison, whatever came of it, with everything it found."""
    found = history(tx, source, 1)
    if not found:
        return None
    return replace(found[0], differences=_differences(tx, AGREEMENT_DIFFERENCE.c.agreement_id == found[0].id))


def latest_ended(tx: Tx, source: str) -> Agreement | None:
    """The last comparison that came to an end, with everything it found."""
    wanted = _newest(source).where(AGREEMENT.c.state.in_(COMPARED)).limit(1)
    row = tx.connection.execute(wanted).mappings().one_or_none()
    if row is None:
        return None
    return Agreement(**row, differences=_differences(tx, AGREEMENT_DIFFERENCE.c.agreement_id == row["id"]))


def verified_through(tx: Tx, source: str) -> WallClock | None:
    """Up to which moment of the base's clock everything was equal when it was last compared."""
    column = AGREEMENT.c
    newest = (
        select(column.moment)
        .where(column.source == source, column.state == "agreed")
        .order_by(column.id.desc())
        .limit(1)
    )
    return tx.connection.execute(newest).scalar_one_or_none()


def history(tx: Tx, source: str, limit: int) -> list[Agreement]:
    """Comparisons without what they found, the newest first."""
    rows = tx.connection.execute(_newest(source).limit(limit)).mappings()
    return [Agreement(**row) for row in rows]


def state_of(tx: Tx, source: str, counterparty_id: str) -> AgreementState:
    """How one counterparty stands by the last comparison that came to an end."""
    wanted = _newest(source).where(AGREEMENT.c.state.in_(COMPARED)).limit(1)
    last = tx.connection.execute(wanted).one_or_none()
    if last is None:
        return AgreementState("unknown", None)
    own = AGREEMENT_DIFFERENCE.c
    mine = (own.source == source) & (own.counterparty_id == counterparty_id) & (own.agreement_id == last.id)
    found = _differences(tx, mine)
    if not found:
        return AgreementState("agreed", last.moment)
    proven = tuple(one for one in found if one.proven)
    return AgreementState("differs" if proven else "unknown", verified_through(tx, source), proven)


def differing(tx: Tx, source: str) -> frozenset[str]:
    """The counterparties whose figures the last comparison that came to an end proved to differ."""
    found = _differences(tx, AGREEMENT_DIFFERENCE.c.agreement_id == _last_compared(source))
    return frozenset(one.counterparty_id for one in found if one.proven and one.counterparty_id)


def open_documents(tx: Tx, source: str) -> list[Document]:
    """The documents that are proven to differ by the last comparison that came to an end, each once."""
    wanted = _newest(source).where(AGREEMENT.c.state.in_(COMPARED)).limit(1)
    last = tx.connection.execute(wanted).one_or_none()
    if last is None:
        return []
    found = _differences(tx, AGREEMENT_DIFFERENCE.c.agreement_id == last.id)
    named = {
        document.recorder_id: document
        for one in found
        for document in one.documents
        if document.verdict != "unsettled"
    }
    return sorted(named.values(), key=lambda document: (document.dated_at or "", document.recorder_id))


def quarantined(tx: Tx, source: str, entity: str) -> set[str]:
    """The records of an entity that lie in quarantine, by the first part of their keys."""
    ids = tx.connection.execute(select(REJECTED.c.record_id).where(is_open(source, entity))).scalars()
    return {record_id.partition("/")[0] for record_id in ids}


_MANY = 500  # keys in one query
_MADE = ("source", "kind", "run_id", "began_at", "moment")
_COMPARISON = (*_MADE, "compared", "differing", "requests", "state", "error")
_OWNER = ("organization_id", "counterparty_id", "contract_id")
_FIGURE = (
    "entity",
    "field",
    "settlement_key_id",
    "currency",
    "in_books",
    "in_hub",
    "range_start",
    "range_end",
)
_DIFFERENCE = (*_FIGURE, *_OWNER)
_DOCUMENT = ("recorder_id", "recorder_kind", "dated_at", "in_books", "in_hub", "verdict")


def _newest(source: str) -> Select[Any]:
    return select(AGREEMENT).where(AGREEMENT.c.source == source).order_by(AGREEMENT.c.id.desc())


def _last_compared(source: str) -> Any:
    last = _newest(source).where(AGREEMENT.c.state.in_(COMPARED)).limit(1)
    return last.with_only_columns(AGREEMENT.c.id).scalar_subquery()


def _differences(tx: Tx, condition: Any) -> tuple[Difference, ...]:
    own = AGREEMENT_DIFFERENCE.c
    rows = tx.connection.execute(
        select(own.id, *(own[name] for name in _DIFFERENCE)).where(condition).order_by(own.id)
    ).all()
    documents = _documents(tx, condition)
    return tuple(
        Difference(**{name: getattr(row, name) for name in _DIFFERENCE}, documents=documents.get(row.id, ()))
        for row in rows
    )


def _documents(tx: Tx, condition: Any) -> Mapping[int, tuple[Document, ...]]:
    column, own = AGREEMENT_DOCUMENT.c, AGREEMENT_DIFFERENCE.c
    found: dict[int, tuple[Document, ...]] = {}
    rows = tx.connection.execute(
        select(column.difference_id, *(column[name] for name in _DOCUMENT))
        .join(AGREEMENT_DIFFERENCE, own.id == column.difference_id)
        .where(condition)
        .order_by(column.id)
    )
    for difference_id, *fields in rows:
        found[difference_id] = (*found.get(difference_id, ()), Document(*fields))
    return found


def _owners(
    tx: Tx, source: str, keys: Collection[str]
) -> dict[str, tuple[str | None, str | None, str | None]]:
    column, every = _KEY.c, sorted(keys)
    found = {}
    for place in range(0, len(every), _MANY):
        wanted = select(column.id, *(column[name] for name in _OWNER)).where(
            column.source == source, column.id.in_(every[place : place + _MANY])
        )
        for key, organization, counterparty, contract in tx.connection.execute(wanted):
            found[key] = (organization, counterparty, contract)
    return found


def _inserted(tx: Tx, table: Any, **row: Any) -> int:
    key = tx.connection.execute(insert(table).values(**row)).inserted_primary_key
    if key is None:
        raise RuntimeError(f"{table.name} gave no key")
    return int(key[0])
