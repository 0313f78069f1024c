from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from api.money import figures
from api.money.answers import Balance
from schemas.records.counterparty import Counterparty
from schemas.settings import HubSettings, Secret, SourceSettings, TermsSettings
from schemas.terms import Override
from store.agreement import AgreementState
from store.balances import ContractBalance, CounterpartyBalance, OpenItem

ids = st.sampled_from(["", "a", "b", "c"])
currencies = st.sampled_from(["RUB", "JPY", "KWD"])
units = st.integers(-(10**15), 10**15)
days = st.none() | st.dates(date(2025, 1, 1), date(2027, 12, 31)).map(str)
moments = st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(
    lambda at: at.isoformat(timespec="seconds")
)
contracts = st.builds(
    ContractBalance, contract_id=ids, organization_id=ids, currency=currencies, debt=units,
    contract_currency=currencies, credit_limit=st.none() | st.integers(0, 10**15),
    payment_terms_days=st.none() | st.integers(0, 365),
)  # fmt: skip
items = st.builds(
    OpenItem, contract_id=ids, organization_id=ids, currency=currencies, arose_on=days, due_on=days,
    dated_at=moments, amount=units, debt=units, advance=units,
)  # fmt: skip
overrides = st.builds(
    Override, subject=st.sampled_from(["contract", "counterparty"]), subject_id=ids,
    days=st.integers(0, 3650), valid_from=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    set_at=st.datetimes(datetime(2026, 1, 1), timezones=st.just(UTC)),
)  # fmt: skip
known = st.builds(
    CounterpartyBalance,
    contracts=st.lists(
        contracts, max_size=8, unique_by=lambda one: (one.contract_id, one.organization_id, one.currency)
    ),
    open_items=st.lists(items, max_size=20),
    as_of=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    refreshed_at=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    overrides=st.lists(overrides, max_size=4).map(tuple),
)
nows = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))

SOURCE = SourceSettings(
    "ut11", "УТ", "http://127.0.0.1", "x", Secret("x"), ZoneInfo("Europe/Moscow"), date(2026, 1, 1)
)
SETTINGS = HubSettings("sqlite:///x", "memory://x", (SOURCE,), TermsSettings())
PARTY = Counterparty(
    *("",) * 6, None, False, None, *("",) * 5, extension="{}", internal_memo="", deletion_mark=False
)


def asked(found: CounterpartyBalance, now: datetime) -> Balance:
    return figures.balance(PARTY, found, SOURCE, SETTINGS, AgreementState("unknown", None), now)


@given(known, nows)
def test_open_items_of_a_contract_and_currency_sum_to_its_debt(
    found: CounterpartyBalance, now: datetime
) -> None:
    answer = asked(found, now)
    sums: dict[tuple[str | None, str | None, str], Decimal] = {}
    for item in answer.open_items:
        key = (item.contract_id, item.organization_id, item.currency)
        sums[key] = sums.get(key, Decimal(0)) + Decimal(item.unpaid)
    for row in answer.contracts:
        key = (
            row.contract.id if row.contract else None,
            row.organization.id if row.organization else None,
            row.currency,
        )
        assert sums.pop(key, Decimal(0)) == Decimal(row.debt)
    assert sums == {}


@given(known, nows)
def test_no_debt_of_the_running_account_is_lost_or_changed(found: CounterpartyBalance, now: datetime) -> None:
    shown = {
        (
            row.contract.id if row.contract else "",
            row.organization.id if row.organization else "",
            row.currency,
        ): row
        for row in asked(found, now).contracts
    }
    for owed in found.contracts:
        key = (
            owed.contract_id and f"ut11:{owed.contract_id}",
            owed.organization_id and f"ut11:{owed.organization_id}",
        )
        places = {"RUB": 2, "JPY": 0, "KWD": 3}[owed.currency]
        assert Decimal(shown[(*key, owed.currency)].debt) == Decimal(owed.debt).scaleb(-places)


@given(known, nows)
def test_totals_are_made_of_what_they_say(found: CounterpartyBalance, now: datetime) -> None:
    for row in asked(found, now).totals:
        receivable, overdue = Decimal(row.receivable), Decimal(row.overdue)
        buckets = row.aging
        late = [buckets.days_1_30, buckets.days_31_60, buckets.days_61_90, buckets.over_90]
        assert Decimal(row.debt) == receivable + Decimal(row.advance) + Decimal(row.unexplained)
        assert overdue == sum(map(Decimal, late))
        assert receivable == overdue + Decimal(buckets.current) + Decimal(buckets.undated)


@given(known, nows)
def test_an_item_is_split_into_settled_and_unpaid_and_is_overdue_whole_or_not(
    found: CounterpartyBalance, now: datetime
) -> None:
    for item in asked(found, now).open_items:
        if item.amount is not None and item.settled is not None:
            assert Decimal(item.amount) == Decimal(item.settled) + Decimal(item.unpaid)
        late = item.days_overdue is not None and item.days_overdue >= 1
        assert Decimal(item.overdue) == (Decimal(item.unpaid) if late else 0)
        assert (item.due_on is None) == (item.rule is None)
        assert (item.site_terms is not None) == (item.rule == "site_override")
