"""Whether a printed statement is genuine, for whoever holds the print: /verify, without a sign-in.

It answers to the whole checksum alone: nothing can be searched, listed or guessed, and nobody can ask quickly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.web.hub import Hub
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.roles import PUBLIC
from desk.frame.visits import Reader
from desk.statements import words
from desk.statements.visitors import Visitors
from store import statement_papers, statements
from store.engine import Tx
from store.statement_papers import PaperParts
from store.statements import StatementRow

CHECKSUM = re.compile(r"[0-9a-f]{64}")
_STATE = "saldo_verify_visitors"


@dataclass(frozen=True, slots=True)
class Genuine:
    """`newer` was drawn later for the same parties, period and contracts."""

    row: StatementRow
    parts: PaperParts
    newer: StatementRow | None


@get("/verify", sync_to_thread=False, opt=PUBLIC)
def form(request: Request[Any, Any, Any], guest: NamedDependency[Reader]) -> Response[str]:
    """Where a checksum is pasted in; spaces and line breaks of a print do no harm."""
    asked = re.sub(r"\s+", "", str(request.query_params.get("checksum", "")))[:200].lower()
    if asked:
        return pages.redirect(guest, f"/verify/{quote(asked, safe='')}")
    return pages.page(guest, "statements/verify.html", asked=False, genuine=None)


@get("/verify/{checksum:str}", sync_to_thread=True, opt=PUBLIC)
def page(
    request: Request[Any, Any, Any],
    checksum: FromPath[str],
    hub: NamedDependency[Hub],
    guest: NamedDependency[Reader],
) -> Response[str]:
    if not _visitors(request).may(request.client.host if request.client else "", guest.now):
        raise DeskError(
            429,
            guest.text.gettext("Too many questions from this address."),
            guest.text.gettext("Wait a minute, then ask again."),
        )
    with hub.store.reading() as tx:
        genuine = _genuine(tx, checksum.lower())
    return pages.page(
        guest,
        "statements/verify.html",
        status_code=200 if genuine else 404,
        asked=True,
        genuine=genuine,
        zone=hub.source(genuine.row.source).time_zone if genuine else None,
        states=_states(guest),
        badges=words.STATE_BADGES,
    )


def _visitors(request: Request[Any, Any, Any]) -> Visitors:
    """Those of this application."""
    state = request.app.state
    if _STATE not in state:
        state[_STATE] = Visitors()
    kept: Visitors = state[_STATE]
    return kept


def _genuine(tx: Tx, checksum: str) -> Genuine | None:
    row = statements.by_checksum(tx, checksum) if CHECKSUM.fullmatch(checksum) else None
    if row is None:
        return None
    newest = statements.newest(tx, row.digest, row.source)
    newer = newest if newest is not None and newest.number > row.number else None
    return Genuine(row, statement_papers.parts(tx, row), newer)


def _states(guest: Reader) -> Mapping[str, str]:
    return {str(state): told for state, told in words.states(guest.text).items()}
