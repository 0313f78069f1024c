"""The application that `saldo serve` runs: `uvicorn --factory desk.app:create_app`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from litestar import Litestar, Router
from litestar.di import Provide

from api import app as api
from api.app import Beside
from api.web.hub import Hub, utc_now
from desk.agreement import routes as agreement
from desk.counterparties import routes as counterparties
from desk.frame import headers, visits
from desk.frame import routes as frame
from desk.frame.failures import Failures
from desk.frame.guard import Guard
from desk.orders import routes as orders
from desk.quarantine import routes as quarantine
from desk.statements import routes as statements
from desk.today import routes as today
from desk.users import routes as users
from desk.why import routes as why
from schemas.settings import HubSettings
from store.engine import Store

ROUTES = (
    *frame.ROUTES,
    *today.ROUTES,
    *counterparties.ROUTES,
    *statements.ROUTES,
    *orders.ROUTES,
    *agreement.ROUTES,
    *quarantine.ROUTES,
    *why.ROUTES,
    *users.ROUTES,
)


def create_app(
    settings: HubSettings | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Litestar:
    """The API with the desk beside it. Without arguments the settings are read from SALDO_CONFIG."""
    return api.create_app(settings, store, clock, beside=_desk)


def _desk(hub: Hub) -> Beside:
    guard = Guard(hub)
    router = Router(
        "/",
        route_handlers=ROUTES,
        guards=[guard.function],
        dependencies={
            "visit": Provide(visits.visit, sync_to_thread=False),
            "guest": Provide(visits.guest, sync_to_thread=False),
        },
        include_in_schema=False,
    )
    return Beside([router], Failures(guard), [headers.stamp])
