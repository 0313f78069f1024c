"""From a window that fails to the records in it that are bad: docs/adr/0011."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors import by_key, envelopes, queries
from connectors.answers import POISON
from connectors.reading import Reading
from connectors.window_plan import SECOND
from schemas.errors import SourceContractError, SourceError
from schemas.source import RawPage, RawUnit, Scope

DAY = timedelta(days=1)
KEYS_AT_ONCE = 240  # more than these are cheaper to halve by time


def by_single_records(reading: Reading, scope: Scope, cause: SourceError) -> RawUnit | None:
    """Read a failed window record by record; None where halving it is the better next step.

    The filter keeps the window beside the keys: what moved out of it meanwhile is not in the unit.
    """
    width = _width(scope)
    reason = cause.context.get("reason")
    if width is None or width > (DAY if reason in POISON else SECOND) or reason not in by_key.CURABLE:
        return None
    if not by_key.has_key(reading):
        return None
    filters = queries.period_terms(reading.source_set, scope, reading.client.dialect)
    listed = _keys(reading, scope)
    if listed is None:
        return None
    found, list_of_keys = listed
    if not found:
        return RawUnit(scope, tuple(list_of_keys))  # an answer without any record fits every selection
    if len(found) > KEYS_AT_ONCE and width > SECOND:
        return None
    try:
        terms = by_key.terms_of(reading, tuple(found), found)
    except SourceContractError:
        return None  # a recorder that is not published cannot be asked for
    reading.refusals.look_at(len(found))
    pages, refused = by_key.collect(reading, terms, filters, cause)
    return RawUnit(scope, tuple(pages), tuple(refused))


def _keys(reading: Reading, scope: Scope) -> tuple[dict[str, str], list[RawPage]] | None:
    """Keys in a window with the types of recorders, and the pages that told them; None where they cannot be had."""
    names = by_key.key_fields(reading)
    query = queries.period_filter(reading.source_set, scope, reading.client.dialect)
    try:
        pages = reading.only(names).records(query)
        rows = [key for page in pages for key in envelopes.read(page, reading.client.dialect, names).keys]
    except SourceError as error:
        if error.context.get("reason") not in by_key.CURABLE:
            raise
        return None
    return {str(key): str(of_type[0]) if of_type else "" for key, *of_type in rows}, pages


def _width(scope: Scope) -> timedelta | None:
    if scope.start is None or scope.end is None:
        return None
    return datetime.fromisoformat(scope.end) - datetime.fromisoformat(scope.start)
