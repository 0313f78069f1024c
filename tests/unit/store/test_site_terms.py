from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.errors import StoreError
from schemas.terms import Override
from store import balances, copying, site_terms
from store.engine import Store
from store.site_terms import TermsOverride
from tests.unit.store.desk import SOURCE, Desk
from tests.unit.store.test_balances import parties

FIRST = date(2026, 3, 1)


def add(desk: Desk, subject: str = "counterparty", subject_id: str = "party", **more: Any) -> int:
    said: dict[str, Any] = {"days": 30, "valid_from": FIRST, "by": "Ito", "reason": "letter 7"}
    with desk.store.transaction() as tx:
        return site_terms.add(tx, SOURCE, subject, subject_id, **said | more)  # type: ignore[arg-type]


def listed(desk: Desk, *, ended: bool = False) -> list[TermsOverride]:
    with desk.store.reading() as tx:
        return site_terms.list_(tx, SOURCE, ended=ended)


def of_party(desk: Desk) -> tuple[Override, ...]:
    with desk.store.reading() as tx:
        known = balances.counterparty(tx, SOURCE, "party")
    assert known is not None
    return known.overrides


def test_the_balance_brings_the_overrides_of_the_counterparty_and_its_contracts(desk: Desk) -> None:
    parties(desk)
    add(desk)
    add(desk, "contract", "c2", days=45)
    found = {(one.subject, one.subject_id, one.days, one.set_by) for one in of_party(desk)}
    assert found == {("counterparty", "party", 30, "Ito"), ("contract", "c2", 45, "Ito")}


def test_terms_for_the_same_day_replace_the_earlier_ones_which_stay_in_the_history(desk: Desk) -> None:
    parties(desk)
    first = add(desk)
    second = add(desk, days=60, by="Yamada", reason="letter 8")
    later = add(desk, days=7, valid_from=date(2026, 6, 1))
    assert [one.id for one in listed(desk)] == [later, second]
    ended = next(one for one in listed(desk, ended=True) if one.id == first)
    assert (ended.days, ended.set_by, ended.reason) == (30, "Ito", "letter 7")
    assert (ended.ended_by, ended.ended_reason) == ("Yamada", "replaced: letter 8")
    assert ended.ended_at is not None


def test_ended_terms_no_longer_count_and_are_ended_once(desk: Desk) -> None:
    parties(desk)
    number = add(desk)
    with desk.store.transaction() as tx:
        site_terms.end(tx, number, by="Ito", reason="mistake")
    assert of_party(desk) == ()
    with desk.store.transaction() as tx, pytest.raises(StoreError) as refused:
        site_terms.end(tx, number, by="Ito", reason="again")
    assert "saldo terms list" in refused.value.hint
    assert [one.ended_reason for one in listed(desk, ended=True)] == ["mistake"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": -1},
        {"days": 3651},
        {"subject_id": "nobody"},
        {"subject": "contract", "subject_id": "party"},
        {"by": " "},
        {"reason": ""},
    ],
)
def test_terms_that_mean_nothing_are_refused_with_a_hint(desk: Desk, wrong: dict[str, Any]) -> None:
    parties(desk)
    with pytest.raises(StoreError) as refused:
        add(desk, **wrong)
    assert refused.value.hint
    assert listed(desk, ended=True) == []


def test_a_sync_and_a_replay_into_a_new_store_leave_the_terms_alone(
    desk: Desk, sqlite_url: str, store: Store
) -> None:
    parties(desk)
    add(desk)
    kept = listed(desk, ended=True)
    parties(desk)
    assert listed(desk, ended=True) == kept
    target = copying.new(sqlite_url.replace("store.db", "new.db"), "memory://landing")
    copying.begin(store, target, run_id="run")
    with target.reading() as tx:
        assert site_terms.list_(tx, SOURCE, ended=True) == kept
    target.close()
