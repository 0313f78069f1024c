from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from litestar.testing import TestClient

from desk.app import create_app
from desk.frame import passwords, sign_in
from store import audit, desk_locks, desk_sessions, desk_users
from tests.unit.api.books import Books

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RIGHT, WRONG = "a long and quiet winter", "some other long password"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(RIGHT)  # quick to try


@dataclass
class Door:
    """A browser before the desk, and the hub's clock."""

    books: Books
    client: TestClient[Litestar]
    now: list[datetime] = field(default_factory=lambda: [NOW])

    def tries(self, password: str, login: str = "anna", **more: Any) -> Any:
        page = self.client.get("/desk/sign-in")
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        form = {"login": login, "password": password, "csrf": found[1] if found else "", **more}
        return self.client.post("/desk/sign-in", data=form)

    def audited(self, operation: str) -> list[audit.Entry]:
        with self.books.store.reading() as tx:
            return audit.read(tx, limit=100, operation=operation)


@pytest.fixture
def door(books: Books) -> Iterator[Door]:
    now = [NOW]
    with books.store.transaction() as tx:
        desk_users.add(
            tx, login="anna", name="Анна", role="admin", language="ru", by="saldo", password_hash=HASH
        )
    client = TestClient(create_app(books.settings, books.store, lambda: now[0]))
    client.follow_redirects = False
    with client:
        yield Door(books, client, now)


