"""The addresses of this section."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from desk.counterparties import (
    access,
    course,
    document,
    document_files,
    finding,
    items,
    journal,
    overview,
    people,
    rules,
    syncing,
    terms,
    trading,
)

ROUTES: tuple[ControllerRouterHandler, ...] = (
    finding.finding,
    overview.overview,
    items.items,
    course.course,
    journal.documents,
    journal.payments,
    people.contacts,
    rules.rules,
    *access.ROUTES,
    *terms.ROUTES,
    *trading.ROUTES,
    *syncing.ROUTES,
    document.document,
    *document_files.ROUTES,
)
