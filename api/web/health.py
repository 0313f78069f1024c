"""Is the process alive, and can it do its work."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar import get
from litestar.di import NamedDependency

from api.web import callers, refusals
from api.web.errors import ProblemError, Reason
from api.web.hub import Hub
from store import health


class Health(msgspec.Struct, frozen=True):
    """`status` is ok; anything else is a problem+json answer."""

    status: Literal["ok"] = "ok"


@get(
    "/healthz",
    sync_to_thread=False,
    summary="Is the process alive",
    operation_id="getHealth",
    tags=["health"],
    security=callers.OPEN,
)
def healthz() -> Health:
    """Asks nothing of the store: a process that answers is alive."""
    return Health()


@get(
    "/readyz",
    sync_to_thread=True,
    summary="Can the process do its work",
    operation_id="getReadiness",
    tags=["health"],
    security=callers.OPEN,
    responses=refusals.of("not_ready", always=()),
)
def readyz(hub: NamedDependency[Hub]) -> Health:
    """The store answers and has the schema of this version; the landing answers."""
    failed = [finding for finding in health.check(hub.store) if not finding.ok]
    if failed:
        raise ProblemError(
            "not_ready",
            "; ".join(finding.message for finding in failed) + ".",
            hint=" ".join(finding.hint for finding in failed),
            reasons=tuple(
                Reason(subject=finding.subject, detail=finding.message, hint=finding.hint)
                for finding in failed
            ),
        )
    return Health()
