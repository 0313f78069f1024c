"""Documents in the books that carry our marker and that this hub does not know: lost with an older backup, or twins."""

from __future__ import annotations

import dagster as dg

from assets.source import Source
from store import order_strangers
from store.engine import Store

KNOWN = "every_order_with_our_marker_is_known"
SAMPLE = 20
WAY_OUT = (
    "an older backup was restored: let the storefront send these references again with everything they said, the hub"
    " finds them in the books and makes no second one. What is cancelled or rejected here counts there: mark it for"
    " deletion in the books, or place it again. One that another document is here already is a second one, unposted:"
    " mark it for deletion, or take the marker out of its comment where people copied it"
)


def known(store: Store, source: Source) -> dg.AssetCheckResult:
    """Red while there are any, with the storefront's references; no counterparty is named."""
    with store.reading() as tx:
        found = order_strangers.of(tx, source.id)
    lines = [WAY_OUT, "", "| reference | in the books | dated | here |", "|---|---|---|---|"]
    lines += [
        f"| {one.reference} | {one.number} | {one.dated_on} | {one.here or 'unknown'} |"
        for one in found[:SAMPLE]
    ]
    return dg.AssetCheckResult(
        passed=not found,
        check_name=KNOWN,
        metadata={
            "hub/unknown": len(found),
            "hub/next_action": dg.MetadataValue.md("\n".join(lines) if found else "nothing"),
        },
    )
