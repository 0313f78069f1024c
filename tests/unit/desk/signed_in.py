"""A browser of somebody who signed in, over a store of a test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from litestar import Litestar
from litestar.testing import TestClient

from desk.app import create_app
from schemas.desk import Role
from schemas.languages import Language
from schemas.settings import HubSettings
from store import desk_sessions, desk_users
from store.engine import Store

LOGIN = "vera"


def browser(
    store: Store,
    settings: HubSettings,
    *,
    role: Role = "accountant",
    language: Language = "en",
    login: str = LOGIN,
    clock: Callable[[], datetime] | None = None,
    lasts: timedelta = timedelta(days=36_500),
    app: Litestar | None = None,
) -> TestClient[Litestar]:
    """Cookie and CSRF header come with every request; redirects are not followed. `clock` is the hub's.

    An `app` of the same store, where there is one, saves making another.
    """
    hub_clock = clock or (lambda: datetime.now(UTC))
    with store.transaction() as tx:
        if desk_users.find(tx, login) is None:
            desk_users.add(tx, login=login, name="Vera", role=role, language=language, by="saldo")
        session, token = desk_sessions.start(tx, login, now=hub_clock(), lasts=lasts, address="test")
    client = TestClient(app or create_app(settings, store, hub_clock), raise_server_exceptions=False)
    client.follow_redirects = False
    client.cookies.set("saldo_session", token)
    client.headers["x-csrf-token"] = session.csrf
    return client


def htmx(client: TestClient[Litestar]) -> dict[str, str]:
    """Headers of a request that htmx makes."""
    return {"hx-request": "true", "x-csrf-token": str(client.headers["x-csrf-token"])}
