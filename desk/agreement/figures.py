"""Figures that differ, and what they sum to."""

from __future__ import annotations

from collections.abc import Sequence

from store.agreement import Difference

RUNNING_ACCOUNT = "amount"  # the other register tells the same debt by due dates


def by_currency(differences: Sequence[Difference]) -> dict[str, int]:
    """How far the hub is from the books, whichever way: of running accounts, else of items by due date."""
    accounts = [one for one in differences if one.field == RUNNING_ACCOUNT]
    found: dict[str, int] = {}
    for one in accounts or differences:
        found[one.currency] = found.get(one.currency, 0) + abs(one.in_books - one.in_hub)
    return dict(sorted(found.items()))
