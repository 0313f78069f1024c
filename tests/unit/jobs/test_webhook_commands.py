"""`saldo webhooks` as a person uses it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from store import audit
from tests.unit.api.books import Books
from tests.unit.jobs.test_site_commands import Desk
from tests.unit.jobs.test_site_commands import desk as desk

URL = "https://shop.example/saldo"


def created(desk: Desk, *more: str) -> tuple[str, str]:
    told = desk.does("webhooks", "create", URL, *more)
    made, secret, _ = told.splitlines()
    assert re.fullmatch(r"wh_[0-9a-f]{24}", made)
    assert secret.startswith("whsec_")
    return made, secret


def test_a_webhook_is_made_and_its_secret_shown_once(desk: Desk) -> None:
    assert "no webhooks" in desk.does("webhooks", "list")
    made, secret = created(desk, "--event", "balance.changed", "--source", "ut11")
    listed = desk.does("webhooks", "list")
    assert all(word in listed for word in (made, URL, "balance.changed", "ut11", "active"))
    assert secret not in listed
    changed = desk.does("webhooks", "rotate", made)
    assert changed.startswith("whsec_")
    assert secret not in changed


def test_a_webhook_is_disabled_and_enabled_by_hand(desk: Desk) -> None:
    made, _ = created(desk)
    desk.does("webhooks", "disable", made)
    assert "disabled: by_hand" in desk.does("webhooks", "list")
    assert "0 events wait" in desk.does("webhooks", "enable", made)
    assert "disabled" not in desk.does("webhooks", "list")
    desk.does("webhooks", "remove", made)
    assert "no webhooks" in desk.does("webhooks", "list")


def test_the_audit_names_what_was_done_in_one_form(desk: Desk, sqlite_url: str, tmp_path: Path) -> None:
    made, _ = created(desk)
    desk.does("webhooks", "rotate", made)
    with Books.open(sqlite_url, tmp_path / "landing").store.reading() as tx:
        done = [(one.operation, one.subject) for one in audit.read(tx, limit=50)]
    assert done == [("webhooks.rotate", made), ("webhooks.create", made)]


def test_a_log_is_shown_and_a_replay_counts(desk: Desk) -> None:
    made, _ = created(desk)
    assert made in desk.does("webhooks", "log", made)
    assert "0 events" in desk.does("webhooks", "replay", made, "--since", "2026-01-01T00:00")
    assert "0 events" in desk.does("webhooks", "replay", made, "--given-up")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("create", "http://shop.example/"), "https"),
        (("create", URL, "--source", "nowhere"), "saldo sources"),
        (("create", URL, "--counterparty", "x"), "Name the source"),
        (("log", "wh_none"), "saldo webhooks list"),
        (("replay", "wh_none", "--given-up"), "saldo webhooks list"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(desk: Desk, words: tuple[str, ...], hint: str) -> None:
    assert hint in desk.refused("webhooks", *words)


def test_a_replay_that_is_not_clear_is_refused(desk: Desk) -> None:
    made, _ = created(desk)
    assert "--given-up" in desk.refused("webhooks", "replay", made)
    assert "is no moment" in desk.refused("webhooks", "replay", made, "--since", "yesterday")
    assert "kept for 30 days" in desk.refused("webhooks", "replay", made, "--event-id", "evt_none")
