"""What somebody did at the desk, for the audit: under the name that the API has for the same."""

from __future__ import annotations

from collections.abc import Mapping

from desk.frame.visits import Visit
from store import audit
from store.engine import Tx


def note(
    tx: Tx,
    visit: Visit,
    operation: str,
    *,
    source: str | None = None,
    counterparty_id: str | None = None,
    subject: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """In the transaction of what it tells of, with who it was and the id of the request."""
    audit.add(
        tx,
        operation=operation,
        request_id=visit.request_id,
        key_number=visit.by,
        source=source,
        counterparty_id=counterparty_id,
        subject=subject,
        details=details,
    )
