"""One reader of a base at a time: landing order is then the order of fetching, whoever reads."""

from __future__ import annotations

import os
import socket
from contextlib import AbstractContextManager

from schemas.settings import SourceSettings
from store import leases
from store.engine import Store, Tx
from store.leases import Lease

WAIT_S = 600.0


def reading(store: Store, source: SourceSettings, run_id: str) -> AbstractContextManager[Lease]:
    """Hold the right to read this base; every landing checks it in its own transaction.

    Errors: LeaseLostError where another reader does not let go for ten minutes.
    """
    return leases.held(
        store, _name(source), holder=_holder(run_id), ttl_s=source.limits.lease_s, wait_s=WAIT_S
    )


def if_free(store: Store, source: SourceSettings, run_id: str) -> AbstractContextManager[Lease | None]:
    """The same without waiting; None where somebody reads."""
    return leases.if_free(store, _name(source), holder=_holder(run_id), ttl_s=source.limits.lease_s)


def is_read(store: Store, source: SourceSettings) -> bool:
    """Whether somebody reads the base right now."""
    with store.reading() as tx:
        return leases.is_held(tx, _name(source))


def drawing(store: Store, source: SourceSettings, run_id: str) -> AbstractContextManager[Lease | None]:
    """Hold the right to make what was asked for of this base; None where somebody does."""
    return leases.if_free(store, _drawing(source), holder=_holder(run_id), ttl_s=source.limits.lease_s)


def is_drawn(tx: Tx, source: SourceSettings) -> bool:
    """Whether some process is at what was asked for."""
    return leases.is_held(tx, _drawing(source))


def _drawing(source: SourceSettings) -> str:
    return f"draw {source.id}"


def _name(source: SourceSettings) -> str:
    return f"read {source.id}"


def _holder(run_id: str) -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{run_id}"
