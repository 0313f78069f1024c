"""The application: `uvicorn --factory api.app:create_app`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from api import (
    access,
    access_overrides,
    access_rules,
    balances,
    callers,
    document,
    documents,
    errors,
    etags,
    health,
    history,
    lineage,
    notices,
    page,
    operations,
    repeats,
    request_ids,
    terms,
    trading,
)
from api.callers import Callers
from api.hub import Hub, utc_now
from api.rates import Rates
from schemas import settings_file
from schemas.settings import HubSettings
from store.engine import Store


def create_app(
    settings: HubSettings | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Litestar:
    """Build the application. Without arguments the settings are read here, once, from SALDO_CONFIG."""
    if settings is None:
        settings = settings_file.load(Path(os.environ.get("SALDO_CONFIG", "saldo.toml")), os.environ)
    used = store or Store.open(settings.database_url, settings.landing_url)
    hub = Hub(settings, used, clock)
    return Litestar(
        [
            balances.balance,
            access.state,
            documents.documents,
            lineage.chain,
            history.versions,
            *terms.ROUTES,
            *access_rules.ROUTES,
            *access_overrides.ROUTES,
            *trading.ROUTES,
            *operations.ROUTES,
            notices.notify,
            health.healthz,
            health.readyz,
            page.page,
            page.style,
        ],
        dependencies={
            "hub": Provide(lambda: hub, sync_to_thread=False),
            "caller": Provide(callers.of, sync_to_thread=False),
            "repeat": Provide(repeats.provide),
        },
        guards=[callers.admit],
        middleware=[etags.middleware],
        state=State({"callers": Callers(used, clock, Rates(settings.api_per_minute))}),
        exception_handlers={Exception: errors.as_problem},
        before_send=[request_ids.stamp, callers.tell_quota],
        on_shutdown=[] if store else [used.close],
        openapi_config=document.config(),
        logging_config=None,
    )
