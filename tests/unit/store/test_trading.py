from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas import TABLES
from schemas.errors import StoreError
from schemas.trading import Trading
from store import records, trading
from tests.unit.store.desk import SOURCE, Desk, row

PARTY = TABLES["counterparty"]
TODAY, SIGNED = date(2026, 11, 22), {"by": "Ito", "reason": "credit stop"}


def counterparty(desk: Desk, status: str = "active") -> None:
    desk.whole(PARTY, row(PARTY, id="party", status=status))


def suspend(desk: Desk, key: str = "party", **more: Any) -> int:
    with desk.store.transaction() as tx:
        return trading.suspend(tx, SOURCE, key, **{"from_on": TODAY, **SIGNED} | more)


def now(desk: Desk, today: date = TODAY) -> Trading:
    with desk.store.reading() as tx:
        return trading.evaluate(tx, SOURCE, records.get(tx, PARTY, SOURCE, ("party",)), today)


def test_the_site_suspends_whom_the_books_know_as_active(desk: Desk) -> None:
    counterparty(desk)
    assert now(desk) == Trading("active", "both")
    suspend(desk, to_on=date(2026, 11, 30))
    assert now(desk) == Trading("suspended", "site", TODAY, date(2026, 11, 30))
    assert now(desk, date(2026, 12, 1)) == Trading("active", "both")
    assert now(desk, date(2026, 11, 21)) == Trading("active", "both")


def test_the_books_word_counts_by_itself_and_a_sync_leaves_the_sites_word_alone(desk: Desk) -> None:
    counterparty(desk)
    number = suspend(desk)
    counterparty(desk, "closed")
    assert now(desk) == Trading("suspended", "both", TODAY, None)
    with desk.store.transaction() as tx:
        trading.end(tx, number, by="Yamada", reason="paid")
    assert now(desk) == Trading("suspended", "accounting_system")
    counterparty(desk)
    assert now(desk) == Trading("active", "both")


def test_an_ended_suspension_stays_in_the_history(desk: Desk) -> None:
    counterparty(desk)
    number = suspend(desk)
    with desk.store.transaction() as tx:
        trading.end(tx, number, by="Yamada", reason="paid")
    with desk.store.reading() as tx:
        assert trading.list_(tx, SOURCE) == []
        (one,) = trading.list_(tx, SOURCE, ended=True)
    assert (one.set_by, one.reason, one.ended_by, one.ended_reason) == (
        "Ito",
        "credit stop",
        "Yamada",
        "paid",
    )


@pytest.mark.parametrize("wrong", [{"to_on": date(2026, 11, 21)}, {"key": "stranger"}, {"reason": ""}])
def test_a_suspension_that_means_nothing_is_refused_with_a_hint(desk: Desk, wrong: dict[str, Any]) -> None:
    counterparty(desk)
    with pytest.raises(StoreError) as refused:
        suspend(desk, **wrong)
    assert refused.value.hint
    assert now(desk) == Trading("active", "both")


def test_what_is_not_in_force_cannot_be_ended(desk: Desk) -> None:
    with desk.store.transaction() as tx, pytest.raises(StoreError) as refused:
        trading.end(tx, 7, by="Ito", reason="tidy")
    assert "saldo trading list" in refused.value.hint
