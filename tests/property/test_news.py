"""Whatever changes, in whatever order and however often somebody looks: who folds the events has what is true."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from assets import healing
from schemas import TABLES
from store import access, access_rules, accounts, balances, events, records, site_rows, trading
from store.engine import Store, Tx
from store.events import Event
from store.record_tables import STORED
from store.tables_of_site import ACCESS_OVERRIDE, ACCESS_RULE, TRADING_SUSPENSION
from tests import postgres
from tests.migrated import empty, migrate
from tests.unit.assets.telling_desk import CONTRACTS, Company
from tests.unit.store.desk import SOURCE, Desk

QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = st.sampled_from(sorted(CONTRACTS))
NOTES = st.sampled_from(["note-1", "note-2"])
STATES = st.sampled_from(["blocked", "balance_only", "open"])
SIGNED = {"by": "Ito", "reason": "house rule"}
_DOCUMENT = STORED[TABLES["document"]].c


@dataclass
class Life:
    """A company and its clock, which runs ahead of this machine's."""

    company: Company
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def day(self, distance: int) -> str:
        return (self.now + timedelta(days=distance)).date().isoformat()

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        with self.company.desk.store.transaction() as tx:
            yield tx

    def owe(self, name: str, units: int, since: int) -> None:
        self.company.owe(name, units, arose_on=self.day(-since), read_at=self.now)

    def read(self) -> None:
        self.company.books(read_at=self.now)

    def ship(self, key: str, name: str, amount: int, posted: bool) -> None:
        self.company.ship(key, counterparty_id=name, amount=amount, posted=posted)

    def lose(self, key: str) -> None:
        if key in self.company.shipped:
            self.company.lose(key)

    def receive(self, name: str, amount: int) -> None:
        self.company.receive("money", counterparty_id=name, amount=amount)

    def terms(self, days: int | None) -> None:
        given = [self.company.contract(name, payment_terms_days=days) for name in CONTRACTS]
        self.company.desk.whole(TABLES["contract"], *given)

    def close(self, name: str) -> None:
        status = {one: "closed" if one == name else "active" for one in CONTRACTS}
        rows = [self.company.party(one, status=said) for one, said in status.items()]
        self.company.desk.whole(TABLES["counterparty"], *rows)

    def rule(self, state: str, days: int) -> None:
        with self.writing() as tx:
            access_rules.add_rule(tx, SOURCE, state=state, days=days, **SIGNED)  # type: ignore[arg-type]

    def say(self, name: str, state: str, hours: int | None) -> None:
        ends = None if hours is None else self.now + timedelta(hours=hours)
        with self.writing() as tx:
            access_rules.add_override(tx, SOURCE, name, state=state, expires_at=ends, **SIGNED)  # type: ignore[arg-type]

    def suspend(self, name: str, distance: int) -> None:
        first = (self.now + timedelta(days=distance)).date()
        with self.writing() as tx:
            trading.suspend(tx, SOURCE, name, from_on=first, to_on=first + timedelta(days=1), **SIGNED)

    def end(self) -> None:
        with self.writing() as tx:
            for table in (ACCESS_RULE, ACCESS_OVERRIDE, TRADING_SUSPENSION):
                site_rows.end_all(tx, table, table.c.source == SOURCE, **SIGNED)

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def look(self) -> None:
        self.company.tell(self.now)

    def heal(self) -> None:
        company = self.company
        found = healing.heal(company.desk.store, company.settings, company.source, self.now)
        assert (found.documents, found.counterparties) == (0, 0)


def _step(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Callable[[Life], None]]:
    return st.tuples(*arguments).map(lambda given: lambda life: getattr(life, name)(*given))


UNITS, FEW = st.sampled_from([0, 100, 5_000]), st.integers(0, 2)
STEPS = st.one_of(
    _step("owe", NAMES, UNITS, st.integers(12, 17)),
    _step("read"),
    _step("ship", NOTES, NAMES, FEW, st.booleans()),
    _step("lose", NOTES),
    _step("receive", NAMES, FEW),
    _step("terms", st.sampled_from([None, 3, 30])),
    _step("close", st.sampled_from(["anna", "nobody"])),
    _step("rule", STATES, st.integers(1, 3)),
    _step("say", NAMES, STATES, st.sampled_from([None, 1, 30])),
    _step("suspend", NAMES, FEW),
    _step("end"),
    _step("wait", st.sampled_from([1, 13, 26])),
    _step("look"),
    _step("look"),
    _step("heal"),
)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def new_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Store]]:
    """Gives an empty store each time."""
    if request.param == "sqlite":
        yield _files(tmp_path_factory.mktemp("news"))
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        migrate(url)
        yield lambda: _emptied(url)


def _files(folder: Path) -> Callable[[], Store]:
    def new() -> Store:
        url = f"sqlite:///{folder / uuid.uuid4().hex}.db"
        migrate(url)
        return _opened(url)

    return new


def _emptied(url: str) -> Store:
    empty(url)
    return _opened(url)


