from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text

from assets import healing, telling
from schemas import TABLES
from schemas.settings import TermsSettings
from store import access_rules, agreement, balances, events, marks, news, trading
from store.agreement import Agreement, Difference, Document
from store.engine import Store
from store.events import Event
from store.tables_of_news import EVENT, NEWS, TOLD
from tests.unit.assets.telling_desk import CONTRACTS, NOON, SETTINGS, Company
from tests.unit.store.desk import SOURCE, Desk, line, row

SIGNED = {"by": "Ito", "reason": "house rule"}
MIDNIGHTS = {"Europe/Moscow": 21, "Europe/Kyiv": 22}  # of a day in November, in UTC


@pytest.fixture
def company(desk: Desk) -> Company:
    """After the first look."""
    company = Company.founded(desk)
    assert company.heard() == []
    return company


def types(found: list[Event]) -> list[str]:
    return [one.type for one in found]


def contracts(one: Event) -> list[dict[str, Any]]:
    return list(one.data["contracts"])


def test_what_was_there_before_the_first_look_is_told_to_nobody(desk: Desk) -> None:
    company = Company.founded(desk)
    company.owe("anna", 5_000, arose_on="2026-10-01")
    company.ship("first", "second")
    assert company.heard() == []
    company.owe("anna", 6_000, arose_on="2026-10-01")
    company.ship("first", amount=7)
    assert sorted(types(company.heard())) == ["balance.changed", "document.changed", "overdue.changed"]


def test_documents_of_a_kind_that_is_read_for_the_first_time_are_told_to_nobody(company: Company) -> None:
    company.put("order")
    assert company.heard() == []
    company.put("invoice", bill={"kind": "invoice"})
    company.put("order", order={"kind": "order"})
    assert [(one.type, one.subject_id) for one in company.heard()] == [("document.ready", "order")]


def test_nothing_is_told_before_balances_were_derived_from_all_that_was_read(desk: Desk) -> None:
    company = Company(desk)
    desk.whole(TABLES["counterparty"], company.party("anna"))
    desk.whole(TABLES["contract"], company.contract("anna"))
    key = {"id": "key-anna", "counterparty_id": "anna", "contract_id": CONTRACTS["anna"]}
    desk.whole(TABLES["settlement_key"], row(TABLES["settlement_key"], **key))
    assert company.heard() == []  # the base was never read: that is the state it begins with
    company.owe("anna", 100)
    assert types(company.heard()) == ["sync.recovered"]
    company.owe("anna", 200)
    assert types(company.heard()) == ["balance.changed"]


@pytest.mark.parametrize("zone", MIDNIGHTS)
def test_overdue_changes_at_midnight_of_the_accounting_zone_and_is_told_once(desk: Desk, zone: str) -> None:
    company = Company.founded(desk, ZoneInfo(zone), fresh_for_s=10**7)
    company.owe("anna", 5_000, arose_on="2026-11-10")  # due on the 24th
    company.tell()
    company.news()
    midnight = datetime(2026, 11, 24, MIDNIGHTS[zone], tzinfo=UTC)
    assert company.heard(midnight - timedelta(seconds=1)) == []
    (told,) = company.heard(midnight)
    assert (told.type, told.subject_id, told.version) == ("overdue.changed", "anna", 1)
    assert (told.data["overdue_on"], told.data["counterparty_id"]) == ("2026-11-25", "ut11:anna")
    assert [one["overdue"] for one in contracts(told)] == ["50.00"]
    assert company.heard(midnight) == []
    assert company.heard(midnight + timedelta(days=1)) == []


def test_a_clock_that_lags_behind_does_not_bring_yesterday_back(desk: Desk) -> None:
    company = Company.founded(desk, fresh_for_s=10**7)
    company.owe("anna", 5_000, arose_on="2026-11-10")
    midnight = datetime(2026, 11, 24, 21, tzinfo=UTC)
    company.heard(midnight - timedelta(minutes=1))
    assert types(company.heard(midnight)) == ["overdue.changed"]
    company.owe("boris", 100)
    company.owe("anna", 5_001, arose_on="2026-11-10")
    late = company.heard(midnight - timedelta(seconds=30))
    assert sorted((one.type, one.subject_id) for one in late) == [
        ("balance.changed", "anna"),
        ("balance.changed", "boris"),
        ("overdue.changed", "anna"),
    ]
    assert {one.data["overdue_on"] for one in late if one.type == "overdue.changed"} == {"2026-11-25"}


