"""Kinds of records, and why one is held, in people's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from gettext import NullTranslations
from typing import NamedTuple

from desk.frame.visits import Visit
from desk.why.words import tables
from printing import catalogues, kinds


class Why(NamedTuple):
    """What is the matter, and what to do; the exact reason stands beside it."""

    text: str
    todo: str


def entities(visit: Visit) -> Mapping[str, str]:
    """What the hub reads, by the names of its declarations."""
    text = visit.text
    own = {
        "price": text.gettext("Price"),
        "stock": text.gettext("Stock"),
    }
    return {**tables(text), **kinds.names(catalogues.texts(visit.language)), **own}


def why(text: NullTranslations, reason: str, *, refused: bool) -> Why:
    """By the words of what reads records: mappings/values.py and connectors/decoded.py."""
    in_books = text.gettext(
        "Correct it in 1C: it leaves by itself with the next reading. Or correct it here."
    )
    if refused:
        return Why(
            text.gettext("1C could not give this record"),
            text.gettext("Open and save it in 1C, or test and repair the base; it is read again by itself."),
        )
    if "list of currencies" in reason:
        return Why(
            text.gettext("Its currency is not in the list of currencies"),
            text.gettext("Give the currency its ISO 4217 code in 1C, then try again."),
        )
    if re.search(r"decimal|digits|places|amount|fit 64", reason):
        return Why(text.gettext("An amount or a quantity cannot be read"), in_books)
    if "date" in reason:
        return Why(text.gettext("A date cannot be read"), in_books)
    if re.search(r"missing|required", reason):
        return Why(
            text.gettext("A field is missing"),
            text.gettext("Give the hub's user in 1C the right to see the field, then try again."),
        )
    if "empty" in reason:
        return Why(text.gettext("A reference that must be there is empty"), in_books)
    return Why(text.gettext("One of its values is not what was agreed"), in_books)
