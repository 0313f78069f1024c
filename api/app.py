"""The application: `uvicorn --factory api.app:create_app`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from api import access, balances, callers, errors, health, history, lineage, notices, repeats, request_ids
from api.callers import Callers
from api.hub import Hub, utc_now
from api.rates import Rates
from schemas import settings_file
from schemas.settings import HubSettings
from store.engine import Store

DESCRIPTION = """\
What a buyer owes, under which contract and since when, as the accounting system has it.

Every answer about money says for which moment it is true (`as_of`) and whether that is recent (`freshness`).
Amounts are decimal text with a currency; a debt is positive, an advance negative; currencies and the
supplier's own legal entities are never added together. Ids are opaque. Every address under /v1
asks for a key: `Authorization: Bearer <key>`. Errors are
`application/problem+json` with a stable `code` and a `hint`; quote their `request_id` (also in the
`X-Request-Id` header) when asking for help."""


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
            lineage.chain,
            history.versions,
            notices.notify,
            health.healthz,
            health.readyz,
        ],
        dependencies={
            "hub": Provide(lambda: hub, sync_to_thread=False),
            "caller": Provide(callers.of, sync_to_thread=False),
            "repeat": Provide(repeats.provide),
        },
        guards=[callers.admit],
        state=State({"callers": Callers(used, clock, Rates(settings.api_per_minute))}),
        exception_handlers={Exception: errors.as_problem},
        before_send=[request_ids.stamp],
        on_shutdown=[] if store else [used.close],
        openapi_config=OpenAPIConfig(
            title="Saldo",
            version="1",
            description=DESCRIPTION,
            path="/openapi.json",
            render_plugins=[JsonRenderPlugin(path="/")],
            components=Components(
                security_schemes={callers.SCHEME: SecurityScheme(type="http", scheme="bearer")}
            ),
        ),
        logging_config=None,
    )