def _opened(url: str) -> Store:
    return Store.open(url, f"memory://{uuid.uuid4().hex}")


@QUICK
@given(st.lists(STEPS, min_size=3, max_size=14))
def test_who_folds_the_events_has_what_is_true(
    new_store: Callable[[], Store], steps: list[Callable[[Life], None]]
) -> None:
    store = new_store()
    try:
        life = Life(Company.founded(Desk(store)))
        life.look()
        for step in steps:
            step(life)
        life.look()
        with store.reading() as tx:
            told, now = events.read(tx, limit=10_000), life.now
            assert _folded(told) == _true(tx, life.company, now)
        _each_version_once(told)
        assert life.company.tell(life.now).events == 0
    finally:
        store.close()


def _each_version_once(told: list[Event]) -> None:
    seen: dict[tuple[str, str], list[int]] = {}
    for one in told:
        seen.setdefault((_topic(one), one.subject_id), []).append(one.version)
    for versions in seen.values():
        assert versions == list(range(1, len(versions) + 1))


def _topic(one: Event) -> str:
    return one.type.partition(".")[0].replace("payment", "document")


def _folded(told: list[Event]) -> dict[tuple[str, str], Any]:
    """What a receiver keeps: of each subject the data of the highest version, whatever came when."""
    last: dict[tuple[str, str], Event] = {}
    for one in sorted(told, key=lambda event: event.event_id):
        place = (_topic(one), one.subject_id)
        if place not in last or last[place].version < one.version:
            last[place] = one
    kept = {place: _kept(one) for place, one in last.items() if one.type != "document.withdrawn"}
    return {place: value for place, value in kept.items() if value}


def _kept(one: Event) -> Any:
    data = one.data
    if "contracts" in data:
        return {
            (row["contract_id"], row["currency"], row.get("debt") or row["overdue"])
            for row in data["contracts"]
        }
    if one.type == "access.changed":
        return _restriction(data["state"], data["reason"], data["since"], data["expires_at"])
    if one.type == "trading.changed":
        return data["status"] != "active" and (data["decided_by"], data["from_on"], data["to_on"])
    return data.get("reasons", (data.get("counterparty_id"), data.get("amount")))


def _restriction(state: str, reason: str | None, since: Any, expires_at: Any) -> Any:
    return reason in ("set_by_hand", "rule") and (state, reason, _instant(since), _instant(expires_at))


def _instant(given: Any) -> Any:
    return datetime.fromisoformat(given) if isinstance(given, str) else given


def _true(tx: Tx, company: Company, now: datetime) -> dict[tuple[str, str], Any]:
    """What the API's own functions say, for each counterparty by itself."""
    source = company.source.settings
    today = now.astimezone(source.time_zone).date()
    found: dict[tuple[str, str], Any] = {("sync", SOURCE): _doubts(tx, company, now)}
    for name in CONTRACTS:
        known = balances.counterparty(tx, SOURCE, name)
        party = records.get(tx, TABLES["counterparty"], SOURCE, (name,))
        state = access.evaluate(tx, company.settings, source, name, now)
        assert known is not None
        assert party is not None
        assert state is not None
        running = accounts.explained(known, company.settings.terms, today)
        late = [(one.owed, accounts.overdue(one.items, one.owed.currency)) for one in running]
        places = {one.owed.contract_id: f"ut11:{one.owed.contract_id}" for one in running}
        found["balance", name] = {
            (places[one.owed.contract_id], "RUB", f"{one.owed.debt / 100:.2f}")
            for one in running
            if one.owed.debt
        }
        found["overdue", name] = {
            (places[owed.contract_id], "RUB", str(sum_)) for owed, sum_ in late if sum_.units
        }
        said = state.decision
        expires_at = said.override.expires_at if said.override else None
        found["access", name] = _restriction(said.state, said.reason, said.since, expires_at)
        traded = trading.evaluate(tx, SOURCE, party, today)
        days = [day.isoformat() if day else None for day in (traded.from_on, traded.to_on)]
        found["trading", name] = traded.status != "active" and (traded.decided_by, *days)
    found |= {("document", key): (party, amount) for key, party, amount in _documents(tx)}
    return {place: value for place, value in found.items() if value}


def _doubts(tx: Tx, company: Company, now: datetime) -> list[str]:
    state = access.evaluate(tx, company.settings, company.source.settings, "anna", now)
    assert state is not None
    assert state.as_of is not None
    stale = (now - state.as_of).total_seconds() >= company.settings.fresh_for_s + 1
    return ["data_stale"] if stale else []


def _documents(tx: Tx) -> Iterator[tuple[str, str, str]]:
    shown = (_DOCUMENT.posted, ~_DOCUMENT.deletion_mark, _DOCUMENT.gone_at.is_(None))
    rows = tx.connection.execute(
        select(_DOCUMENT.id, _DOCUMENT.counterparty_id, _DOCUMENT.amount).where(*shown)
    )
    for key, party, amount in rows:
        yield key, f"ut11:{party}", f"{amount / 100:.2f}"
