from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas import TABLES
from schemas.records import RECORDS, RecordTable
from schemas.source import Scope
from store import history, history_triggers, migrations
from store.record_tables import STORED
from tests.unit.store.desk import DOCUMENT, ENTRY, KEY, LINE, SOURCE, Desk, Row, document, line, month, row

MARCH = month(3)
TICK = timedelta(microseconds=1)


def versions(desk: Desk, record: RecordTable, *key: Any) -> list[history.Version]:
    with desk.store.reading() as tx:
        return history.versions(tx, record, SOURCE, key)


def reasons(desk: Desk, record: RecordTable, *key: Any) -> list[str | None]:
    return [found.reason for found in versions(desk, record, *key)]


def test_each_version_is_shown_from_one_change_to_the_next(desk: Desk) -> None:
    for amount in (1, 2, 2, 3):
        desk.documents(MARCH, document("a", amount=amount), run_id=f"run-{amount}")
    found = versions(desk, DOCUMENT, "a")
    assert [(one.record.amount, one.run_id, one.ended_by_run) for one in found] == [
        (1, "run-1", "run-2"),
        (2, "run-2", "run-3"),
        (3, "run-3", None),
    ]
    assert [one.to_at for one in found] == [found[1].from_at, found[2].from_at, None]
    with desk.store.reading() as tx:
        for one in found:
            assert history.as_of(tx, DOCUMENT, SOURCE, ("a",), one.from_at).amount == one.record.amount
        before = history.as_of(tx, DOCUMENT, SOURCE, ("a",), found[1].from_at - TICK)
        assert before == found[0].record
        assert history.as_of(tx, DOCUMENT, SOURCE, ("a",), found[0].from_at - TICK) is None


@pytest.mark.parametrize("record", [one for one in RECORDS if not one.parent], ids=lambda one: one.name)
def test_a_version_comes_back_field_by_field(desk: Desk, record: RecordTable) -> None:
    given = full(record, "1")
    for said in (given, full(record, "2")):
        unit = desk.land(Scope(), repr(said).encode(), entity=record.name)
        desk.merge(unit, {record: [said]}, main=record, nested=(), entity=record.name)
    size = len(record.key)
    found = versions(desk, record, *given[:size])
    assert [tuple(one.record) for one in found] == [given, full(record, "2")]
    assert [type(value) for value in found[0].record] == [type(value) for value in given]


def full(record: RecordTable, mark: str) -> Row:
    """A record with something in every field, as exact as it gets."""
    values = {
        "str": f"«{mark}»",
        "Guid": mark,
        "int": 2,
        "bool": True,
        "Units": -(2**62) - 1,
        "Micro": 2**53 + int(mark),
    }
    values |= {"CurrencyCode": "RUB", "WallClock": "0209-03-05T10:00:01", "Day": "2026-03-05"}
    values |= {"Json": '{"a":[1.10,true,null],"я":"б"}'}
    said = {}
    for name, kind in record.fields.items():
        (plain, *_) = getattr(kind, "__args__", (kind,))
        said[name] = values[plain.__name__]
    said |= {name: "key" for name in record.key if isinstance(said[name], str)}
    return row(record, **said)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ({"posted": False}, "unposted"),
        ({"posted": False, "deletion_mark": True}, "deletion_marked"),
        ({"contract_id": "other", "at": "2026-03-06T00:00:00"}, "moved_contract"),
        ({"counterparty_id": "other"}, "moved_contract"),
        ({"at": "2026-03-06T00:00:00"}, "moved_date"),
        ({"amount": 7}, "changed"),
        (None, "deleted"),
    ],
)
def test_a_documents_version_says_why_it_ended(desk: Desk, after: dict[str, Any] | None, reason: str) -> None:
    desk.documents(MARCH, document("a", contract_id="c", counterparty_id="p"))
    said = {"contract_id": "c", "counterparty_id": "p"} | (after or {})
    desk.documents(MARCH, *([] if after is None else [document("a", **said)]), run_id="run-2")
    assert reasons(desk, DOCUMENT, "a")[0] == reason
    with desk.store.reading() as tx:
        withdrawn = history.withdrawals(tx, SOURCE, "shipping_note")
        assert history.withdrawals(tx, SOURCE, "invoice") == []
        assert history.withdrawals(tx, SOURCE, since=tx.now) == []
    shown = [(one.record, one.record_id, one.reason, one.run_id) for one in withdrawn]
    assert shown == ([] if reason == "changed" else [("document", "a", reason, "run-2")])


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ({"active": False}, "deactivated"),
        ({"settlement_key_id": "other"}, "moved_contract"),
        ({"at": "2026-03-07T00:00:00"}, "moved_date"),
        ({"amount": 2}, "changed"),
        (None, "deleted"),
    ],
)
def test_a_movements_version_says_why_it_ended(desk: Desk, after: dict[str, Any] | None, reason: str) -> None:
    said = {"recorder_id": "r", "line_no": 1, "active": True, "settlement_key_id": "k", "amount": 1}
    desk.whole(ENTRY, row(ENTRY, **said))
    desk.whole(ENTRY, *([] if after is None else [row(ENTRY, **said | after)]))
    assert reasons(desk, ENTRY, "r", 1)[0] == reason


