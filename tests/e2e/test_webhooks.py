"""Events on their whole way: from a change of the store, over real HTTP, to a receiver as bad as receivers are."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import select

from assets.deliver import Delivered, deliver
from assets.events import KEY, REACHED, TOLD
from assets.hub import Hub
from connectors.webhooks import Sender
from jobs.definitions import defs
from jobs.storefront import storefront_definitions
from schemas.money import Money
from store import access_rules, api_keys, delivery_log, webhook_secrets, webhooks
from store.engine import Store
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE
from tests.e2e.world import World
from tests.receiver import Answer, Message, Receiver, running, state
from tests.unit.assets.telling_desk import CONTRACTS, Company
from tests.unit.store.conftest import desk as desk
from tests.unit.store.conftest import migrated_postgres as migrated_postgres
from tests.unit.store.conftest import migrated_sqlite as migrated_sqlite
from tests.unit.store.conftest import shared_postgres as shared_postgres
from tests.unit.store.conftest import store as store
from tests.unit.store.desk import DOCUMENT, SOURCE, Desk
from tests.unit.store.happenings import News

NEAR = ("127.0.0.1",)
KILLED = """
import os, sys
from datetime import UTC, datetime
from assets.deliver import deliver
from connectors.webhooks import Line, Sender
from store.engine import Store

post = Line.post

def die_after(self, *what):
    post(self, *what)
    os._exit(9)

