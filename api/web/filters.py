"""What lists are narrowed by: the parameters that several of them take, and what these come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from litestar.params import QueryParameter

from api.web import ids
from api.web.callers import Caller
from api.web.errors import FieldError, ProblemError
from api.web.hub import Hub
from schemas.settings import SourceSettings
from schemas.types import Guid

NO_NUL = r"^[^\x00]*$"  # PostgreSQL's texts have none
_A_DAY = "in the accounting time zone, included"

Source = Annotated[
    str | None, QueryParameter(max_length=200, description="Only of this accounting base; all if not given.")
]
CounterpartyFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only of the counterparty with this id.")
]
Include = Annotated[
    Literal["branches"] | None,
    QueryParameter(description="branches: also of those below it whose head office it is."),
]
ContractFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only under the contract with this id.")
]
OrganizationFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only of the own legal entity with this id.")
]
FromDay = Annotated[date | None, QueryParameter(name="from", description=f"The first day, {_A_DAY}.")]
ToDay = Annotated[date | None, QueryParameter(name="to", description=f"The last day, {_A_DAY}.")]
Number = Annotated[
    str | None,
    QueryParameter(max_length=100, pattern=NO_NUL, description="Only with exactly this number."),
]
Status = Annotated[
    str | None, QueryParameter(max_length=100, pattern=NO_NUL, description="Only with this status.")
]
UpdatedSince = Annotated[
    datetime | None,
    QueryParameter(
        name="updated_since",
        description="Only what changed at this moment (RFC 3339, with its offset) or later, in that order, with"
        " what no longer counts. Next time send `next_updated_since` of the answer: some rows come twice,"
        " none is lost.",
    ),
]


@dataclass(slots=True)
class Narrowed:
    """The accounting bases that a list reads, fewer with each id that names one of them."""

    hub: Hub
    sources: list[SourceSettings]

    @classmethod
    def of(cls, hub: Hub, caller: Caller, source: str | None) -> Narrowed:
        """Those the caller may see. Errors: ProblemError source_not_found."""
        known = [one for one in hub.settings.sources if caller.tenancy.reads(one.id)]
        if source is not None:
            wanted = hub.source(source).id
            known = [one for one in known if one.id == wanted]
        return cls(hub, known)

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.sources]

    def by(self, given: str | None) -> Guid | None:
        """Give the reference of an id; nothing of another base can have to do with it."""
        if given is None:
            return None
        source, guid = ids.parse(given)
        self.hub.source(source)
        self.sources = [one for one in self.sources if one.id == source]
        return guid


def moment(given: datetime | None, name: str) -> datetime | None:
    """Give a moment in UTC. Errors: ProblemError bad_request where it has no offset or is none."""
    if given is None:
        return None
    try:
        if given.tzinfo is not None:
            return given.astimezone(UTC)
    except OverflowError:
        pass
    raise ProblemError(
        "bad_request",
        f"{name} is not a moment with its offset from UTC.",
        hint="Write it as 2026-03-03T10:00:00Z or 2026-03-03T10:00:00%2B03:00: a + must be escaped.",
        errors=(FieldError(detail="not a moment with its offset", parameter=name),),
    )


def one_of(given: list[str] | None, known: Iterable[str], name: str) -> list[str] | None:
    """Give the values, each once. Errors: ProblemError bad_request for one that is not known."""
    if given is None:
        return None
    choices = sorted(set(known))
    strange = sorted(set(given) - set(choices))
    if strange:
        raise ProblemError(
            "bad_request",
            f"{name} has a value that there is not.",
            hint=f"Choose of {', '.join(choices)}.",
            errors=tuple(FieldError(detail=f"there is no {one[:40]!r}", parameter=name) for one in strange),
        )
    return sorted(set(given))
