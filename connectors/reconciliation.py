"""The reconciliation statement of a base without our extension: its own balances and movements over OData.

Opening and closing balances are what `BalanceAndTurnovers` says, lines come from the movements, and what the
movements sum to must be its turnovers, both ways. People post meanwhile: then both are asked for again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors import totals
from connectors.odata import ODataClient
from connectors.reconciliation_reads import Reads
from connectors.wire_types import attribute
from schemas.errors import SourceContractError
from schemas.money import to_units
from schemas.reconciliation import Balances, Posting, Statement, StatementRequest, draw, flaws
from schemas.settlement_books import SettlementBooks
from schemas.source import RawPage
from schemas.types import WallClock

ATTEMPTS = 3  # while people post between the balances and the movements

Currencies = Mapping[str, tuple[str, int]]  # ISO code and exponent by the base's key


@dataclass(frozen=True, slots=True)
class Told:
    """`pages` are the answers the statement was made from, for the landing."""

    statement: Statement
    pages: tuple[RawPage, ...]


def statement(
    client: ODataClient, request: StatementRequest, books: SettlementBooks, currencies: Currencies
) -> Told:
    """Draw the statement from the base's own figures.

    Errors: SourceContractError where the base's balances and its movements do not lead to each other.
    """
    for _ in range(ATTEMPTS):
        drawing = _Drawing(Reads(client, books), request, currencies)
        made = drawing.drawn()
        if made is not None and not flaws(made):
            return Told(made, tuple(drawing.reads.pages))
    raise SourceContractError(
        "the register's own balances do not agree with its movements",
        hint="ask again when nobody posts; if it stays, let 1C recalculate the totals of this register",
        source=client.source.id,
        set=books.register,
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    balances: Balances
    receipts: int
    expenses: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class _Drawing:
    reads: Reads
    request: StatementRequest
    currencies: Currencies

    def drawn(self) -> Statement | None:
        """None where the movements are not what the register's turnovers are made of."""
        contracts = dict(self._contracts())
        if not contracts:
            asked_at = max(page.fetched_at for page in self.reads.pages)
            return draw(self.request, "odata", asked_at, Balances({}, {}), ())
        told = self._told(contracts)
        movements = self._movements(contracts)
        receipts = sum(units for row, units in movements if self._adds(row.RecordType))
        expenses = sum(units for row, units in movements if not self._adds(row.RecordType))
        if (receipts, expenses) != (told.receipts, told.expenses):
            return None
        return draw(self.request, "odata", told.as_of, told.balances, self._postings(contracts, movements))

    def _contracts(self) -> Iterator[tuple[str, str]]:
        """Settlement keys that the request is about, each with its contract."""
        asked = self.request
        kinds = self.reads.kinds(asked.counterparty_id) if asked.contract_kind is not None else {}
        for key, organization, contract in self.reads.settlement_keys(asked.counterparty_id):
            if (
                organization == asked.organization_id
                and asked.contract_id in (None, contract)
                and (asked.contract_kind is None or kinds.get(contract) == asked.contract_kind)
            ):
                yield key, contract

    def _told(self, contracts: Mapping[str, str]) -> _Figures:
        """What the register says, true for the moment of its first answer."""
        books = self.reads.books
        told = totals.turnovers(
            self.reads.client, books.register, self.request.start, self.request.end,
            dimensions=(books.settlement_key, books.currency), resources=(books.amount,),
            figures=("OpeningBalance", "Receipt", "Expense", "ClosingBalance"),
            among=totals.Among(books.settlement_key, sorted(contracts)),
        )  # fmt: skip
        self.reads.pages.extend(told.pages)
        opening, closing = dict.fromkeys(contracts.values(), 0), dict.fromkeys(contracts.values(), 0)
        receipts = expenses = 0
        for key, currency, *amounts in told.rows:
            if self._is_asked(currency):
                before, added, taken, after = (self._units(amount, currency) for amount in amounts)
                opening[contracts[key]] += before
                closing[contracts[key]] += after
                receipts, expenses = receipts + added, expenses + taken
        as_of = min(page.fetched_at for page in told.pages)
        return _Figures(Balances(opening, closing), receipts, expenses, as_of)

    def _movements(self, contracts: Mapping[str, str]) -> list[tuple[Any, int]]:
        """Movements that count, each with its amount in minor units."""
        currency, amount = attribute(self.reads.books.currency), attribute(self.reads.books.amount)
        return [
            (row, self._units(getattr(row, amount), getattr(row, currency)))
            for row in self.reads.movements(sorted(contracts), self.request.start, self.request.end)
            if row.Active is True and self._is_asked(getattr(row, currency))
        ]

    def _postings(
        self, contracts: Mapping[str, str], movements: Sequence[tuple[Any, int]]
    ) -> Iterator[Posting]:
        key, kinds = attribute(self.reads.books.settlement_key), self.reads.books.document_kinds
        documents = self.reads.documents({row.Recorder: row.Recorder_Type for row, _ in movements})
        for row, units in movements:
            entity_set = row.Recorder_Type.removeprefix("StandardODATA.")
            number, dated = documents[row.Recorder]
            yield Posting(
                contracts[getattr(row, key)], row.Recorder, kinds.get(entity_set, entity_set), number, dated,
                WallClock(row.Period), units if self._adds(row.RecordType) else -units,
            )  # fmt: skip

    def _is_asked(self, currency: str) -> bool:
        code, _ = self.currencies.get(currency, ("", 0))
        return code == self.request.currency

    def _units(self, amount: Decimal, currency: str) -> int:
        try:
            return to_units(amount, self.currencies[currency][1])
        except ValueError as error:
            raise self._broken(f"an amount of the register is none of its currency: {error}") from error

    def _adds(self, direction: str) -> bool:
        if direction not in ("Receipt", "Expense"):
            raise self._broken(f"a movement is neither Receipt nor Expense but {direction!r}")
        return direction == "Receipt"

    def _broken(self, message: str) -> SourceContractError:
        return SourceContractError(
            message,
            hint="correct the movements of this counterparty in 1C",
            source=self.reads.client.source.id,
            set=self.reads.books.register,
        )
