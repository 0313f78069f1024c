"""The ids that leave by the API: "<source>:<guid>". Opaque to clients: stored and given back as they came."""

from __future__ import annotations

import re

from api.web.errors import ProblemError
from schemas.ids import external, optional
from schemas.types import Guid

__all__ = ["external", "optional", "parse"]

_FORM = re.compile(r"([^\W\d]\w*):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def parse(given: str) -> tuple[str, Guid]:
    """Give the source and the reference that `external` made an id of."""
    match = _FORM.fullmatch(given)
    if match is None:
        raise ProblemError(
            "malformed_id",
            "The id in the address is not one that this API gives out.",
            hint="Send an id exactly as an answer of this API gave it: ids are opaque, never built by hand.",
        )
    return match[1], Guid(match[2])
