"""`saldo users` as a person uses it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from store import audit, desk_users
from tests.unit.api.books import Books
from tests.unit.desk.signed_in import browser
from tests.unit.jobs.test_site_commands import Desk
from tests.unit.jobs.test_site_commands import desk as desk

PASSWORD = "a long and quiet winter"


@pytest.fixture
def books(desk: Desk, sqlite_url: str, tmp_path: Path) -> Books:
    return Books.open(sqlite_url, tmp_path / "landing")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


@pytest.mark.usefixtures("typed")
def test_the_first_user_is_made_and_listed(desk: Desk, books: Books) -> None:
    assert "saldo users add" in desk.does("users", "list")
    assert "/desk" in desk.does(
        "users", "add", "--login", "anna", "--role", "admin", "--name", "Анна", "--by", "Ito"
    )
    listed = desk.does("users", "list")
    assert all(word in listed for word in ("anna", "Анна", "admin", "password", "active"))
    assert PASSWORD not in listed
    with books.store.reading() as tx:
        (entry,) = audit.read(tx, limit=9)
    assert (entry.operation, entry.subject, entry.key_number) == ("users.add", "anna", "saldo")
    assert '"by": "Ito"' in entry.details
    assert PASSWORD not in entry.details


def test_a_password_comes_from_the_environment_too_and_never_as_an_argument(
    desk: Desk, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALDO_USER_PASSWORD", PASSWORD)
    desk.does("users", "add", "--login", "anna")
    with pytest.raises(SystemExit):
        desk.does("users", "password", "--login", "anna", "--password", PASSWORD)


@pytest.mark.parametrize("weak", ["short", "qwertyuiop", "anna-anna-anna"])
def test_a_password_that_is_easy_to_guess_is_refused(
    desk: Desk, books: Books, monkeypatch: pytest.MonkeyPatch, weak: str
) -> None:
    monkeypatch.setenv("SALDO_USER_PASSWORD", weak)
    said = desk.refused("users", "add", "--login", "anna")
    assert "will not do" in said
    assert weak not in said
    assert "Nobody may sign in" in desk.does("users", "list")


def test_a_new_password_ends_the_sessions(desk: Desk, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALDO_USER_PASSWORD", PASSWORD)
    client = browser(books.store, books.settings)
    assert client.get("/desk/account").status_code == 200
    desk.does("users", "password", "--login", "vera")
    assert client.get("/desk/account").status_code == 303


def test_people_are_kept_out_let_in_and_given_roles(desk: Desk, books: Books) -> None:
    client = browser(books.store, books.settings)
    desk.does("users", "role", "ops", "--login", "vera")
    desk.does("users", "disable", "--login", "vera")
    assert "disabled" in desk.does("users", "list")
    assert client.get("/desk/account").status_code == 303
    desk.does("users", "enable", "--login", "vera")
    with books.store.reading() as tx:
        found = desk_users.get(tx, "vera")
    assert (found.role, found.disabled_at) == ("ops", None)


def test_there_is_always_an_admin(desk: Desk, books: Books) -> None:
    browser(books.store, books.settings, role="admin")
    assert "the only admin" in desk.refused("users", "disable", "--login", "vera")
    assert "the only admin" in desk.refused("users", "role", "ops", "--login", "vera")


def test_somebody_else_may_vouch_for_a_person(desk: Desk, books: Books) -> None:
    desk.does("users", "add", "--login", "anna", "--no-password")
    assert "nothing yet" in desk.does("users", "list")


def test_of_a_user_that_there_is_not_nothing_is_done(desk: Desk, books: Books) -> None:
    assert "saldo users list" in desk.refused("users", "disable", "--login", "nobody")
