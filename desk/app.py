"""The application that `saldo serve` runs: `uvicorn --factory desk.app:create_app`."""

from __future__ import annotations

from desk.agreement import routes as agreement
from desk.counterparties import routes as counterparties
from desk.quarantine import routes as quarantine
from desk.statements import routes as statements
from desk.today import routes as today
from desk.users import routes as users
from desk.why import routes as why

ROUTES = (
    *today.ROUTES,
    *counterparties.ROUTES,
    *statements.ROUTES,
    *agreement.ROUTES,
    *quarantine.ROUTES,
    *why.ROUTES,
    *users.ROUTES,
)
