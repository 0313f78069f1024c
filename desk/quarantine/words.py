"""Kinds of records in people's words."""

from __future__ import annotations

from collections.abc import Mapping

from desk.frame.visits import Visit
from desk.why.words import tables
from printing import catalogues, kinds


def entities(visit: Visit) -> Mapping[str, str]:
    """What the hub reads, by the names of its declarations."""
    text = visit.text
    own = {
        "price": text.gettext("Price"),
        "stock": text.gettext("Stock"),
    }
    return {**tables(text), **kinds.names(catalogues.texts(visit.language)), **own}
