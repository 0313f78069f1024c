"""What the desk shows of an amount adds up to it, on every page and over all of them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.why import accounts
from schemas.settings import TermsSettings
from store import balances
from store.movements import Account
from tests.property.test_reconciliation_store import MOVES, fill
from tests.property.test_store import new_desk
from tests.unit.store.desk import SOURCE


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(MOVES, min_size=1, max_size=12), rows=st.integers(1, 4), by_contract=st.booleans())
def test_every_page_of_an_amount_adds_up_to_it_and_the_pages_to_all_of_it(
    folder: Path, moves: list[tuple[str, str, int, int, bool]], rows: int, by_contract: bool
) -> None:
    with new_desk(folder) as desk:
        fill(desk, moves)
        with desk.store.reading() as tx:
            totals = balances.totals(tx, SOURCE)
            for total in totals:
                chosen = {"contract_id": total.contract_id, "organization_id": total.organization_id}
                account = Account(
                    source=SOURCE,
                    counterparty_id="party",
                    currency=total.currency,
                    **(chosen if by_contract else {}),
                )
                owed = [one.debt for one in totals if one.currency == total.currency]
                shown, before, turnover = [], None, 0
                while True:
                    page = accounts.ledger(tx, account, before, limit=rows)
                    assert page.proven
                    assert page.newer == turnover
                    assert page.amount.shown == (total.debt if by_contract else sum(owed))
                    turnover += page.turnover
                    shown += [row.recorder_id for row in page.rows]
                    if page.next is None:
                        break
                    before = page.next
                assert page.older == 0
                assert turnover == page.amount.shown
                assert len(shown) == len(set(shown)) == page.amount.documents


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(MOVES, min_size=1, max_size=8))
def test_what_is_unpaid_and_what_nothing_explains_is_the_amount(
    folder: Path, moves: list[tuple[str, str, int, int, bool]]
) -> None:
    with new_desk(folder) as desk:
        fill(desk, moves)
        with desk.store.reading() as tx:
            known = balances.counterparty(tx, SOURCE, "party")
            for currency in {one.currency for one in known.contracts} if known else ():
                account = Account(source=SOURCE, counterparty_id="party", currency=currency)
                items = accounts.items(known, account, TermsSettings(), tx.now.date())
                amount = accounts.ledger(tx, account).amount.shown
                assert items.documents + items.rest == amount
                assert sum(one.debt for one in accounts.parts(known, account)) == amount
