"""People of the desk, their sessions and wrong passwords, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.errors import InvalidValueError, StoreError
from store import desk_locks, desk_sessions, desk_users
from store.engine import Store
from tests.migrated import migrate

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    migrate(database_url)
    opened = Store.open(database_url, f"file://{tmp_path / 'landing'}")
    with opened.transaction() as tx:
        desk_users.add(tx, login="anna", name=" Anna  B ", role="admin", language="ru", by="saldo")
        desk_users.add(
            tx, login="petro", name="Petro", role="ops", language="uk", by="saldo", oidc_subject="s1"
        )
    yield opened
    opened.close()


def test_users_are_kept_as_they_were_given(store: Store) -> None:
    with store.transaction() as tx:
        desk_users.set_password(tx, "anna", "hash", expired=True)
        desk_users.set_looks(tx, "anna", name="Ann", language="en", theme="dark")
        desk_users.set_subject(tx, "anna", "s2")
    with store.reading() as tx:
        anna, petro = desk_users.every(tx)
        assert (anna.name, anna.language, anna.theme, anna.password_expired) == ("Ann", "en", "dark", True)
        assert desk_users.password_hash(tx, "anna") == "hash"
        assert desk_users.password_hash(tx, "nobody") is None
        assert (petro.name, petro.has_password) == ("Petro", False)
        assert desk_users.by_subject(tx, "s2") == anna
        assert desk_users.by_subject(tx, "") is None


def test_a_login_is_one_word_of_small_latin_letters(store: Store) -> None:
    for login in ("", "Anna", "anna b", "анна", "-anna", "a" * 65, "anna\n"):
        with pytest.raises(InvalidValueError), store.transaction() as tx:
            desk_users.add(tx, login=login, name="A", role="ops", language="en", by="saldo")


def test_a_login_is_given_once(store: Store) -> None:
    with pytest.raises(InvalidValueError, match="taken"), store.transaction() as tx:
        desk_users.add(tx, login="anna", name="A", role="ops", language="en", by="saldo")
    with pytest.raises(StoreError), store.transaction() as tx:
        desk_users.enable(tx, "nobody")


def test_somebody_is_always_left_who_manages_users(store: Store) -> None:
    for step in (desk_users.disable, lambda tx, login: desk_users.set_role(tx, login, "ops")):
        with pytest.raises(InvalidValueError, match="only admin"), store.transaction() as tx:
            step(tx, "anna")
    with store.transaction() as tx:
        desk_users.set_role(tx, "petro", "admin")
        desk_users.disable(tx, "anna")
        assert desk_users.any_active(tx)


def test_a_session_is_found_by_its_token_while_it_stands(store: Store) -> None:
    with store.transaction() as tx:
        session, token = desk_sessions.start(tx, "anna", now=NOW, lasts=2 * HOUR, address="192.0.2.1")
    with store.reading() as tx:
        found = desk_sessions.find(tx, token, now=NOW, idle=HOUR)
        assert found is not None
        assert (found[0], found[1].login) == (session, "anna")
        assert desk_sessions.find(tx, token, now=NOW + HOUR, idle=HOUR) is None, "idle"
        assert desk_sessions.find(tx, token, now=NOW + 2 * HOUR, idle=9 * HOUR) is None, "over"
        assert desk_sessions.find(tx, session.hash, now=NOW, idle=HOUR) is None, "the hash is no token"
    with store.transaction() as tx:
        desk_sessions.touch(tx, session, NOW + HOUR / 2)
        assert desk_sessions.find(tx, token, now=NOW + HOUR, idle=HOUR) is not None
        desk_sessions.end(tx, session.hash)
        assert desk_sessions.find(tx, token, now=NOW, idle=HOUR) is None


def test_sessions_that_ended_are_cleared_away(store: Store) -> None:
    with store.transaction() as tx:
        desk_sessions.start(tx, "anna", now=NOW, lasts=HOUR, address="")
        kept, _ = desk_sessions.start(tx, "anna", now=NOW + 2 * HOUR, lasts=HOUR, address="")
        other, _ = desk_sessions.start(tx, "petro", now=NOW + 2 * HOUR, lasts=HOUR, address="")
        assert desk_sessions.of_user(tx, "anna", NOW) == [kept]
        assert desk_sessions.end_all(tx, "anna") == 1
        assert desk_sessions.of_user(tx, "petro", NOW) == [other]


def test_many_wrong_passwords_for_one_login_lock_it_from_every_address(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(desk_locks.FREE_OF_LOGIN):
            assert desk_locks.attempt(tx, "anna", f"192.0.2.{number}", NOW) is None
        locked = desk_locks.attempt(tx, "anna", "192.0.2.200", NOW)
        assert locked == NOW + timedelta(seconds=5)
        assert desk_locks.until(tx, "anna", "192.0.2.201", NOW) == locked
        assert desk_locks.until(tx, "petro", "192.0.2.201", NOW) is None
        assert desk_locks.until(tx, "anna", "192.0.2.201", NOW + timedelta(seconds=5)) is None


def test_many_logins_tried_from_one_address_lock_the_address(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(desk_locks.FREE_OF_ADDRESS):
            assert desk_locks.attempt(tx, f"user{number}", "192.0.2.1", NOW) is None
        assert desk_locks.attempt(tx, "anna", "192.0.2.1", NOW) is not None
        assert desk_locks.until(tx, "petro", "192.0.2.1", NOW) is not None
        assert desk_locks.until(tx, "petro", "192.0.2.2", NOW) is None


def test_the_right_password_is_no_attempt_but_frees_no_others(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(desk_locks.FREE_OF_ADDRESS - 1):
            desk_locks.attempt(tx, f"user{number}", "192.0.2.1", NOW)
        for _ in range(30):
            assert desk_locks.attempt(tx, "anna", "192.0.2.1", NOW) is None
            desk_locks.right(tx, "anna", "192.0.2.1")
        assert desk_locks.attempt(tx, "user99", "192.0.2.1", NOW) is None
        assert desk_locks.attempt(tx, "user99", "192.0.2.1", NOW) is not None


def test_what_was_wrong_a_day_ago_is_forgotten(store: Store) -> None:
    with store.transaction() as tx:
        for _ in range(desk_locks.FREE_OF_LOGIN):
            desk_locks.attempt(tx, "anna", "192.0.2.1", NOW)
        assert desk_locks.attempt(tx, "anna", "192.0.2.1", NOW + 25 * HOUR) is None


def test_the_wait_doubles_up_to_half_an_hour() -> None:
    seconds = [desk_locks.delay(over).total_seconds() for over in range(13)]
    assert seconds == [0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800]


def test_addresses_of_one_network_count_together() -> None:
    assert desk_locks.place("2001:db8::1") == desk_locks.place("2001:db8::ffff:1") == "2001:db8::/64"
    assert desk_locks.place("2001:db8:0:1::1") != desk_locks.place("2001:db8::1")
    assert desk_locks.place("::ffff:192.0.2.1") == desk_locks.place("192.0.2.1") == "192.0.2.1"
    assert desk_locks.place("testclient") == "testclient"
