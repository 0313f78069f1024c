"""Every contract's balance as the storefront gets it, beside what the books say."""

from __future__ import annotations

import json
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jobs.demo.bases import BookTotal, Running

Key = tuple[str, str, str, str]  # organisation, counterparty, contract, currency


@dataclass(frozen=True, slots=True)
class Comparison:
    """`contracts` is how many the books know; `differing` those whose balance is another on the site."""

    source: str
    title: str
    counterparties: int
    contracts: int
    debt: dict[str, Decimal]
    overdue: dict[str, Decimal]
    differing: tuple[tuple[Key, Decimal, Decimal], ...]

    @property
    def difference(self) -> Decimal:
        return sum((abs(books - site) for _, books, site in self.differing), Decimal(0))


def compare(
    api_url: str, running: Running, books: list[BookTotal], on_answer: Callable[[], None]
) -> Comparison:
    """Ask the API for every counterparty of the books, one answer each."""
    ids = sorted({total.counterparty for total in books})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda key: _balance(api_url, running.base.id, key, on_answer), ids))
    site = dict(_contracts(answers))
    expected = {(t.organization, t.counterparty, t.contract, t.currency): t.amount for t in books}
    differing = tuple(
        (key, expected.get(key, Decimal(0)), site.get(key, Decimal(0)))
        for key in sorted(expected.keys() | site.keys())
        if expected.get(key, Decimal(0)) != site.get(key, Decimal(0))
    )
    return Comparison(
        running.base.id,
        running.base.title,
        len(ids),
        len(expected),
        _sums(answers, "debt"),
        _sums(answers, "overdue"),
        differing,
    )


def _balance(api_url: str, source: str, counterparty: str, on_answer: Callable[[], None]) -> dict[str, Any]:
    url = f"{api_url}/v1/counterparties/{source}:{counterparty}/balance"
    with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
    on_answer()
    return answer


def _contracts(answers: Iterable[dict[str, Any]]) -> Iterable[tuple[Key, Decimal]]:
    for answer in answers:
        counterparty = _key(answer["counterparty"]["id"])
        for row in answer["contracts"]:
            key = (
                _key(row["organization"]["id"]),
                counterparty,
                _key(row["contract"]["id"]),
                row["currency"],
            )
            yield key, Decimal(row["debt"])


def _key(identifier: str) -> str:
    """The accounting system's own key inside the API's identifier."""
    return identifier.rpartition(":")[2]


def _sums(answers: Iterable[dict[str, Any]], field: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for answer in answers:
        for total in answer["totals"]:
            sums[total["currency"]] += Decimal(total[field])
    return dict(sums)
