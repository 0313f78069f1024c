"""Control totals: what every customer owes, by the documents, agreed with both registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from simulator.base import Base
from simulator.company.firm import BANK, CASH, OFFSET, RETURN, SHIPMENT
from simulator.company.ledger import BY_DUE_DATE, SETTLEMENTS

Key = tuple[str, str, str, str]  # organisation, counterparty, contract, currency
Sums = dict[Key, Decimal]
_ZERO = Decimal(0)
_SIGNS = {SHIPMENT: 1, RETURN: -1, BANK: -1, CASH: -1}


class BooksDoNotCloseError(Exception):
    """The registers disagree with the documents; the base was changed by hand or spoiled."""


@dataclass(frozen=True, slots=True)
class Total:
    """A debt is positive, an advance negative; references are guids."""

    organization: str
    counterparty: str
    contract: str
    currency: str
    amount: Decimal


def totals(base: Base) -> list[Total]:
    """Every contract that had a document, zeros included, in the order of the keys."""
    by_documents = _by_documents(base)
    keys = _keys(base)
    _agree("РасчетыСКлиентами", by_documents, _by_records(base, SETTLEMENTS, keys))
    _agree("РасчетыСКлиентамиПоСрокам", by_documents, _by_records(base, BY_DUE_DATE, keys))
    return [Total(*key, amount) for key, amount in sorted(by_documents.items())]


def _by_documents(base: Base) -> Sums:
    sums: Sums = defaultdict(lambda: _ZERO)
    for kind, sign in _SIGNS.items():
        for document in _posted(base, kind):
            sums[_key(document)] += sign * document["СуммаДокумента"]
    for document in _posted(base, OFFSET):
        organization, _, _, currency = _key(document)
        creditor = (document["КонтрагентКредитор_Key"], document["ДоговорКредитор_Key"])
        sums[_key(document)] -= document["СуммаДокумента"]
        sums[organization, *creditor, currency] += document["СуммаДокумента"]
    return dict(sums)


def _posted(base: Base, kind: str) -> Iterator[Mapping[str, Any]]:
    return (one for one in base.iterate(kind) if one["Posted"] and not one["DeletionMark"])


def _key(row: Mapping[str, Any]) -> Key:
    return row["Организация_Key"], row["Контрагент_Key"], row["Договор_Key"], row["Валюта_Key"]


def _keys(base: Base) -> dict[str, tuple[str, str, str]]:
    """Organisation, counterparty and contract of every settlement key."""
    return {
        row["Ref_Key"]: (row["Организация_Key"], row["Контрагент_Key"], row["Договор_Key"])
        for row in base.iterate("Catalog_КлючиАналитикиУчетаПоПартнерам")
    }


def _by_records(base: Base, register: str, keys: Mapping[str, tuple[str, str, str]]) -> Sums:
    sums: Sums = defaultdict(lambda: _ZERO)
    for record in base.iterate(register + "_RecordType"):
        key = record["АналитикаУчетаПоПартнерам_Key"]
        if key not in keys:
            raise BooksDoNotCloseError(f"{register}: a movement for the unknown settlement key {key}")
        amount = record["Сумма"] if register == SETTLEMENTS else record["Долг"] - record["Предоплата"]
        sign = 1 if record["RecordType"] == "Receipt" else -1
        sums[*keys[key], record["Валюта_Key"]] += sign * amount
    return dict(sums)


def _agree(register: str, documents: Sums, records: Sums) -> None:
    for key in sorted(documents.keys() | records.keys()):
        by_documents, by_records = documents.get(key, _ZERO), records.get(key, _ZERO)
        if by_documents != by_records:
            raise BooksDoNotCloseError(
                f"{register}: contract {key[2]} has {by_records} by movements, {by_documents} by documents; "
                "build the base anew, or look for a document changed without its movements"
            )
