"""Signing in at the desk through a provider of identities, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey
from litestar import Litestar
from litestar.testing import TestClient

from desk.app import create_app
from schemas.settings import DeskSettings, OidcSettings, Secret
from store import audit, desk_users
from tests.contract.oidc_place import CLIENT, SECRET, Place, place
from tests.unit.api.books import Books

LOGIN = "anna@x.example"


@dataclass
class World:
    books: Books
    place: Place
    client: TestClient[Litestar]

    def signs_in(self, to: str = "/desk/account") -> Any:
        way = self.client.get("/desk/sign-in/oidc", params={"to": to})
        assert way.status_code == 303, way.text
        return self.client.get(self.place.visited(way.headers["location"]))

    def user(self) -> Any:
        with self.books.store.reading() as tx:
            return desk_users.get(tx, LOGIN)


@pytest.fixture
def provider() -> Iterator[Place]:
    with place() as found:
        yield found


def world_of(books: Books, provider: Place, **more: Any) -> World:
    oidc = OidcSettings(provider.address, CLIENT, Secret(SECRET), title="Company", **more)
    settings = replace(books.settings, desk=DeskSettings(oidc=oidc))
    client = TestClient(create_app(settings, books.store), raise_server_exceptions=False)
    client.follow_redirects = False
    return World(books, provider, client)


@pytest.fixture
def books(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(sqlite_url, tmp_path / "landing")
    with opened.store.transaction() as tx:
        desk_users.add(tx, login="boss", name="Boss", role="admin", language="en", by="saldo")
        desk_users.add(tx, login=LOGIN, name="Anna", role="accountant", language="en", by="saldo")
    yield opened
    opened.store.close()


@pytest.fixture
def world(books: Books, provider: Place) -> World:
    return world_of(books, provider)


def test_the_provider_lets_somebody_in_who_is_a_user_here(world: World) -> None:
    assert "Sign in with Company" in world.client.get("/desk/sign-in").text
    answer = world.signs_in("/desk/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account")
    assert world.client.get("/desk/account").status_code == 200
    assert world.user().oidc_subject == f"{world.place.address}#1"
    with world.books.store.reading() as tx:
        (entry,) = audit.read(tx, limit=9, operation="desk.sign_in")
    assert '"how": "provider of identities"' in entry.details


def test_once_known_by_the_subject_the_address_may_change(world: World) -> None:
    world.signs_in()
    world.place.person = {"sub": "1", "email": "other@x.example", "email_verified": True}
    assert world.signs_in().status_code == 303


def test_who_is_no_user_here_or_not_for_certain_stays_out(world: World) -> None:
    for person in (
        {"sub": "2", "email": "stranger@x.example", "email_verified": True},
        {"sub": "2", "email": LOGIN, "email_verified": False},
        {"sub": "2", "email": LOGIN, "email_verified": "true"},
        {"sub": "2", "email": LOGIN},
        {"sub": "2"},
    ):
        world.place.person = person
        assert world.signs_in().status_code == 403, person
        assert world.user().oidc_subject is None
        assert world.client.get("/desk/account").status_code == 303


def test_another_subject_does_not_take_over_a_user_by_the_address(world: World) -> None:
    world.signs_in()
    world.place.person = {"sub": "2", "email": LOGIN, "email_verified": True}
    assert world.signs_in().status_code == 403


def test_a_disabled_user_stays_out(world: World) -> None:
    world.signs_in()
    with world.books.store.transaction() as tx:
        desk_users.disable(tx, LOGIN)
    assert world.signs_in().status_code == 403


def test_a_token_that_is_not_for_us_and_now_proves_nothing(world: World) -> None:
    lies: tuple[dict[str, Any], ...] = (
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
    )
    for lie in lies:
        world.place.lies = lie
        assert world.signs_in().status_code == 403, lie
        assert world.user().oidc_subject is None
    world.place.lies = {}
    assert world.signs_in().status_code == 303


def test_a_token_signed_by_a_key_that_the_provider_does_not_show_proves_nothing(world: World) -> None:
    world.place.key = ECKey.generate_key("P-256", {"kid": "first"})
    assert world.signs_in().status_code == 403


def test_a_new_key_of_the_provider_is_fetched(world: World) -> None:
    assert world.signs_in().status_code == 303
    world.place.key = ECKey.generate_key("P-256", {"kid": "second"})
    world.place.shown = [world.place.key]
    assert world.signs_in().status_code == 303


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(world: World) -> None:
    way = world.client.get("/desk/sign-in/oidc")
    back = world.place.visited(way.headers["location"])
    assert world.client.get(back.replace("state=", "state=x")).status_code == 403
    world.client.cookies.clear()
    assert world.client.get(back).status_code == 403
    assert world.client.get("/desk/sign-in/oidc/return?error=access_denied").status_code == 403


def test_a_document_of_another_issuer_is_not_believed(world: World) -> None:
    world.place.named = "https://evil.example"
    answer = world.client.get("/desk/sign-in/oidc")
    assert answer.status_code == 403
    assert "evil" not in answer.text


def test_without_the_provider_there_is_still_the_password(books: Books) -> None:
    with place() as gone:
        world = world_of(books, gone)
    answer = world.client.get("/desk/sign-in/oidc")
    assert answer.status_code == 503
    assert "sign in with a password" in answer.text


def test_without_settings_there_is_no_such_page(books: Books) -> None:
    client = TestClient(create_app(books.settings, books.store))
    assert client.get("/desk/sign-in/oidc").status_code == 404
    assert client.get("/desk/sign-in/oidc/return?code=1&state=2").status_code == 404


def test_the_provider_may_say_the_role(books: Books, provider: Place) -> None:
    world = world_of(books, provider, role_claim="saldo")
    assert world.signs_in().status_code == 403, "it names none of ours"
    provider.person["saldo"] = ["staff", "accountant", "ops"]
    assert world.signs_in().status_code == 303
    assert world.user().role == "ops"
    provider.person["saldo"] = "accountant"
    world.signs_in()
    assert world.user().role == "accountant"