def test_the_right_password_opens_the_desk_in_the_users_language(door: Door) -> None:
    answer = door.tries(RIGHT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/today")
    shown = door.client.get("/desk/nowhere")
    assert shown.status_code == 404
    assert '<html lang="ru"' in shown.text
    (entry,) = door.audited("desk.sign_in")
    assert entry.key_number == "user:anna"


def test_a_login_is_written_in_letters_of_any_size(door: Door) -> None:
    assert door.tries(RIGHT, " Anna ").status_code == 303


def test_a_wrong_password_and_a_login_that_there_is_not_look_the_same(door: Door) -> None:
    known, unknown = door.tries(WRONG), door.tries(WRONG, "nobody")
    assert (known.status_code, unknown.status_code) == (401, 401)
    plain = [re.sub(r'value="[^"]*"', "", page.text) for page in (known, unknown)]
    assert plain[0] == plain[1]
    assert [entry.key_number for entry in door.audited("desk.sign_in_failed")] == ["user:", "user:anna"]


def test_what_was_typed_as_a_login_is_not_written_down(door: Door) -> None:
    door.tries("", login="my secret password")
    (entry,) = door.audited("desk.sign_in_failed")
    assert "my secret password" not in f"{entry}"


@pytest.mark.parametrize("login", ["anna", "nobody"])
def test_wrong_passwords_lock_a_login_for_longer_each_time(door: Door, login: str) -> None:
    for _ in range(desk_locks.FREE_OF_LOGIN):
        assert door.tries(WRONG, login).status_code == 401
    assert "5 seconds" in door.tries(WRONG, login).text
    assert door.tries(RIGHT, login).status_code == 429, "the right one does not help now"
    door.now[0] += timedelta(seconds=5)
    assert "10 seconds" in door.tries(WRONG, login).text
    door.now[0] += timedelta(seconds=10)
    assert door.tries(RIGHT, login).status_code == (303 if login == "anna" else 429)
    assert [entry.key_number for entry in door.audited("desk.locked")][
        -1
    ] == f"user:{login if login == 'anna' else ''}"


def test_the_right_password_ends_the_count(door: Door) -> None:
    for _ in range(2):
        for _ in range(desk_locks.FREE_OF_LOGIN):
            assert door.tries(WRONG).status_code == 401
        assert door.tries(RIGHT).status_code == 303
        door.client.cookies.clear()


def test_a_session_that_somebody_slipped_in_is_of_no_use_after_sign_in(door: Door) -> None:
    with door.books.store.transaction() as tx:
        _, token = desk_sessions.start(tx, "anna", now=NOW, lasts=timedelta(hours=1), address="")
    door.client.cookies.set("saldo_session", token)
    page = door.client.get("/desk/sign-in")
    assert page.status_code == 303, "it still stands"
    door.client.cookies.clear()
    form = {"login": "anna", "password": RIGHT}
    csrf = re.search(r'name="csrf" value="([^"]+)"', door.client.get("/desk/sign-in").text)
    assert csrf
    guest = door.client.cookies["saldo_guest"]
    door.client.cookies.clear()
    door.client.cookies.update({"saldo_guest": guest, "saldo_session": "made up"})
    answer = door.client.post("/desk/sign-in", data={**form, "csrf": csrf[1]})
    assert answer.status_code == 303
    assert answer.cookies["saldo_session"] not in ("made up", token)


def test_signing_in_again_ends_the_session_before(door: Door) -> None:
    door.tries(RIGHT)
    first = door.client.cookies["saldo_session"]
    csrf = re.search(r'name="csrf" value="([^"]+)"', door.client.get("/desk/nowhere").text)
    assert csrf
    again = door.client.post("/desk/sign-in", data={"login": "anna", "password": RIGHT, "csrf": csrf[1]})
    assert again.status_code == 303
    with door.books.store.reading() as tx:
        (left,) = desk_sessions.of_user(tx, "anna", NOW)
    assert left.hash == desk_sessions.hash_of(again.cookies["saldo_session"]) != desk_sessions.hash_of(first)


def test_signing_out_ends_the_session_in_the_store(door: Door) -> None:
    door.tries(RIGHT)
    token = door.client.cookies["saldo_session"]
    csrf = re.search(r'name="csrf" value="([^"]+)"', door.client.get("/desk/nowhere").text)
    assert csrf
    answer = door.client.post("/desk/sign-out", data={"csrf": csrf[1]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")
    door.client.cookies.set("saldo_session", token)
    assert door.client.get("/desk/sign-in").status_code == 200, "a guest again"


def test_a_session_ends_when_nothing_is_done_and_after_a_day_of_work(door: Door) -> None:
    door.tries(RIGHT)
    for _ in range(7):
        door.now[0] += timedelta(minutes=100)
        assert door.client.get("/desk/sign-in").status_code == 303
    door.now[0] += timedelta(minutes=21)
    assert door.client.get("/desk/sign-in").status_code == 200, "twelve hours are over"


def test_a_session_without_requests_ends(door: Door) -> None:
    door.tries(RIGHT)
    door.now[0] += timedelta(minutes=121)
    assert door.client.get("/desk/sign-in").status_code == 200


def test_a_disabled_user_is_out_at_once_and_does_not_come_in(door: Door) -> None:
    with door.books.store.transaction() as tx:
        desk_users.add(tx, login="boss", name="B", role="admin", language="en", by="saldo")
    door.tries(RIGHT)
    with door.books.store.transaction() as tx:
        desk_users.disable(tx, "anna")
    assert door.client.get("/desk/sign-in").status_code == 200
    assert door.tries(RIGHT).status_code == 401


def test_sign_in_leads_to_the_desk_only(door: Door) -> None:
    strange = (
        "//evil.example",
        "https://evil.example",
        "/desk//evil",
        "/v1/x",
        "/desk/\\x",
        "/desk/x\n",
        "javascript:1",
    )
    assert {sign_in.inside(to) for to in strange} == {"/desk/today"}
    assert door.tries(RIGHT, to=strange[0]).headers["location"] == "/desk/today"


def test_sign_in_leads_back_to_the_page_that_was_wanted(door: Door) -> None:
    assert (
        door.tries(RIGHT, to="/desk/statements?state=sent").headers["location"]
        == "/desk/statements?state=sent"
    )


def test_sign_in_from_another_site_is_refused(door: Door) -> None:
    assert door.tries(RIGHT, csrf="x" * 32).status_code == 403
    door.client.headers["sec-fetch-site"] = "cross-site"
    assert door.tries(RIGHT).status_code == 403
    del door.client.headers["sec-fetch-site"]
    door.client.headers["origin"] = "https://evil.example"
    assert door.tries(RIGHT).status_code == 403


def test_a_guest_reads_in_the_language_of_the_browser_or_the_one_chosen(door: Door) -> None:
    page = door.client.get("/desk/sign-in", headers={"accept-language": "de, uk;q=0.8, ru;q=0.7"})
    assert '<html lang="uk"' in page.text
    assert door.client.get("/desk/sign-in?language=en").status_code == 303
    page = door.client.get("/desk/sign-in", headers={"accept-language": "uk"})
    assert '<html lang="en"' in page.text


def test_an_older_hash_is_made_anew_at_sign_in(door: Door) -> None:
    assert passwords.is_outdated(HASH)
    assert door.tries(RIGHT).status_code == 303
    with door.books.store.reading() as tx:
        kept = desk_users.password_hash(tx, "anna")
    assert kept is not None
    assert not passwords.is_outdated(kept)


def test_cookies_are_kept_from_scripts_and_other_sites(door: Door) -> None:
    answer = door.tries(RIGHT)
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("saldo_session=")]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


def test_with_https_cookies_are_of_this_host_alone(door: Door) -> None:
    client = TestClient(
        create_app(door.books.settings, door.books.store), base_url="https://testserver.local"
    )
    cookie = client.get("/desk/sign-in").headers["set-cookie"]
    assert cookie.startswith("__Host-saldo_guest=")
    assert "Secure" in cookie
