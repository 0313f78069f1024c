"""What the register by due dates says of one document: its open debt, and who relies on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from simulator.base import Base
from simulator.company.ledger import BY_DUE_DATE
from simulator.edm import NAMESPACE
from simulator.tables import SCALE, name

_REGISTER = name(BY_DUE_DATE)
_SIGNED = "iif(\"RecordType\" = 'Receipt', {0}, -{0})"
_REST = f"sum({_SIGNED.format(name('Долг'))})"
_REST_BASE = f"sum({_SIGNED.format(name('ДолгРегл'))})"
_GROUP = '"АналитикаУчетаПоПартнерам_Key", "Валюта_Key", "ОбъектРасчетов_Key",' + (
    ' "ДатаПлановогоПогашения", "ДатаВозникновения"'
)


@dataclass(frozen=True, slots=True)
class Debt:
    document: str
    document_type: str
    key: str  # of the settlement analytics
    currency: str
    settlement_object: str
    due: str
    arose: str
    rest: Decimal
    rest_base: Decimal

    def share(self, amount: Decimal) -> Decimal:
        """The base currency's part of an amount, so that the last part leaves both at zero."""
        if amount == self.rest:
            return self.rest_base
        return (self.rest_base * amount / self.rest).quantize(Decimal("0.01"))


def index(base: Base) -> None:
    """Documents are looked for in the register all the time; real bases have this index too."""
    with base.database.writing() as connection:
        connection.execute(
            f'CREATE INDEX IF NOT EXISTS {name("life.debts")} ON {_REGISTER} ("РасчетныйДокумент")'
        )


def relied_on(base: Base, document: str) -> bool:
    """Whether another document's movements settle this one's debt or use its advance."""
    query = f'SELECT 1 FROM {_REGISTER} WHERE "РасчетныйДокумент" = ? AND "Recorder" <> ? LIMIT 1'
    return base.database.connection.execute(query, (document, document)).fetchone() is not None


def open_debt(base: Base, document: str, apart_from: str) -> Debt | None:
    """The rest of a document's debt as it is without the movements of another one."""
    where = '"РасчетныйДокумент" = ? AND "Recorder" <> ?'
    return next(_debts(base, where, (document, apart_from)), None)


def open_debts(base: Base) -> list[Debt]:
    return list(_debts(base, "1", ()))


def _debts(base: Base, where: str, values: tuple[str, ...]) -> Iterator[Debt]:
    group = f'"РасчетныйДокумент", "РасчетныйДокумент_Type", {_GROUP}'
    query = (
        f"SELECT {group}, {_REST}, {_REST_BASE} FROM {_REGISTER} WHERE {where}"
        f" GROUP BY {group} HAVING {_REST} > 0 ORDER BY {group}"
    )
    for row in base.database.connection.execute(query, values).fetchall():
        document, type_, key, currency, settlement_object, due, arose, rest, rest_base = row
        kind = str(type_).removeprefix(f"{NAMESPACE}.")
        amounts = Decimal(rest) / SCALE, Decimal(rest_base) / SCALE
        yield Debt(document, kind, key, currency, settlement_object, due, arose, *amounts)
