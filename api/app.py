"""The application: `uvicorn --factory api.app:create_app`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import BeforeMessageSendHookHandler, ControllerRouterHandler

from api.catalog import items, prices, stock
from api.documents import document_detail, documents, file_making, file_reading, payments
from api.events import events, webhook_actions, webhook_deliveries, webhooks
from api.money import aging, balances, fast, open_item_list
from api.money.panel import Panels
from api.orders import changing, deciding, placing, timeline
from api.orders import detail as order_detail
from api.orders import listed as order_list
from api.parties import access, counterparties
from api.party_requests import cancelling as party_cancelling
from api.party_requests import placing as party_placing
from api.party_requests import reading as party_reading
from api.reference import document, page
from api.rules import access_overrides, access_rules, approval_rules, audit, terms, trading
from api.statements import asking, detail, listed, printed, stepping, uploads
from api.syncing import notices, operations
from api.trust import history, lineage, sync_state
from api.web import callers, errors, etags, health, repeats, request_ids
from api.web.callers import Callers
from api.web.hub import Hub, utc_now
from api.web.rates import Rates
from schemas import settings_file
from schemas.settings import HubSettings
from store.engine import Store

ROUTES = (
    balances.balance,
    fast.summary,
    open_item_list.open_item_list,
    aging.aging,
    access.state,
    *counterparties.ROUTES,
    documents.documents,
    document_detail.document,
    file_making.make,
    *file_reading.ROUTES,
    payments.payments,
    items.items,
    items.item,
    prices.price_kinds,
    prices.prices,
    stock.warehouses,
    stock.stock,
    sync_state.sync,
    lineage.chain,
    history.versions,
    *terms.ROUTES,
    *access_rules.ROUTES,
    *access_overrides.ROUTES,
    *trading.ROUTES,
    *approval_rules.ROUTES,
    *operations.ROUTES,
    asking.ask,
    listed.listed,
    detail.statement,
    printed.file,
    stepping.step,
    *uploads.ROUTES,
    placing.place,
    order_list.listed,
    order_detail.order,
    timeline.timeline,
    changing.change,
    *deciding.ROUTES,
    *party_placing.ROUTES,
    *party_reading.ROUTES,
    party_cancelling.cancel,
    audit.entries,
    *webhooks.ROUTES,
    *webhook_actions.ROUTES,
    webhook_deliveries.listed,
    events.listed,
    notices.notify,
    health.healthz,
    health.readyz,
    page.page,
    page.style,
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the same process serves beside the API; its handlers are not in the API's document."""

    routes: Sequence[ControllerRouterHandler]
    failures: Callable[[Request[Any, Any, Any], Exception], Response[Any]]
    before_send: Sequence[BeforeMessageSendHookHandler]


def create_app(
    settings: HubSettings | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] = utc_now,
    beside: Callable[[Hub], Beside] | None = None,
) -> Litestar:
    """Build the application. Without arguments the settings are read here, once, from SALDO_CONFIG."""
    if settings is None:
        settings = settings_file.load(Path(os.environ.get("SALDO_CONFIG", "saldo.toml")), os.environ)
    used = store or Store.open(settings.database_url, settings.landing_url)
    hub = Hub(settings, used, clock)
    known, panels = Callers(used, clock, Rates(settings.api_per_minute)), Panels.over(hub)
    more = beside(hub) if beside else Beside((), errors.as_problem, ())
    app = Litestar(
        [Router("/", route_handlers=[*ROUTES, *more.routes])],  # at once: Litestar wraps again what it knows
        dependencies={
            "hub": Provide(lambda: hub, sync_to_thread=False),
            "caller": Provide(callers.of, sync_to_thread=False),
            "repeat": Provide(repeats.provide),
        },
        guards=[callers.admit],
        middleware=[etags.middleware],
        state=State({"callers": known, "panels": panels}),
        exception_handlers={Exception: more.failures},
        before_send=[*more.before_send, request_ids.stamp, callers.tell_quota],
        on_shutdown=[panels.close] if store else [panels.close, used.close],
        openapi_config=document.config(),
        logging_config=None,
    )
    return fast.before(app, panels, known)
