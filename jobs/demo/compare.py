"""Every contract's balance as the storefront gets it, beside what the books say."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jobs.demo.bases import BookTotal, Running

Key = tuple[str, str, str, str]  # organisation, counterparty, contract, currency


@dataclass(frozen=True, slots=True)
class Line:
    """One currency of one base: what the storefront shows, and how far it is from the books."""

    contracts: int
    owed: Decimal
    advances: Decimal
    overdue: Decimal
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """`contracts` is how many the books know; `differing` those whose balance is another on the site.

    `latest_payer` is the counterparty with the most overdue in the base's own currency, by its id in the API;
    `balances` are the answers themselves.
    """

    source: str
    counterparties: int
    contracts: int
    lines: Mapping[str, Line]
    differing: tuple[tuple[Key, Decimal, Decimal], ...]
    latest_payer: str
    balances: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Storefront:
    """The API's address, and the key that a storefront would have."""

    url: str
    key: str

    def get(self, path: str) -> dict[str, Any]:
        return self._answer(path, None, {})

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Once: whoever repeats it must bring the same `Idempotency-Key`."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        return self._answer(path, json.dumps(body).encode(), headers)

    def _answer(self, path: str, body: bytes | None, headers: Mapping[str, str]) -> dict[str, Any]:
        told = {"Authorization": f"Bearer {self.key}", **headers}
        request = urllib.request.Request(self.url + path, body, told)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
        return answer


def compare(
    storefront: Storefront, running: Running, books: list[BookTotal], on_answer: Callable[[], None]
) -> Comparison:
    """Ask the API for every counterparty of the books, one answer each."""
    ids = sorted({total.counterparty for total in books})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda key: _balance(storefront, running.base.id, key, on_answer), ids))
    site = dict(_contracts(answers))
    expected = {(t.organization, t.counterparty, t.contract, t.currency): t.amount for t in books}
    differing = tuple(
        (key, expected.get(key, Decimal(0)), site.get(key, Decimal(0)))
        for key in sorted(expected.keys() | site.keys())
        if expected.get(key, Decimal(0)) != site.get(key, Decimal(0))
    )
    currencies = sorted({total.currency for total in books})
    lines = {currency: _line(currency, expected, answers, differing) for currency in currencies}
    late = _latest_payer(answers, running.base.currency)
    return Comparison(running.base.id, len(ids), len(expected), lines, differing, late, tuple(answers))


def _line(
    currency: str,
    expected: Mapping[Key, Decimal],
    answers: list[dict[str, Any]],
    differing: tuple[tuple[Key, Decimal, Decimal], ...],
) -> Line:
    totals = [total for answer in answers for total in answer["totals"] if total["currency"] == currency]
    return Line(
        sum(1 for key in expected if key[-1] == currency),
        _sum(totals, "receivable"),
        _sum(totals, "advance"),
        _sum(totals, "overdue"),
        sum((abs(books - site) for key, books, site in differing if key[-1] == currency), Decimal(0)),
    )


def _latest_payer(answers: list[dict[str, Any]], currency: str) -> str:
    def overdue(answer: dict[str, Any]) -> Decimal:
        return _sum([total for total in answer["totals"] if total["currency"] == currency], "overdue")

    return str(max(answers, key=overdue)["counterparty"]["id"])


def _balance(
    storefront: Storefront, source: str, counterparty: str, on_answer: Callable[[], None]
) -> dict[str, Any]:
    answer = storefront.get(f"/v1/counterparties/{source}:{counterparty}/balance")
    on_answer()
    return answer


def _contracts(answers: Iterable[dict[str, Any]]) -> Iterable[tuple[Key, Decimal]]:
    for answer in answers:
        counterparty = _key(answer["counterparty"])
        for row in answer["contracts"]:
            key = (
                _key(row["organization"]),
                counterparty,
                _key(row["contract"]),
                row["currency"],
            )
            yield key, Decimal(row["debt"])


def _key(named: dict[str, Any] | None) -> str:
    """The accounting system's own key inside the API's identifier; "" where the books name nothing."""
    return named["id"].rpartition(":")[2] if named else ""


def _sum(totals: list[dict[str, Any]], field: str) -> Decimal:
    return sum((Decimal(total[field]) for total in totals), Decimal(0))
