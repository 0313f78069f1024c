"""The accounting system's own sums: virtual tables of an accumulation register, exact.

1C keeps time by the second. A balance "at" a moment leaves out the movements of that very second; turnovers
between two moments include the movements of both. Here every period is start <= period < end, and a balance is
of everything before its moment: turnovers of [a, b) are the balance at b less the balance at a.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from connectors.decode import decoder_for
from connectors.window_plan import SECOND
from connectors.wire_types import attribute
from schemas.errors import SourceContractError
from schemas.source import RawPage, WireField, WireRow
from schemas.types import WallClock

if TYPE_CHECKING:
    from connectors.odata import ODataClient

Row = tuple[Any, ...]
Figure = Literal["Turnover", "Receipt", "Expense", "OpeningBalance", "ClosingBalance"]

WITH_BALANCES: frozenset[Figure] = frozenset({"OpeningBalance", "ClosingBalance"})
LONGEST_CONDITION = 1_400  # bytes in an address, of the 2 048 that IIS takes


@dataclass(frozen=True, slots=True)
class Among:
    """Only rows whose reference `field` (a column: `Контрагент_Key`) is one of `keys`, in batches."""

    field: str
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sums:
    """One tuple for each combination of dimensions: their values as text, then Decimals; never the same twice.

    `pages` are the answers the rows came from, for the landing.
    """

    rows: list[Row]
    pages: tuple[RawPage, ...]


def balance(
    client: ODataClient,
    register: str,
    *,
    at: WallClock,
    dimensions: Sequence[str],
    resources: Sequence[str],
    condition: str = "",
    among: Among | None = None,
) -> Sums:
    """What all movements with period < `at` sum to.

    Names: dimensions as the answer has them (`Валюта_Key`), resources without suffix (`Сумма`). Nothing is 0.
    """
    columns = [f"{name}Balance" for name in resources]
    conditions = _conditions(client, condition, among)
    moment = {"Period": datetime.fromisoformat(at)}
    return _sums(client, register, "Balance", dimensions, columns, conditions, moment)


def turnovers(
    client: ODataClient,
    register: str,
    start: WallClock | None,
    end: WallClock | None,
    *,
    dimensions: Sequence[str],
    resources: Sequence[str],
    figures: Sequence[Figure] = ("Turnover",),
    condition: str = "",
    among: Among | None = None,
) -> Sums:
    """What movements with start <= period < end sum to; None is open.

    Rows have, for each resource, its `figures` in their order. Balances among them come from
    `BalanceAndTurnovers`, which 1C computes slower than `Turnovers`; it also gives rows that did not move.
    """
    columns = [f"{name}{figure}" for name in resources for figure in figures]
    function = "BalanceAndTurnovers" if WITH_BALANCES & set(figures) else "Turnovers"
    period: dict[str, datetime] = {}
    if start is not None:
        period["StartPeriod"] = datetime.fromisoformat(start)
    if end is not None:
        period["EndPeriod"] = datetime.fromisoformat(end) - SECOND
    if start is not None and end is not None and end <= start:
        raise ValueError(f"{start} is not before {end}")
    return _sums(
        client, register, function, dimensions, columns, _conditions(client, condition, among), period
    )


def _conditions(client: ODataClient, condition: str, among: Among | None) -> Iterator[str]:
    """The condition together with as many keys as an address takes."""
    if among is None:
        yield condition
        return
    own = f" and ({condition})" if condition else ""
    terms: list[str] = []
    for key in dict.fromkeys(among.keys):
        term = f"{among.field} eq {client.dialect.guid_literal(key)}"
        longer = f"({' or '.join([*terms, term])}){own}"
        if terms and len(quote(client.dialect.text_literal(longer), safe="'")) > LONGEST_CONDITION:
            yield f"({' or '.join(terms)}){own}"
            terms = []
        terms.append(term)
    if terms:
        yield f"({' or '.join(terms)}){own}"


def _sums(
    client: ODataClient,
    register: str,
    function: str,
    dimensions: Sequence[str],
    columns: Sequence[str],
    conditions: Iterator[str],
    period: dict[str, datetime],
) -> Sums:
    grouped = ",".join(dict.fromkeys(name.removesuffix("_Key").removesuffix("_Type") for name in dimensions))
    arguments: dict[str, str | datetime] = {**period, **({"Dimensions": grouped} if grouped else {})}
    found: dict[tuple[str, ...], list[Decimal]] = {}
    pages: list[RawPage] = []
    for condition in conditions:
        limited = {**arguments, "Condition": condition} if condition else arguments
        for page in client.follow(client.call(register, function, (), **limited)):
            pages.append(page)
            for row in _rows(client, page, dimensions, columns):
                _add(found, row, len(dimensions))
    return Sums([(*key, *amounts) for key, amounts in found.items()], tuple(pages))


def _rows(
    client: ODataClient, page: RawPage, dimensions: Sequence[str], columns: Sequence[str]
) -> Iterator[Row]:
    names = [(name, "") for name in dimensions] + [(name, Decimal(0)) for name in columns]
    declared = WireRow(
        (
            *(WireField(name, "text", nullable=True) for name in dimensions),
            *(WireField(name, "decimal", nullable=True) for name in columns),
        )
    )
    decoded = decoder_for(declared, client.dialect).rows(page.body)
    if decoded.rejected:
        raise SourceContractError(
            "a row of the accounting system's own sums cannot be read",
            hint="see the kept answer: a resource that is no number, or a column that only some rows have",
            received=page.body, source=client.source.id, request=page.request,
            field=decoded.rejected[0].path,
        )  # fmt: skip
    for row in decoded.rows:
        values = ((getattr(row, attribute(name)), empty) for name, empty in names)
        yield tuple(empty if value is None else value for value, empty in values)


def _add(found: dict[tuple[str, ...], list[Decimal]], row: Row, dimensions: int) -> None:
    """Two batches of keys may have parts of one group."""
    key, amounts = row[:dimensions], row[dimensions:]
    before = found.get(key)
    found[key] = [*amounts] if before is None else [a + b for a, b in zip(before, amounts, strict=True)]
