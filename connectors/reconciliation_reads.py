"""What a statement over OData reads of the books: settlement keys, kinds of contract, movements, documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.decode import decoder_for
from connectors.odata import ODataClient
from connectors.reading import Reading
from connectors.wire_types import attribute
from schemas.errors import SourceContractError
from schemas.settlement_books import SettlementBooks
from schemas.source import RawPage, RawUnit, SourceSet, WireField, WireRow
from schemas.types import Day, WallClock

NO_GUID = "00000000-0000-0000-0000-000000000000"
KEYS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Reads:
    """`pages` grows with every answer."""

    client: ODataClient
    books: SettlementBooks
    pages: list[RawPage] = field(default_factory=list)

    def settlement_keys(self, counterparty: str) -> Iterator[tuple[str, str, str]]:
        """Key, organisation and contract of each; an id is "" where it names none."""
        books = self.books
        row = _texts("Ref_Key", books.organization, books.contract)
        for key in self._of(books.keys, row, books.counterparty, counterparty):
            organization, contract = (getattr(key, attribute(name.name)) for name in row.fields[1:])
            yield key.Ref_Key, _ref(organization), _ref(contract)

    def kinds(self, counterparty: str) -> dict[str, str]:
        """The kind of each contract, in the site's words; "" for a kind the site has no word for."""
        books = self.books
        row = _texts("Ref_Key", books.contract_kind)
        contracts = self._of(books.contracts, row, books.contract_owner, counterparty)
        column = attribute(books.contract_kind)
        return {one.Ref_Key: books.contract_kinds.get(getattr(one, column) or "", "") for one in contracts}

    def movements(self, keys: Sequence[str], start: WallClock, end: WallClock) -> Iterator[Any]:
        """Movements with start <= period < end, also those that are switched off."""
        books = self.books
        texts = _texts(
            "Recorder", "Recorder_Type", "Period", "RecordType", books.settlement_key, books.currency
        )
        row = WireRow((*texts.fields, WireField("Active", "flag"), WireField(books.amount, "decimal")))
        for place in range(0, len(keys), KEYS_AT_ONCE):
            condition = " or ".join(
                f"{books.settlement_key} eq {self.client.dialect.guid_literal(key)}"
                for key in keys[place : place + KEYS_AT_ONCE]
            )
            wanted = SourceSet(f"{books.register}_RecordType", row, period="Period", condition=condition)
            yield from self._rows(row, self._whole(self.client.read(wanted, start, end, narrow=True)))

    def documents(self, types: Mapping[str, str]) -> dict[str, tuple[str, Day | None]]:
        """Number and day of each document; one whose kind the base does not publish stays without."""
        named: dict[str, tuple[str, Day | None]] = dict.fromkeys(types, ("", None))
        row = _texts("Ref_Key", "Number", "Date")
        for kind in sorted(set(types.values())):
            entity_set = kind.removeprefix("StandardODATA.")
            if "." in entity_set:  # UnavailableEntities.UnavailableEntity_<guid>
                continue
            keys = [key for key, of in types.items() if of == kind]
            units = self.client.read_keys(SourceSet(entity_set, row, order_by=("Ref_Key",)), keys)
            for one in self._rows(row, self._whole(units)):
                named[one.Ref_Key] = ((one.Number or "").rstrip(), Day((one.Date or "")[:10]) or None)
        return named

    def _of(self, name: str, row: WireRow, owner: str, counterparty: str) -> list[Any]:
        """A counterparty's own, in one answer: a handful."""
        mine = f"{owner} eq {self.client.dialect.guid_literal(counterparty)}"
        reading = Reading(self.client, SourceSet(name, row, order_by=("Ref_Key",)), "row")
        return list(self._rows(row, reading.records([("$filter", mine)])))

    def _whole(self, units: Iterable[RawUnit]) -> Iterator[RawPage]:
        for unit in units:
            if unit.refused:
                raise SourceContractError(
                    "the accounting system cannot give a record that the statement needs",
                    hint="repair the record in 1C; its registration log has the reason",
                    source=self.client.source.id,
                    record=unit.refused[0].record_id,
                )
            yield from unit.pages

    def _rows(self, row: WireRow, pages: Iterable[RawPage]) -> Iterator[Any]:
        decoder = decoder_for(row, self.client.dialect)
        for page in pages:
            self.pages.append(page)
            decoded = decoder.rows(page.body)
            if decoded.rejected:
                raise SourceContractError(
                    "a record that the statement needs cannot be read",
                    hint="see the kept answer, and compare the mapping with the base: saldo check",
                    received=page.body, source=self.client.source.id, request=page.request,
                    field=decoded.rejected[0].path,
                )  # fmt: skip
            yield from decoded.rows


def _texts(*names: str) -> WireRow:
    return WireRow(tuple(WireField(name, "text", nullable=True) for name in dict.fromkeys(names)))


def _ref(value: str | None) -> str:
    return "" if value in (None, NO_GUID) else str(value)
