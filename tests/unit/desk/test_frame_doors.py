"""What holds for every address of the desk, whichever section it is of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from desk.app import create_app
from desk.frame import headers, roles
from desk.frame.guard import SAFE
from schemas.desk import Role
from schemas.languages import Language
from store import desk_users
from tests.unit.api.books import Books
from tests.unit.desk.signed_in import browser

Signed = Callable[..., TestClient[Litestar]]
FORBIDDEN = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|hx-on|hx-vals=.js")
EXAMPLES = {
    "str": "x",
    "int": "1",
    "path": "x",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date": "2026-01-01",
}


def doors(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, address with something in its places, handler."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and headers.is_ours(route.path):
            address = re.sub(r"\{\w+:(\w+)\}", lambda found: EXAMPLES[found[1]], route.path)
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                    yield str(method), address, handler


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """One store for all: what changes it has a login of its own."""
    folder = tmp_path_factory.mktemp("doors")
    opened = Books.open(f"sqlite:///{folder / 'store.db'}", folder / "landing")
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def app(books: Books) -> Litestar:
    return create_app(books.settings, books.store)


@pytest.fixture
def guest(app: Litestar) -> TestClient[Litestar]:
    client = TestClient(app, raise_server_exceptions=False)
    client.follow_redirects = False
    return client


@pytest.fixture
def signed(books: Books, app: Litestar) -> Signed:
    def made(role: Role, login: str | None = None, language: Language = "en") -> TestClient[Litestar]:
        return browser(
            books.store, books.settings, app=app, role=role, login=login or role, language=language
        )

    return made


def test_without_a_session_every_page_leads_to_sign_in(guest: TestClient[Litestar]) -> None:
    asked = [door for door in doors(guest.app) if door[0] in SAFE and not roles.is_public(door[2])]
    answers = [(address, guest.get(address)) for _, address, _ in asked]
    assert len(answers) > 3
    assert [address for address, answer in answers if answer.status_code != 303] == []
    assert {answer.headers["location"].partition("?")[0] for _, answer in answers} == {"/desk/sign-in"}


def test_without_a_session_nothing_is_changed(guest: TestClient[Litestar]) -> None:
    csrf = re.findall(r'name="csrf" value="([^"]+)"', guest.get("/desk/sign-in").text)[0]
    asked = [door for door in doors(guest.app) if door[0] not in SAFE and not roles.is_public(door[2])]
    answers = [
        (address, guest.request(method, address, headers={"x-csrf-token": csrf}))
        for method, address, _ in asked
    ]
    assert len(answers) > 3
    assert [address for address, answer in answers if answer.status_code != 303] == []
    assert {answer.headers["location"] for _, answer in answers} == {"/desk/sign-in"}


def test_what_changes_something_needs_the_token_of_the_session(signed: Signed) -> None:
    client = signed("admin")
    del client.headers["x-csrf-token"]
    asked = [door for door in doors(client.app) if door[0] not in SAFE]
    sent: tuple[dict[str, str], ...] = ({}, {"x-csrf-token": ""}, {"x-csrf-token": "x" * 32})
    for head in sent:
        answers = [(address, client.request(method, address, headers=head)) for method, address, _ in asked]
        assert [address for address, answer in answers if answer.status_code != 403] == []


def test_what_changes_something_comes_from_a_page_of_ours(signed: Signed) -> None:
    client = signed("admin")
    for strange in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ):
        assert client.post("/desk/account", data={}, headers=strange).status_code == 403, strange
    for ours in ({"sec-fetch-site": "same-origin"}, {"origin": "http://testserver.local"}):
        assert client.post("/desk/account", data={}, headers=ours).status_code == 303


def test_the_token_comes_in_a_field_of_a_form_too(signed: Signed) -> None:
    client = signed("accountant")
    token = client.headers.pop("x-csrf-token")
    assert client.post("/desk/account", data={"name": "Vera"}).status_code == 403
    assert client.post("/desk/account", data={"name": "Vera", "csrf": token}).status_code == 303


def test_a_letter_that_no_text_has_is_no_fault_of_ours(guest: TestClient[Litestar], signed: Signed) -> None:
    csrf = re.findall(r'name="csrf" value="([^"]+)"', guest.get("/desk/sign-in").text)[0]
    entered = {"csrf": csrf, "login": "vera\x00", "password": "x"}
    assert guest.post("/desk/sign-in", data=entered).status_code == 400
    client = signed("accountant")
    assert client.post("/desk/account", data={"name": "Ve\x00ra"}).status_code == 400
    assert client.get("/desk/statements?state=a%00b").status_code == 400
    most = "9" * 5_000
    assert client.get(f"/desk/statements?after={'0' * 20}{most}").status_code == 200
    assert client.get(f"/desk/why/page/{most[:20]}").status_code == 400
    assert client.post(f"/desk/agreement/periods/changes/{most[:20]}/accept").status_code == 400


@pytest.mark.parametrize("role", ["accountant", "ops"])
def test_a_role_opens_what_is_for_it_and_no_more(signed: Signed, books: Books, role: Role) -> None:
    client = signed(role)
    with books.store.reading() as tx:
        user = desk_users.get(tx, role)
    asked = [door for door in doors(client.app) if not user.may(roles.of(door[2]))]
    answers = [(method, address, client.request(method, address).status_code) for method, address, _ in asked]
    assert len(answers) > 2
    assert [answer for answer in answers if answer[2] != 403] == []


def test_a_password_of_somebody_else_opens_nothing_but_the_page_that_changes_it(
    signed: Signed, books: Books
) -> None:
    client = signed("admin", "new")
    with books.store.transaction() as tx:
        desk_users.set_password(tx, "new", "x", expired=True)
    asked = [door for door in doors(client.app) if door[0] in SAFE and not roles.is_public(door[2])]
    open_ones = [address for _, address, _ in asked if client.get(address).status_code != 303]
    assert open_ones == ["/desk/account/password"]


def test_every_answer_tells_browsers_what_not_to_do(guest: TestClient[Litestar], signed: Signed) -> None:
    client = signed("admin")
    answers = [client.request(method, address) for method, address, _ in doors(client.app)]
    answers += [
        guest.get(address) for address in ("/", "/desk", "/desk/sign-in", "/desk/x", "/desk/static/1/x.css")
    ]
    for answer in answers:
        told = answer.headers
        where = str(answer.request.url)
        assert told["content-security-policy"] == headers.POLICY, where
        assert "unsafe" not in told["content-security-policy"]
        assert told["x-content-type-options"] == "nosniff", where
        assert told["referrer-policy"] == "same-origin", where
        assert "x-request-id" in told, where
        if "/static/" not in where:
            assert told["cache-control"] in ("no-store", "private, no-cache"), where


def test_pages_carry_no_script_and_no_style_of_their_own(signed: Signed) -> None:
    client = signed("admin")
    pages = [(address, client.get(address)) for method, address, _ in doors(client.app) if method == "GET"]
    for address, page in pages:
        if not page.headers.get("content-type", "").startswith("text/html"):
            continue
        assert not re.search(
            r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|hx-on|hx-vals=.js", page.text
        ), address


def test_addresses_of_the_api_stay_as_they_are(guest: TestClient[Litestar]) -> None:
    refused = guest.get("/v1/sync")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert "content-security-policy" not in refused.headers
    assert guest.get("/v1/nothing").json()["code"] == "not_found"
    assert guest.get("/healthz").status_code == 200
    paths = guest.get("/openapi.json").json()["paths"]
    assert [path for path in paths if headers.is_ours(path)] == []


def test_a_key_of_the_api_opens_no_page_and_a_session_opens_no_answer(
    guest: TestClient[Litestar], books: Books, signed: Signed
) -> None:
    assert guest.get("/desk/account", headers={"authorization": f"Bearer {books.any_key}"}).status_code == 303
    assert signed("admin").get("/v1/sync").status_code == 401


def test_a_page_that_there_is_not_is_calm_and_in_the_readers_language(signed: Signed) -> None:
    client = signed("accountant", "olga", "ru")
    answer = client.get("/desk/nothing")
    assert answer.status_code == 404
    assert "Такой страницы нет." in answer.text
    part = client.get("/desk/nothing", headers={"hx-request": "true"})
    assert part.headers["hx-retarget"] == "#alerts"
    assert "<html" not in part.text


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in_and_back(guest: TestClient[Litestar]) -> None:
    told = {"hx-request": "true", "hx-current-url": "http://testserver.local/desk/account?x=1"}
    answer = guest.get("/desk/account", headers=told)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (
        401,
        "/desk/sign-in?to=%2Fdesk%2Faccount%3Fx%3D1",
    )


def test_what_goes_wrong_inside_is_not_shown(
    signed: Signed, books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed("accountant")
    with books.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE api_audit RENAME TO gone")
    try:
        answer = client.post("/desk/account/sessions/end")
    finally:
        with books.store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO api_audit")
    assert answer.status_code in (500, 503)
    assert "api_audit" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["x-request-id"] in caplog.text
