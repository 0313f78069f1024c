"""What payments paid, from the best that is known: the register, else the payment itself, else the oldest first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from schemas.allocation import AllocatedBy, Owed, Sums, fifo
from schemas.journal import CHARGES, PAYMENTS, RETURNS
from store import payment_rows, settled
from store.engine import Tx
from store.payment_rows import Account
from store.settled import Settled


@dataclass(frozen=True, slots=True)
class Paid:
    """A part of a payment, in minor units of `currency`, that paid the document."""

    document_id: str
    currency: str
    units: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """`sums` are by currency of settlement: what was paid into it is the sum of its three."""

    by: AllocatedBy
    sums: tuple[Sums, ...]
    parts: tuple[Paid, ...]


def of(tx: Tx, source: str, payments: Collection[str]) -> dict[str, Allocated]:
    """Tell of each of these payments what it paid; payments that do not count or are not seen are left out."""
    known = payment_rows.payments(tx, source, payments)
    found = _named(tx, source, known)
    silent = {key: row for key, row in known.items() if key not in found}
    for account in {payment_rows.account(row) for row in silent.values()}:
        ours = _oldest_first(tx, source, account)
        found |= {key: one for key, one in ours.items() if key in silent}
    return found


def to(tx: Tx, source: str, document_ids: Collection[str]) -> list[tuple[str, AllocatedBy, Paid]]:
    """The payments that paid these documents, each with its part; the same parts that `of` gives for the payments."""
    payers = settled.payers(tx, source, document_ids) | payment_rows.naming(tx, source, document_ids)
    silent = set(document_ids) - settled.known(tx, source, document_ids)
    for account in payment_rows.accounts_of(tx, source, silent):
        payers.update(payment_rows.of_account(tx, source, account))
    return [
        (key, one.by, part)
        for key, one in sorted(of(tx, source, payers).items())
        for part in one.parts
        if part.document_id in document_ids
    ]


def _named(tx: Tx, source: str, known: Mapping[str, Row[Any]]) -> dict[str, Allocated]:
    """What the register or the payments themselves say; the rest say nothing of documents."""
    registered = settled.by_register(tx, source, known)
    lines = payment_rows.lines(tx, source, known)
    found = {}
    for key, row in known.items():
        one = _by_register(row, registered[key]) if key in registered else None
        one = one or _by_itself(row, lines.get(key, []))
        if one is not None:
            found[key] = one
    return found


def _by_register(payment: Row[Any], known: Settled) -> Allocated | None:
    """None where the register names no documents, or has more of this payment than it is worth."""
    if not known.names_documents:
        return None
    sums, only = [], set(known.brought) == {payment.currency}
    for currency in sorted(known.brought):
        worth = payment.amount if only else known.brought[currency]
        advance, paid = known.advance[currency], known.allocated(currency)
        if advance < 0 or worth < paid + advance:
            return None
        sums.append(Sums(currency, worth, paid, advance, worth - paid - advance))
    return Allocated("register", tuple(sums), _parts(known.paid))


def _by_itself(payment: Row[Any], lines: Iterable[Row[Any]]) -> Allocated | None:
    """None where no line of the payment names a document."""
    every = list(lines)
    if not any(_names_document(line) for line in every):
        return None
    left = _worth(payment, every)
    paid: defaultdict[str, Counter[str]] = defaultdict(Counter)
    sums = dict(left)
    for line in every:
        currency, units = _line_worth(line, payment, settled=left.keys() != {payment.currency})
        if _names_document(line):
            part = max(min(units, left[currency]), 0)
            paid[currency][line.base_id] += part
            left[currency] -= part
    return Allocated("payment_document", _sums(sums, paid), _parts(paid))


def _oldest_first(tx: Tx, source: str, account: Account) -> dict[str, Allocated]:
    """Set the payments of an account that name nothing against its documents, less what others paid of these."""
    every = payment_rows.of_account(tx, source, account)
    payments = {key: row for key, row in every.items() if row.kind in PAYMENTS}
    named = _named(tx, source, payments)
    silent = {key: row for key, row in payments.items() if key not in named}
    lines = payment_rows.lines(tx, source, silent)
    owed = _owed(every.values(), named.values())
    paid: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    worth = {key: _worth(row, lines.get(key, [])) for key, row in silent.items()}
    for currency in {one for sums in worth.values() for one in sums}:
        given = [Owed(row.dated_at, key, worth[key].get(currency, 0)) for key, row in silent.items()]
        taken = [
            Owed(every[key].dated_at, key, units) for (key, in_), units in owed.items() if in_ == currency
        ]
        for part in fifo(given, taken):
            paid[part.payment_id][currency][part.document_id] += part.units
    return {key: Allocated("fifo", _sums(worth[key], paid[key]), _parts(paid[key])) for key in silent}


def _owed(rows: Collection[Row[Any]], named: Iterable[Allocated]) -> Counter[tuple[str, str]]:
    """What each document charges, less its returns and what is known to have paid it."""
    owed: Counter[tuple[str, str]] = Counter()
    for row in rows:
        currency, units = in_settlement(row)
        if row.kind in CHARGES:
            owed[row.id, currency] += units
        elif row.kind in RETURNS and row.base_id is not None:
            owed[row.base_id, currency] -= units
    for one in named:
        for part in one.parts:
            owed[part.document_id, part.currency] -= part.units
    charged = {row.id for row in rows if row.kind in CHARGES}
    return Counter({key: units for key, units in owed.items() if key[0] in charged})


def _worth(payment: Row[Any], lines: Iterable[Row[Any]]) -> Counter[str]:
    """What the payment brought, by currency of settlement: its own where its lines do not all tell another."""
    every = list(lines)
    if every and all(line.settlement_currency and line.settlement_amount is not None for line in every):
        worth: Counter[str] = Counter()
        for line in every:
            worth[line.settlement_currency] += line.settlement_amount
        if set(worth) != {payment.currency}:
            return worth
    return Counter({payment.currency: payment.amount})


def _line_worth(line: Row[Any], payment: Row[Any], *, settled: bool) -> tuple[str, int]:
    if settled:
        return line.settlement_currency, line.settlement_amount
    return payment.currency, line.amount


def _names_document(line: Row[Any]) -> bool:
    return line.base_id is not None and line.base_kind != "contract"


def in_settlement(row: Row[Any]) -> tuple[str, int]:
    """What a document is worth where it is settled: currency and minor units."""
    if row.settlement_currency is not None and row.settlement_amount is not None:
        return row.settlement_currency, row.settlement_amount
    return row.currency, row.amount


def _sums(worth: Mapping[str, int], paid: Mapping[str, Counter[str]]) -> tuple[Sums, ...]:
    totals = {currency: paid[currency].total() if currency in paid else 0 for currency in worth}
    return tuple(
        Sums(currency, worth[currency], total, worth[currency] - total)
        for currency, total in sorted(totals.items())
    )


def _parts(paid: Mapping[str, Counter[str]]) -> tuple[Paid, ...]:
    return tuple(
        Paid(key, currency, units)
        for currency, documents in sorted(paid.items())
        for key, units in sorted(documents.items())
        if units
    )