@pytest.mark.parametrize(
    ("name", "after", "reason"),
    [
        ("item", {"deletion_mark": True}, "deletion_marked"),
        ("item", {"name": "other"}, "changed"),
        ("item", None, "deleted"),
        ("settlement_key", {"contract_id": "other"}, "changed"),
    ],
)
def test_another_records_version_says_why_it_ended(
    desk: Desk, name: str, after: dict[str, Any] | None, reason: str
) -> None:
    table = TABLES[name]
    desk.whole(table, row(table, id="i"))
    desk.whole(table, *([] if after is None else [row(table, **{"id": "i"} | after)]))
    assert reasons(desk, table, "i")[0] == reason


def test_while_a_record_is_gone_it_is_not_shown(desk: Desk) -> None:
    desk.documents(MARCH, document("a"))
    desk.documents(MARCH)
    desk.documents(MARCH, document("a"))
    first, second = versions(desk, DOCUMENT, "a")
    assert first.to_at is not None
    assert (first.reason, second.reason) == ("deleted", None)
    with desk.store.reading() as tx:
        assert history.as_of(tx, DOCUMENT, SOURCE, ("a",), first.to_at) is None
        assert history.as_of(tx, DOCUMENT, SOURCE, ("a",), second.from_at - TICK) is None
        assert history.as_of(tx, DOCUMENT, SOURCE, ("a",), second.from_at) == first.record


def test_a_document_that_comes_back_on_another_date_had_moved(desk: Desk) -> None:
    desk.documents(MARCH, document("a"))
    desk.documents(MARCH)
    desk.documents(month(4), document("a", "2026-04-02T00:00:00"))
    assert reasons(desk, DOCUMENT, "a") == ["moved_date", None]


def test_a_new_version_of_the_source_alone_is_no_version_here(desk: Desk) -> None:
    desk.documents(MARCH, document("a", version="1"))
    desk.documents(MARCH, document("a", version="2"))
    (only,) = versions(desk, DOCUMENT, "a")
    assert (only.record.version, only.reason) == ("2", None)


def test_lines_are_shown_as_they_were_with_their_document(desk: Desk) -> None:
    moments: list[datetime] = []
    for lines in ([line("a", 1), line("a", 2)], [line("a", 1, 7)], [line("a", 1, 7), line("a", 2, 8)]):
        desk.documents(MARCH, document("a"), lines=lines, run_id=f"run-{len(moments)}")
        with desk.store.transaction() as tx:
            moments.append(tx.now)
    with desk.store.reading() as tx:
        shown = [history.nested_as_of(tx, LINE, SOURCE, "a", at) for at in moments]
    assert [[(one.line_no, one.amount) for one in lines] for lines in shown] == [
        [(1, 50), (2, 50)],
        [(1, 7)],
        [(1, 7), (2, 8)],
    ]
    ((first, last),) = [versions(desk, LINE, "a", 2)]
    assert (first.reason, first.ended_by_run, last.to_at) == ("deleted", "run-1", None)
    with desk.store.reading() as tx:
        assert history.withdrawals(tx, SOURCE) == []  # a line of a document that stands is no withdrawal


def test_the_end_of_a_deleted_line_is_the_moment_of_its_transaction(desk: Desk) -> None:
    desk.documents(MARCH, document("a", amount=1), lines=[line("a", 1)])
    desk.documents(MARCH, document("a", amount=2))
    assert versions(desk, LINE, "a", 1)[0].to_at == versions(desk, DOCUMENT, "a")[0].to_at


def test_an_unchanged_reading_leaves_no_version(desk: Desk) -> None:
    for _ in range(3):
        desk.documents(MARCH, document("a"), lines=[line("a", 1)])
    assert (reasons(desk, DOCUMENT, "a"), reasons(desk, LINE, "a", 1)) == ([None], [None])


def test_a_copy_brings_its_own_history(desk: Desk) -> None:
    desk.documents(MARCH, document("a"))
    table = STORED[DOCUMENT]
    for switched_off, kept in ((True, 1), (False, 2)):
        with desk.store.transaction() as tx:
            if switched_off:
                history_triggers.off(tx)
            tx.connection.execute(table.update().values(changed_at=tx.now))
        assert len(versions(desk, DOCUMENT, "a")) == kept


def test_triggers_are_made_once_and_mended_when_they_differ(desk: Desk) -> None:
    name, postgres = "item_update_ended", desk.store.engine.dialect.name == "postgresql"
    with desk.store.engine.begin() as connection:
        drop = f"DROP TRIGGER {name}" + (" ON item" if postgres else "")
        connection.exec_driver_sql(drop)
    migrations.upgrade_engine(desk.store.engine)
    with desk.store.engine.begin() as connection:
        seen: list[str] = []
        run = connection.exec_driver_sql
        connection.exec_driver_sql = lambda text: (seen.append(text), run(text))[1]  # type: ignore[method-assign]
        history_triggers.install(connection)
    assert [text for text in seen if text.startswith(("CREATE", "DROP"))] == []
    item = TABLES["item"]
    desk.whole(item, row(item, id="i"))
    desk.whole(item, row(item, id="i", name="new"))
    assert reasons(desk, item, "i") == ["changed", None]


def test_two_sources_have_their_own_history(desk: Desk) -> None:
    desk.whole(KEY, row(KEY, id="k"))
    desk.whole(KEY, row(KEY, id="k", contract_id="c"))
    with desk.store.reading() as tx:
        assert history.versions(tx, KEY, "other", ("k",)) == []