def test_a_document_is_ready_changed_withdrawn_and_ready_again(company: Company) -> None:
    told: list[Event] = []
    for step in (
        lambda: company.ship("note", posted=False),
        lambda: company.ship("note"),
        lambda: company.ship("note", amount=777),
        lambda: company.ship("note", amount=777, internal_memo="for us", version="2"),
        lambda: company.ship("note", amount=777, posted=False),
        lambda: company.ship("note", amount=777, posted=False, deletion_mark=True),
        lambda: company.ship("note"),
        lambda: company.lose("note"),
    ):
        step()
        told += company.heard()
    assert types(told) == [
        "document.ready",
        "document.changed",
        "document.withdrawn",
        "document.ready",
        "document.withdrawn",
    ]
    assert [one.version for one in told] == [1, 2, 3, 4, 5]
    assert told[1].data["amount"] == "7.77"
    assert [one.data.get("withdrawn_reason") for one in told] == [None, None, "unposted", None, "deleted"]
    assert all(one.data["version"] == one.version and one.data["id"] == "ut11:note" for one in told)


@pytest.mark.parametrize("lines", [[line("note", 1, 70)], [line("note", 1), line("note", 2)], []])
def test_a_document_whose_lines_change_has_changed(company: Company, lines: list[Any]) -> None:
    company.ship("note", lines=[line("note", 1)])
    company.heard()
    company.ship("note", lines=[line("note", 1)])
    assert company.heard() == []
    company.ship("note", lines=lines, version="2")
    assert types(company.heard()) == ["document.changed"]


def test_a_document_that_goes_to_another_counterparty_is_withdrawn_from_the_first(company: Company) -> None:
    company.ship("note")
    company.heard()
    company.ship("note", counterparty_id="boris")
    first, then = company.heard()
    assert (first.type, first.counterparty_id, first.version) == ("document.withdrawn", "anna", 2)
    assert first.data["withdrawn_reason"] == "moved"
    assert (then.type, then.counterparty_id, then.version) == ("document.ready", "boris", 3)


def test_a_document_that_goes_to_another_day_moves_what_is_overdue(company: Company) -> None:
    company.ship("note-anna", at="2026-11-20T10:00:00")
    company.owe("anna", 5_000, arose_on=None)
    assert sorted(types(company.heard())) == ["balance.changed", "document.ready"]
    company.ship("note-anna", at="2026-10-01T10:00:00")
    assert types(company.heard()) == ["document.changed", "overdue.changed"]


def test_a_payment_is_told_of_as_a_payment_too(company: Company) -> None:
    company.receive("money", amount=500)
    ready, received = company.heard()
    assert types([ready, received]) == ["document.ready", "payment.received"]
    assert (received.version, received.data["amount"]) == (2, "5.00")
    company.receive("money", amount=600)
    (changed,) = company.heard()
    assert (changed.type, changed.version) == ("document.changed", 3)


def test_a_rule_restricts_and_ends(company: Company) -> None:
    company.owe("anna", 5_000, arose_on="2026-10-01")
    company.heard()
    with company.desk.store.transaction() as tx:
        number = access_rules.add_rule(tx, SOURCE, state="blocked", days=1, **SIGNED)
    (told,) = company.heard()
    assert (told.type, told.subject_id) == ("access.changed", "anna")
    assert (told.data["state"], told.data["reason"]) == ("blocked", "rule")
    with company.desk.store.transaction() as tx:
        access_rules.end_rule(tx, number, **SIGNED)
    (ended,) = company.heard()
    assert (ended.version, ended.data["state"], ended.data["reason"]) == (2, "open", None)


def test_who_is_blocked_becomes_open_when_the_figures_grow_old_and_is_blocked_again(company: Company) -> None:
    company.owe("anna", 5_000, arose_on="2026-10-01")
    with company.desk.store.transaction() as tx:
        access_rules.add_rule(tx, SOURCE, state="blocked", days=1, **SIGNED)
    assert "access.changed" in types(company.heard())
    stale = NOON + timedelta(seconds=company.settings.fresh_for_s)
    found = company.heard(stale)
    assert types(found) == ["sync.degraded", "access.changed"]
    assert (found[0].data["reasons"], found[1].data["state"]) == (["data_stale"], "open")
    assert company.heard(stale + timedelta(minutes=1)) == []
    company.books(read_at=stale)
    assert types(company.heard(stale)) == ["sync.recovered", "access.changed"]


