"""The commands about what was landed, held and shown, as a person uses them."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from jobs import cli
from store import agreed, comparing, pauses
from store.engine import Store
from tests.e2e.shop import NOTES, SOURCE, Shop

AGREE = ["agreed", "add", SOURCE, "--organization", "o", "--counterparty", "c", "--start", "2026-01-01"]
Captured = pytest.CaptureFixture[str]


def said(capsys: Captured) -> str:
    """What a command printed, as one line of words: tables fold."""
    return " ".join(capsys.readouterr().out.split())


def test_replay_all_into_a_new_database_gives_an_equal_store(
    shop: Shop, tmp_path: Path, capsys: Captured
) -> None:
    shop.live()
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert cli.main(["replay", "--all", "--into", url]) == 0
    assert "The new store is complete" in said(capsys)
    target = Store.open(url, shop.settings.landing_url)
    assert list(comparing.differences(shop.store, target)) == []
    target.close()
    assert cli.main(["replay", "--all", "--into", url]) == 1
    assert "empty database" in capsys.readouterr().err


def test_replay_of_one_kind_and_its_preview(shop: Shop, capsys: Captured) -> None:
    shop.load("currency", "settlement_key", "settlement_entry", "contract", "counterparty")
    with shop.store.transaction() as tx:
        tx.connection.execute(text("UPDATE settlement_entry SET amount = amount + 100"))
    assert cli.main(["replay", "settlement_entry", "--preview"]) == 0
    told = said(capsys)
    assert "settlement_entry" in told
    assert cli.main(["replay", "settlement_entry"]) == 0
    assert "mapped again" in said(capsys)
    assert cli.main(["replay", "--all", "--preview"]) == 0
    assert "No balance would move. No row would change." in said(capsys)


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay"],
        ["replay", "--all", "currency"],
        ["replay", "currency", "--into", "sqlite:///x.db"],
        ["replay", "nothing"],
        ["replay", "--all", "--source", "other"],
        ["tidy"],
        ["quarantine", "replay", "x"],
        ["quarantine", "resolve", SOURCE, "order", "x", "--reason", "none"],
        ["quarantine", "show", SOURCE, "order", "x"],
        ["resume", SOURCE],
        ["pause", "other", "--reason", "x"],
        ["agreed", "withdraw", "1"],
        ["agreed", "accept", "1"],
        [*AGREE, "--end", "2020-01-01"],
        [*AGREE, "--end", "soon"],
        ["history", "document", f"{SOURCE}:none"],
        ["history", "document", f"{SOURCE}:none", "--at", "yesterday"],
        ["history", "document", f"{SOURCE}:none", "--at", "2026-03-03T10:00"],
    ],
)
def test_what_cannot_be_done_is_told_with_the_next_step(
    shop: Shop, capsys: Captured, arguments: list[str]
) -> None:
    assert cli.main(arguments) == 1
    told = capsys.readouterr().err
    assert told.startswith("saldo: ")
    assert len(told.strip().splitlines()) == 2


def test_verify_passes_and_then_names_what_was_changed(shop: Shop, capsys: Captured) -> None:
    shop.load("currency")
    assert cli.main(["verify"]) == 0
    assert cli.main(["verify", "--sample", "1"]) == 0
    with shop.store.transaction() as tx:
        tx.connection.execute(text("UPDATE currency SET code = 'XXX' WHERE code = 'RUB'"))
        key = tx.connection.execute(text("SELECT id FROM currency WHERE code = 'XXX'")).scalar_one()
    capsys.readouterr()
    assert cli.main(["verify"]) == 1
    told = capsys.readouterr()
    assert key in told.out
    assert "code" in told.out
    assert "1 stored values" in told.err


def test_a_held_record_is_listed_shown_settled_and_tried_again(shop: Shop, capsys: Captured) -> None:
    shop.load("currency")
    note = next(one for one in shop.base.iterate(NOTES) if one["Posted"])
    shop.base.write(NOTES, [{**note, "Валюта_Key": "11111111-1111-1111-1111-111111111111"}])
    shop.load("shipping_note")
    key = str(note["Ref_Key"])
    assert cli.main(["quarantine", "list"]) == 0
    assert "1 held" in said(capsys)
    assert cli.main(["quarantine", "show", SOURCE, "shipping_note", key]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown[shown.index("{") :])["Ref_Key"] == key
    assert cli.main(["quarantine", "replay", "--entity", "shipping_note", key]) == 0
    assert "1 held before, 1 now" in said(capsys)
    command = ["quarantine", "resolve", SOURCE, "shipping_note", key, "--reason", "a test", "--by", "tester"]
    assert cli.main(command) == 0
    capsys.readouterr()
    assert cli.main(["quarantine", "list"]) == 0
    assert "nothing is held" in said(capsys)


def test_tidy_tells_what_it_would_free_and_frees_it(shop: Shop, tmp_path: Path, capsys: Captured) -> None:
    for name in ("one", "two"):
        row = next(iter(shop.base.iterate("Catalog_Пользователи")))
        shop.base.write("Catalog_Пользователи", [{**row, "Description": name}])
        shop.load("manager")
    row = next(iter(shop.base.iterate("Catalog_Пользователи")))
    with shop.store.transaction() as tx:
        tx.connection.execute(text("UPDATE manager SET landing_id = (SELECT max(id) FROM landing_page)"))
        tx.connection.execute(text("UPDATE landing_page SET fetched_at = '2020-01-01T00:00:00.000000+00:00'"))
    for file in (tmp_path / "landing").rglob("*.zst"):
        os.utime(file, (time.time() - 7_200,) * 2)
    assert cli.main(["tidy", "--days", "30", "--dry-run"]) == 0
    assert "Would drop 1 units" in said(capsys)
    assert cli.main(["tidy", "--days", "30"]) == 0
    assert "Dropped 1 units" in said(capsys)


def test_a_paused_base_is_resumed(shop: Shop, capsys: Captured) -> None:
    assert cli.main(["pause", SOURCE, "--reason", "closing the month", "--by", "accounting"]) == 0
    with shop.store.reading() as tx:
        paused = pauses.get(tx, SOURCE)
    assert paused is not None
    assert (paused.reason, paused.paused_by) == ("closing the month", "accounting")
    assert cli.main(["resume", SOURCE]) == 0
    with shop.store.reading() as tx:
        assert pauses.get(tx, SOURCE) is None


def test_history_tells_what_was_shown_and_when(shop: Shop, capsys: Captured) -> None:
    shop.load("currency")
    row = next(iter(shop.base.iterate("Catalog_Пользователи")))
    key = str(row["Ref_Key"])
    shop.base.write("Catalog_Пользователи", [{**row, "Description": "before"}])
    shop.load("manager")
    between = datetime.now(UTC).isoformat()
    shop.base.write("Catalog_Пользователи", [{**row, "Description": "after"}])
    shop.load("manager")
    assert cli.main(["history", "manager", f"{SOURCE}:{key}"]) == 0
    told = said(capsys)
    assert "shown now" in told
    assert "name" in told
    assert cli.main(["history", "manager", f"{SOURCE}:{key}", "--at", between]) == 0
    assert "name = before" in capsys.readouterr().out
    assert cli.main(["history", "balance", f"{SOURCE}:{key}"]) == 0


def test_an_agreed_period_is_kept_listed_and_withdrawn(shop: Shop, capsys: Captured) -> None:
    shop.load()
    with shop.store.reading() as tx:
        found = tx.connection.execute(
            text(
                "SELECT k.organization_id, k.counterparty_id, e.recorder_id, substr(e.at, 1, 10) AS day"
                " FROM settlement_entry e JOIN settlement_key k ON k.id = e.settlement_key_id AND k.source = e.source"
                " WHERE e.active AND e.currency = 'RUB' ORDER BY e.at LIMIT 1"
            )
        ).one()
    agree = ["agreed", "add", SOURCE, "--organization", found.organization_id]
    agree += [
        "--counterparty",
        found.counterparty_id,
        "--start",
        found.day,
        "--end",
        found.day,
        "--note",
        "act 7",
    ]
    assert cli.main(agree) == 0
    assert "Agreed period 1" in said(capsys)
    assert cli.main(["agreed", "list"]) == 0
    told = said(capsys)
    assert "Nothing in them has changed" in told
    later = datetime.now(UTC).isoformat(timespec="microseconds")
    raised = f"UPDATE settlement_entry SET amount = amount + 100, changed_at = '{later}'"
    with shop.store.transaction() as tx:
        tx.connection.execute(text(f"{raised} WHERE recorder_id = '{found.recorder_id}'"))
        assert len(agreed.detect(tx, SOURCE)) == 1
    assert cli.main(["agreed", "list"]) == 0
    assert "changed since" in said(capsys)
    assert cli.main(["agreed", "accept", "1", "--by", "tester"]) == 0
    assert cli.main(["agreed", "withdraw", "1"]) == 0
    capsys.readouterr()
    assert cli.main(["agreed", "list"]) == 0
    told = said(capsys)
    assert "withdrawn" in told
    assert "Nothing in them has changed" in told
