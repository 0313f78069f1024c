"""The addresses of this section."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from desk.statements import (
    asking,
    changes,
    files,
    listing,
    progress,
    renewing,
    sheet,
    steps,
    uploads,
    verification,
)

ROUTES: tuple[ControllerRouterHandler, ...] = (
    listing.page,
    asking.page,
    asking.whom,
    asking.ask,
    progress.page,
    progress.part,
    sheet.page,
    sheet.part,
    renewing.again,
    renewing.pull,
    renewing.pulled,
    steps.step,
    files.file,
    files.act_style,
    uploads.upload,
    uploads.page,
    uploads.disagree,
    changes.accept,
    verification.form,
    verification.page,
)