def test_a_state_set_by_hand_is_told_and_its_end_when_it_expires(company: Company) -> None:
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    before, after = expires_at - timedelta(minutes=1), expires_at + timedelta(minutes=1)
    company = replace(company, settings=replace(company.settings, fresh_for_s=10**8))
    company.heard(before)
    with company.desk.store.transaction() as tx:
        access_rules.add_override(tx, SOURCE, "anna", state="blocked", expires_at=expires_at, **SIGNED)
    (told,) = company.heard(before)
    assert (told.data["state"], told.data["reason"]) == ("blocked", "set_by_hand")
    assert datetime.fromisoformat(told.data["expires_at"]) == expires_at
    (ended,) = company.heard(after)
    assert (ended.version, ended.data["state"]) == (2, "open")
    assert company.heard(after) == []


def test_a_suspension_begins_and_ends_by_its_days(company: Company) -> None:
    company = replace(company, settings=replace(company.settings, fresh_for_s=10**7))
    company.heard()
    today = NOON.date()
    with company.desk.store.transaction() as tx:
        first, last = today + timedelta(days=1), today + timedelta(days=2)
        trading.suspend(tx, SOURCE, "boris", from_on=first, to_on=last, **SIGNED)
    found = [company.heard(NOON + timedelta(days=days)) for days in range(5)]
    assert [types(one) for one in found] == [[], ["trading.changed"], [], ["trading.changed"], []]
    assert [one[0].data["status"] for one in found if one] == ["suspended", "active"]


def test_terms_that_change_in_the_settings_or_in_the_contract_change_what_is_overdue(
    company: Company,
) -> None:
    company.owe("anna", 5_000, arose_on="2026-11-15")
    company.heard()
    company.settings = replace(SETTINGS, terms=TermsSettings(default_days=1))
    assert types(company.heard()) == ["overdue.changed"]
    longer = company.contract("anna", payment_terms_days=30)
    company.desk.whole(TABLES["contract"], longer, company.contract("boris"))
    (told,) = company.heard()
    assert (told.type, contracts(told)) == ("overdue.changed", [])


def test_an_event_says_what_the_api_says(company: Company) -> None:
    company.owe("anna", 5_000, arose_on="2026-10-01")
    found = {one.type: one for one in company.heard()}
    with company.desk.store.reading() as tx:
        known = balances.counterparty(tx, SOURCE, "anna")
    assert known is not None
    assert [one["debt"] for one in contracts(found["balance.changed"])] == ["50.00"]
    assert [one.debt for one in known.contracts] == [5_000]
    assert found["balance.changed"].data["as_of"] == "2026-11-23T11:55:00+03:00"


def test_with_nothing_new_one_query_is_asked_and_nothing_is_written(company: Company) -> None:
    asked: list[str] = []
    engine = company.desk.store.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert company.tell() == telling.Told()
    assert [one.partition(" ")[0] for one in asked if one != "BEGIN"] == ["SELECT"]


def test_a_transaction_that_is_undone_leaves_no_mark(company: Company) -> None:
    store = company.desk.store
    with suppress(RuntimeError), store.transaction() as tx:
        news.parties(tx, SOURCE, ["anna"])
        raise RuntimeError
    with store.reading() as tx:
        assert tx.connection.execute(select(NEWS)).all() == []


def test_a_mark_made_while_somebody_looks_stays(company: Company) -> None:
    store = company.desk.store
    _mark(store, "anna")
    with store.reading() as tx:
        taken = marks.take(tx, SOURCE, 10)
    assert taken is not None
    _mark(store, "anna")
    with store.transaction() as tx:
        assert marks.drop(tx, taken.marks)
    with store.reading() as tx:
        assert tx.connection.execute(select(NEWS.c.record_id)).scalars().all() == ["anna"]


def test_who_is_overtaken_tells_nothing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.owe("anna", 5_000)
    take, overtakers = marks.take, [replace(company)]

    def overtaken(*given: Any) -> Any:
        found = take(*given)
        if overtakers:
            overtakers.pop().tell()
        return found

    monkeypatch.setattr(marks, "take", overtaken)
    company.tell()
    assert [(one.type, one.version) for one in company.news()] == [("balance.changed", 1)]


