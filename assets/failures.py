"""How an error of the hub looks in Dagster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from schemas.errors import HubError
from store import health


def as_failure(error: HubError) -> dg.Failure:
    """Give a Failure that says what happened and what to do next.

    The connector has retried what may be retried; a second layer would multiply the calls (style, 4).
    """
    metadata: dict[str, dg.MetadataValue] = {
        "hub/error": dg.MetadataValue.text(type(error).__name__),
        "hub/next_action": dg.MetadataValue.text(error.hint),
    }
    metadata |= {f"hub/{name}": dg.MetadataValue.text(str(value)) for name, value in error.context.items()}
    return dg.Failure(description=str(error), metadata=metadata, allow_retries=False)


@contextmanager
def reported() -> Iterator[None]:
    """Turn the hub's errors, and a store that is away, into Failures at the edge of an asset."""
    try:
        yield
    except Exception as error:
        known = error if isinstance(error, HubError) else health.explained(error)
        if known is None:
            raise
        raise as_failure(known) from error
