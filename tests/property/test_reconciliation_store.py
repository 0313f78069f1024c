"""The statement up to today and the balance that is shown are one figure, whatever came in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.reconciliation import Statement, StatementRequest, flaws
from schemas.source import Scope
from store import balances, reconciliation
from store.engine import Tx
from tests.property.test_store import new_desk
from tests.unit.store.desk import ENTRY, KEY, SOURCE, Desk, row

KEYS = {"k1": ("o1", "c1"), "k2": ("o1", "c2"), "k3": ("o2", None), "k4": (None, "c1")}
DAYS = st.integers(1, 27)
MOVES = st.tuples(
    st.sampled_from(sorted(KEYS)), st.sampled_from(["RUB", "USD"]), st.integers(-3, 3), DAYS, st.booleans()
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(MOVES, min_size=1, max_size=10), first=DAYS, last=DAYS, by_contract=st.booleans())
def test_a_statement_up_to_today_closes_with_the_balance_that_is_shown(
    folder: Path, moves: list[tuple[str, str, int, int, bool]], first: int, last: int, by_contract: bool
) -> None:
    with new_desk(folder) as desk:
        fill(desk, moves)
        with desk.store.reading() as tx:
            for total in balances.totals(tx, SOURCE):
                whole = StatementRequest(
                    SOURCE, total.organization_id, "party", total.currency, date(2026, 3, 1), date(2026, 3, 31),
                    contract_id=total.contract_id, by_contract=by_contract,
                )  # fmt: skip
                made = reconciliation.statement(tx, whole)
                assert (made.opening, made.closing) == (0, total.debt)
                assert flaws(made) == ()
                parts_make_the_whole(tx, made, min(first, last))


def parts_make_the_whole(tx: Tx, whole: Statement, day: int) -> None:
    """Two periods that touch: what the first closes with, the second opens with, and no line is lost or twice."""
    request = replace(whole.request, by_contract=True)
    earlier = reconciliation.statement(tx, replace(request, last_on=date(2026, 3, day)))
    later = reconciliation.statement(tx, replace(request, first_on=date(2026, 3, day + 1)))
    assert earlier.closing == later.opening
    assert later.closing == whole.closing
    assert earlier.debit + later.debit - earlier.credit - later.credit == whole.debit - whole.credit
    assert {datetime.fromisoformat(line.at).day > day for line in later.lines} <= {True}


def fill(desk: Desk, moves: list[tuple[str, str, int, int, bool]]) -> None:
    keys = [
        row(KEY, id=key, counterparty_id="party", organization_id=organization, contract_id=contract)
        for key, (organization, contract) in KEYS.items()
    ]
    desk.whole(KEY, *keys)
    entries = [
        row(
            ENTRY, recorder_id=f"d{number % 4}", line_no=number, settlement_key_id=key, currency=currency,
            amount=amount, active=active, at=f"2026-03-{day:02d}T23:59:59",
        )
        for number, (key, currency, amount, day, active) in enumerate(moves)
    ]  # fmt: skip
    unit = desk.land(Scope(), repr(moves).encode(), entity=ENTRY.name, watermark="2026-04-02T00:00:00")
    desk.merge(unit, {ENTRY: entries}, main=ENTRY, nested=(), entity=ENTRY.name)
    with desk.store.transaction() as tx:
        balances.refresh(tx, SOURCE)
