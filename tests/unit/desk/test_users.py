"""The pages of users, and what people set for themselves."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from litestar.testing import TestClient

from desk.app import create_app
from store import audit, desk_sessions, desk_users
from tests.unit.api.books import Books
from tests.unit.desk.signed_in import LOGIN, browser

OLD, NEW = "a long and quiet winter", "a short and noisy summer"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(OLD)  # quick to try


@pytest.fixture
def admin(books: Books) -> Iterator[TestClient[Litestar]]:
    with browser(books.store, books.settings, role="admin") as client:
        yield client


def user(books: Books, login: str) -> Any:
    with books.store.reading() as tx:
        return desk_users.find(tx, login)


def audited(books: Books) -> list[tuple[str, str, str | None]]:
    with books.store.reading() as tx:
        return [(one.operation, one.key_number, one.subject) for one in audit.read(tx, limit=50)]


def password_in(page: str) -> str:
    (found,) = re.findall(r"<code>([a-z0-9-]+)</code>", page)
    return str(found)


def signs_in(books: Books, login: str, password: str) -> tuple[Any, TestClient[Litestar]]:
    client = TestClient(create_app(books.settings, books.store))
    client.follow_redirects = False
    csrf = re.findall(r'name="csrf" value="([^"]+)"', client.get("/desk/sign-in").text)[0]
    client.headers["x-csrf-token"] = csrf
    return client.post("/desk/sign-in", data={"login": login, "password": password}), client


def csrf_of(client: TestClient[Litestar]) -> None:
    page = client.get("/desk/account/password").text
    client.headers["x-csrf-token"] = re.findall(r'name="csrf" value="([^"]+)"', page)[0]


def test_somebody_added_signs_in_with_a_password_that_is_to_be_changed_first(
    admin: TestClient[Litestar], books: Books
) -> None:
    form = {"name": "Анна", "login": "Anna ", "role": "accountant", "language": "uk"}
    password = password_in(admin.post("/desk/users", data=form).text)
    answer, client = signs_in(books, "anna", password)
    assert answer.status_code == 303
    assert client.get("/desk/account").headers["location"] == "/desk/account/password"
    csrf_of(client)
    changed = client.post("/desk/account/password", data={"old": password, "new": NEW, "again": NEW})
    assert changed.headers["location"] == "/desk/account"
    page = client.get("/desk/account")
    assert page.status_code == 200
    assert '<html lang="uk"' in page.text
    assert ("users.add", "user:vera", "anna") in audited(books)
    assert password not in json.dumps(audited(books))


def test_nobody_is_added_who_cannot_be(admin: TestClient[Litestar], books: Books) -> None:
    for login, name in (("vera", "Another"), ("анна", "Anna"), ("anna", "  "), ("a b", "Anna")):
        form = {"login": login, "name": name, "role": "ops", "language": "en"}
        answer = admin.post("/desk/users", data=form)
        assert answer.status_code == 422
        assert "Nobody was added." in answer.text
    with books.store.reading() as tx:
        assert [one.login for one in desk_users.every(tx)] == [LOGIN]


def test_a_role_is_changed_and_counts_at_the_next_click(admin: TestClient[Litestar], books: Books) -> None:
    client = browser(books.store, books.settings, login="anna", role="accountant")
    assert client.get("/desk/users").status_code == 403
    assert admin.post("/desk/users/anna/role", data={"role": "admin"}).status_code == 303
    assert client.get("/desk/users").status_code == 200


def test_the_only_admin_stays_one(admin: TestClient[Litestar], books: Books) -> None:
    for answer in (
        admin.post(f"/desk/users/{LOGIN}/role", data={"role": "ops"}),
        admin.post(f"/desk/users/{LOGIN}/disable"),
    ):
        assert answer.status_code == 422
        assert "only administrator" in answer.text
    assert user(books, LOGIN).role == "admin"


def test_who_is_disabled_is_out_at_once_and_may_be_let_in_again(
    admin: TestClient[Litestar], books: Books
) -> None:
    client = browser(books.store, books.settings, login="anna")
    assert client.get("/desk/account").status_code == 200
    admin.post("/desk/users/anna/disable")
    assert client.get("/desk/account").status_code == 303
    admin.post("/desk/users/anna/enable")
    assert client.get("/desk/account").status_code == 303, "with a new session only"
    assert user(books, "anna").disabled_at is None


def test_a_reset_password_is_shown_once_and_ends_every_session(
    admin: TestClient[Litestar], books: Books
) -> None:
    client = browser(books.store, books.settings, login="anna")
    password = password_in(admin.post("/desk/users/anna/password").text)
    assert client.get("/desk/account").status_code == 303
    assert signs_in(books, "anna", password)[0].status_code == 303
    assert password not in admin.get("/desk/users").text


def test_of_a_user_that_there_is_not_there_is_a_calm_page(admin: TestClient[Litestar]) -> None:
    answer = admin.post("/desk/users/nobody/disable")
    assert (answer.status_code, "There is no such user." in answer.text) == (404, True)
    assert admin.post(f"/desk/users/{LOGIN}/role", data={"role": "god"}).status_code == 422


def test_everybody_chooses_name_language_and_colours(books: Books) -> None:
    with browser(books.store, books.settings) as client:
        form = {"name": "Vera <b>", "language": "ru", "theme": "dark"}
        assert client.post("/desk/account", data=form).status_code == 303
        page = client.get("/desk/account").text
        assert '<html lang="ru" data-theme="dark">' in page
        assert html.escape("Vera <b>") in page
        assert client.post("/desk/account", data={**form, "name": ""}).status_code == 422
        assert client.post("/desk/account", data={**form, "theme": "pink"}).status_code == 422


def test_signing_out_elsewhere_leaves_the_session_here(books: Books) -> None:
    here, there = browser(books.store, books.settings), browser(books.store, books.settings)
    assert here.post("/desk/account/sessions/end").status_code == 303
    assert (here.get("/desk/account").status_code, there.get("/desk/account").status_code) == (200, 303)


@pytest.fixture
def own(books: Books) -> Iterator[TestClient[Litestar]]:
    with books.store.transaction() as tx:
        desk_users.add(
            tx, login=LOGIN, name="Vera", role="ops", language="en", by="saldo", password_hash=HASH
        )
    with browser(books.store, books.settings) as client:
        yield client


def test_a_new_password_ends_every_session_but_a_new_one_here(
    own: TestClient[Litestar], books: Books
) -> None:
    there, before = browser(books.store, books.settings), own.cookies["saldo_session"]
    answer = own.post("/desk/account/password", data={"old": OLD, "new": NEW, "again": NEW})
    assert answer.status_code == 303
    assert there.get("/desk/account").status_code == 303
    own.cookies.clear()
    own.cookies.set("saldo_session", answer.cookies["saldo_session"])
    assert own.get("/desk/account").status_code == 200
    assert answer.cookies["saldo_session"] != before
    assert signs_in(books, LOGIN, OLD)[0].status_code == 401
    assert signs_in(books, LOGIN, NEW)[0].status_code == 303


def test_a_password_that_will_not_do_is_refused_with_the_reason(own: TestClient[Litestar]) -> None:
    for old, new, again, said in (
        (OLD, "winter123", "winter123", "At least 10 letters"),
        (OLD, "Password123", "Password123", "one of the first"),
        (OLD, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "one of the first"),
        (OLD, "vera vera vera 1", "vera vera vera 1", "with the login in it"),
        (OLD, NEW, NEW + "x", "not the same"),
        ("wrong wrong wrong", NEW, NEW, "not your password"),
        (OLD, OLD, OLD, "the password you have"),
    ):
        answer = own.post("/desk/account/password", data={"old": old, "new": new, "again": again})
        assert answer.status_code == 422, said
        assert said in answer.text
        assert new not in answer.text


def test_guessing_the_old_password_is_locked_like_guessing_at_the_door(
    own: TestClient[Litestar], books: Books
) -> None:
    form = {"old": "wrong wrong wrong", "new": NEW, "again": NEW}
    for _ in range(5):
        assert "not your password" in own.post("/desk/account/password", data=form).text
    assert "Too many attempts" in own.post("/desk/account/password", data={**form, "old": OLD}).text
    with books.store.reading() as tx:
        assert len(desk_sessions.of_user(tx, LOGIN, books.now)) == 1