Line.post = die_after
deliver(Store.open(sys.argv[1], sys.argv[2]), Sender(("127.0.0.1",)), lambda: datetime.now(UTC), 30)
"""


@dataclass
class Courier:
    """Delivers by a clock that is put forward."""

    store: Store
    ahead: timedelta = timedelta(seconds=1)
    sender: Sender = field(default_factory=lambda: Sender(NEAR, timeout_s=0.15))

    def work(self, **later: float) -> Delivered:
        self.ahead += timedelta(**later)
        return deliver(self.store, self.sender, lambda: datetime.now(UTC) + self.ahead, budget_s=30)

    def until_all_is_there(self) -> None:
        while True:
            with self.store.reading() as tx:
                if not any(one.pending for one in delivery_log.standings(tx)):
                    return
            self.work(hours=1)


@pytest.fixture
def receivers() -> Iterator[list[Receiver]]:
    with running() as one, running() as other:
        yield [one, other]


def webhook(store: Store, receiver: Receiver, **given: Any) -> str:
    made, receiver.secret = News(store).webhook_with_secret(receiver.url, **given)
    return made


def chaos(chance: random.Random) -> Any:
    """Answers of a receiver that loses, delays, doubles and breaks off."""

    def answer(_message: Message) -> Answer:
        return chance.choice(
            [
                *[Answer()] * 4,
                Answer(500, kept=False),
                Answer(500),  # kept, and comes again
                Answer(None, kept=False),
                Answer(None),
                Answer(503, kept=False, headers=(("retry-after", "30"),)),
                Answer(closes=True),
                Answer(wait_s=0.3),  # longer than the courier waits: it is kept late, and comes again
                Answer(404, kept=False),
            ]
        )

    return answer


def change(company: Company, chance: random.Random, number: int) -> None:
    name, store = chance.choice(sorted(CONTRACTS)), company.desk.store
    kind = chance.choice(
        ["owe", "owe", "pay", "ship", "ship", "unpost", "lose", "receive", "restrict", "free"]
    )
    shipped = chance.choice(sorted(company.shipped) or [""])
    if kind in ("owe", "pay"):
        company.owe(
            name,
            0 if kind == "pay" else chance.randrange(1, 10**6),
            chance.choice(["2026-11-20", "2026-10-01"]),
        )
    elif kind == "ship" or not shipped:
        company.ship(
            chance.choice([f"note-{number}", shipped or "note"]), amount=number * 100, counterparty_id=name
        )
    elif kind == "unpost":
        company.ship(shipped, posted=False)
    elif kind == "lose":
        company.lose(shipped)
    elif kind == "receive":
        company.receive(f"payment-{number}", amount=number, counterparty_id=name)
    else:
        with store.transaction() as tx:
            state = "open" if kind == "free" else "blocked"
            signed = {"by": "Ito", "reason": "a test"}
            access_rules.add_override(tx, SOURCE, name, state=state, expires_at=None, **signed)


def truth(store: Store, *parties: str) -> dict[str, Any]:
    """What is so, straight from the tables: debts by counterparty, documents that are shown, who is blocked."""
    debt, paper = CONTRACT_BALANCE.c, STORED[DOCUMENT].c
    with store.reading() as tx:
        debts = tx.connection.execute(
            select(debt.counterparty_id, debt.debt).where(debt.counterparty_id.in_(parties), debt.debt != 0)
        ).all()
        papers = tx.connection.execute(
            select(paper.id, paper.counterparty_id, paper.amount).where(
                paper.counterparty_id.in_(parties),
                paper.posted,
                ~paper.deletion_mark,
                paper.gone_at.is_(None),
            )
        ).all()
        overrides = access_rules.overrides(tx, SOURCE)
    return {
        "debts": {one: str(Money(units, "RUB")) for one, units in debts},
        "documents": {one: (party, str(Money(amount, "RUB"))) for one, party, amount in papers},
        "blocked": {
            one.counterparty_id
            for one in overrides
            if one.state == "blocked" and one.counterparty_id in parties
        },
    }


def known(messages: list[Message], *parties: str) -> dict[str, Any]:
    """The same as a receiver has it from what it kept."""
    found = state(messages)
    debts, blocked, documents = {}, set(), {}
    for party in parties:
        for one in found.get(f"balance ut11:{party}", {}).get("contracts", ()):
            debts[party] = one["debt"]
        if found.get(f"access ut11:{party}", {}).get("state") == "blocked":
            blocked.add(party)
    for subject, one in found.items():
        party = one.get("counterparty_id", "").removeprefix("ut11:")
        if subject.startswith("ut11:") and one["type"] != "document.withdrawn" and party in parties:
            documents[subject.removeprefix("ut11:")] = (party, one["amount"])
    return {"debts": debts, "documents": documents, "blocked": blocked}


def test_a_receiver_that_loses_delays_and_doubles_ends_equal_to_the_store(
    desk: Desk, receivers: list[Receiver]
) -> None:
    chance, company = random.Random(7), Company.founded(desk)
    company.tell()
    whole, annas = receivers
    with desk.store.transaction() as tx:
        bound = {"source": SOURCE, "counterparty_id": "anna"}
        granted = ("balances:read", "documents:read", "access:read")
        key, _ = api_keys.create(tx, name="anna", by="test", permissions=granted, **bound)
    webhook(desk.store, whole)
    webhook(desk.store, annas, key_number=key.number)
    whole.answering, annas.answering = chaos(chance), chaos(random.Random(8))
    courier = Courier(desk.store)
    for number in range(1, 21):
        change(company, chance, number)
        if chance.random() < 0.8:
            company.tell()
        courier.work(minutes=chance.choice([0, 1, 10]))
    company.tell()
    whole.answering = annas.answering = lambda _message: Answer()
    courier.until_all_is_there()
    for receiver, parties in ((whole, ("anna", "boris")), (annas, ("anna",))):
        chance.shuffle(receiver.kept)  # as if they had come in another order still
        assert known(receiver.kept, *parties) == truth(desk.store, *parties)
        assert receiver.forged == 0
        assert len(receiver.seen) > len(set(receiver.ids()))  # some came twice
    everybody = truth(desk.store, "anna", "boris")
    assert everybody["debts"] or everybody["documents"] or everybody["blocked"]
    assert {one.data["counterparty_id"] for one in annas.seen} == {"ut11:anna"}


def test_a_courier_killed_after_sending_leaves_the_message_to_be_sent_again(
    store: Store, receivers: list[Receiver], tmp_path: Path
) -> None:
    made = webhook(store, receivers[0])
    first, second = News(store).happen("balance.changed", "document.ready")
    url = store.engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", KILLED, url, f"file://{tmp_path}"]
    died = subprocess.run(words, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)
    assert died.returncode == 9, died.stderr
    assert receivers[0].ids() == [first]
    with store.reading() as tx:
        assert {one.attempts for one in delivery_log.page(tx, made, state=None, before=None, limit=9)} == {0}
    assert Courier(store).work() == Delivered(delivered=2)  # at once: the dead one's lease is nobody's
    assert receivers[0].ids() == [first, first, second]


def test_no_message_is_refused_while_a_secret_is_changed(store: Store, receivers: list[Receiver]) -> None:
    receiver, news, courier = receivers[0], News(store), Courier(store)
    made = webhook(store, receiver)
    with store.transaction() as tx:
        new = webhook_secrets.rotate(tx, made)
    news.happen("balance.changed")
    assert courier.work() == Delivered(delivered=1)
    receiver.secret = new.value
    news.happen("balance.changed")
    assert courier.work(hours=1) == Delivered(delivered=1)
    assert receiver.forged == 0


def test_a_receiver_that_takes_too_long_is_tried_again(store: Store, receivers: list[Receiver]) -> None:
    receiver = receivers[0]
    made = webhook(store, receiver)
    (event,) = News(store).happen("balance.changed")
    receiver.answering = lambda _message: Answer(wait_s=0.3)
    courier = Courier(store)
    assert courier.work() == Delivered(failed=1)
    receiver.answering = lambda _message: Answer()
    assert courier.work(minutes=1) == Delivered(delivered=1)
    assert receiver.ids() == [event, event]
    with store.reading() as tx:
        (log,) = delivery_log.page(tx, made, state=None, before=None, limit=9)
    assert [(one.status, one.error) for one in log.log] == [(None, "timeout"), (200, None)]


def tick(world: World, cursor: str | None) -> dg.SensorResult:
    sensor = next(one for one in defs().sensors or () if one.name == "storefront_sensor")
    assert isinstance(sensor, dg.SensorDefinition)
    hub = Hub(settings_path=str(world.home / "saldo.toml"))
    with dg.build_sensor_context(instance=world.instance, resources={"hub": hub}, cursor=cursor) as context:
        found = sensor(context)
    assert isinstance(found, dg.SensorResult)
    return found


def test_a_tick_of_the_sensor_tells_and_sends_and_says_who_needs_somebody(
    world: World, receivers: list[Receiver]
) -> None:
    file = world.home / "saldo.toml"
    file.write_text(file.read_text(encoding="utf-8") + 'webhook_hosts = ["127.0.0.1"]\n', encoding="utf-8")
    receiver, news = receivers[0], News(world.store)
    made = webhook(world.store, receiver)
    quiet = tick(world, None)
    assert quiet.skip_reason is not None
    assert "told 0 events; sent 0, failed 0" in str(quiet.skip_reason.skip_message)
    (well,) = quiet.asset_events
    news.happen("balance.changed")
    sent = tick(world, quiet.cursor)
    assert (len(receiver.kept), sent.asset_events) == (1, [])
    receiver.answering = lambda _message: Answer(410)
    news.happen("balance.changed")
    gone = tick(world, sent.cursor)
    (ill,) = gone.asset_events
    for one, passed in ((well, True), (ill, False)):
        assert isinstance(one, dg.AssetCheckEvaluation)
        assert (one.check_name, one.passed) == (REACHED, passed)
        world.instance.report_runless_asset_event(one)
    assert f"saldo webhooks enable {made}" in str(ill.metadata["hub/next_action"].value)
    assert tick(world, gone.cursor).asset_events == []
    with world.store.reading() as tx:
        assert webhooks.must_get(tx, made).disabled_because == "gone"


def test_at_night_everything_is_held_against_what_was_told(world: World) -> None:
    job = defs().resolve_job_def("storefront_heal")
    done = job.execute_in_process(instance=world.instance)
    assert done.success
    (found,) = done.get_asset_check_evaluations()
    assert (found.asset_key, found.check_name, found.passed) == (KEY, TOLD, True)


def test_the_storefronts_definitions_begin_by_themselves(world: World) -> None:
    own = storefront_definitions([world.source])
    assert [one.default_status for one in own.sensors or ()] == [dg.DefaultSensorStatus.RUNNING]
    (nightly,) = own.schedules or ()
    assert isinstance(nightly, dg.ScheduleDefinition)
    assert (nightly.name, nightly.default_status) == (
        "storefront_heal_1day",
        dg.DefaultScheduleStatus.RUNNING,
    )
