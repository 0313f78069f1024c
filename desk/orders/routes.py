"""The addresses of this section."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from desk.orders import attempts, listing, of_party, rules, settling, sheet, steps

ROUTES: tuple[ControllerRouterHandler, ...] = (
    listing.page,
    rules.page,
    rules.add,
    rules.end,
    of_party.page,
    sheet.page,
    sheet.part,
    steps.decide,
    settling.settle,
    attempts.answer,
    attempts.answer_bytes,
)