def test_two_who_tell_at_once_tell_everything_once(company: Company) -> None:
    for number in range(5):
        company.owe("anna", 5_000 + number)
        company.owe("boris", 7_000 + number)
        company.ship(f"note-{number}")
        threads = [threading.Thread(target=company.tell) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    company.tell()
    told = company.news()
    assert len({(one.type.split(".")[0], one.subject_id, one.version) for one in told}) == len(told)
    debts = [one for one in told if one.type == "balance.changed" and one.subject_id == "anna"]
    assert [one.version for one in debts] == [1, 2, 3, 4, 5]
    assert len([one for one in told if one.type == "document.ready"]) == 5


def test_a_crash_before_the_commit_tells_later_and_once(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.owe("anna", 5_000)

    def crash(*given: Any) -> int:
        add(*given)
        raise KeyboardInterrupt

    add = events.add
    with monkeypatch.context() as patched:
        patched.setattr(events, "add", crash)
        with pytest.raises(KeyboardInterrupt):
            company.tell()
    assert company.news() == []
    assert [(one.type, one.version) for one in company.heard()] == [("balance.changed", 1)]


def test_what_nobody_marked_is_found_at_night_and_told(company: Company) -> None:
    company.owe("anna", 5_000)
    company.ship("note")
    company.ship("kept")
    with company.desk.store.transaction() as tx:
        tx.connection.execute(NEWS.delete())
    assert company.heard() == []
    found = healing.heal(company.desk.store, company.settings, company.source, NOON)
    assert (found.documents, found.counterparties, found.told.events) == (2, 1, 3)
    again = healing.heal(company.desk.store, company.settings, company.source, NOON)
    assert (again.documents, again.counterparties, again.told.events) == (0, 0, 0)


def test_what_waits_is_not_missed(company: Company) -> None:
    company.owe("anna", 5_000)
    found = healing.heal(company.desk.store, company.settings, company.source, NOON)
    assert (found.compared, found.documents, found.counterparties, found.told.events) == (True, 0, 0, 1)


def test_figures_that_differ_from_the_books_are_told_and_restrict_nobody(company: Company) -> None:
    company.owe("anna", 5_000, arose_on="2026-10-01")
    with company.desk.store.transaction() as tx:
        access_rules.add_rule(tx, SOURCE, state="blocked", days=1, **SIGNED)
    company.heard()
    wrong = Document("note", "shipping_note", None, 90, 100, "differs")
    difference = Difference("settlement_entry", "amount", "key-anna", "RUB", 90, 100, (wrong,))
    of_it: dict[str, Any] = {
        "source": SOURCE,
        "kind": "pull",
        "run_id": "run",
        "moment": None,
        "ended_at": None,
    }
    of_it |= {"began_at": NOON, "compared": 1, "requests": 2}
    with company.desk.store.transaction() as tx:
        agreement.save(tx, Agreement(state="differs", differing=1, differences=(difference,), **of_it))
    degraded, opened = company.heard()
    assert (degraded.data["reasons"], opened.data["state"]) == (["data_differs"], "open")
    with company.desk.store.transaction() as tx:
        agreement.save(tx, Agreement(state="agreed", differing=0, **of_it))
    assert types(company.heard()) == ["sync.recovered", "access.changed"]


def test_old_events_are_forgotten_and_versions_go_on(company: Company) -> None:
    company.owe("anna", 5_000)
    company.heard()
    with company.desk.store.transaction() as tx:
        assert events.forget(tx, NOON + timedelta(seconds=1)) == 1
        assert tx.connection.execute(select(EVENT)).all() == []
    company.owe("anna", 6_000)
    assert [one.version for one in company.heard()] == [2]


def test_many_that_owe_are_judged_in_few_queries(desk: Desk) -> None:
    company = Company.founded(desk)
    company.tell()
    asked: list[str] = []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with desk.store.transaction() as tx:
        news.parties(tx, SOURCE, CONTRACTS)
    company.tell()
    two = len(asked)
    names = [f"party-{number}" for number in range(200)]
    desk.whole(TABLES["counterparty"], *(company.party(name) for name in (*CONTRACTS, *names)))
    asked.clear()
    assert company.tell().looked_at == len(names)
    assert len(asked) <= two + 2


def test_what_is_taken_as_told_says_when(desk: Desk) -> None:
    company = Company.founded(desk)
    company.ship("note")
    before = datetime.now(UTC)
    company.tell()
    with desk.store.reading() as tx:
        texts = tx.connection.execute(
            text("SELECT CAST(told_at AS TEXT) FROM told WHERE subject_id = 'note'")
        )
        (said,) = texts.scalars()
    assert before <= datetime.fromisoformat(said) <= datetime.now(UTC)


def test_what_is_told_of_leaves_no_row_for_who_owes_nothing(company: Company) -> None:
    with company.desk.store.reading() as tx:
        topics = set(tx.connection.execute(select(TOLD.c.topic)).scalars())
    assert topics == {news.FIRST}


def _mark(store: Store, party: str) -> None:
    with store.transaction() as tx:
        news.parties(tx, SOURCE, [party])
