"""Who looks at a page, and how: a dependency of every handler of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request
from litestar.types import Scope

from schemas.desk import Theme, User
from schemas.languages import Language
from store.desk_sessions import Session

_STATE = "saldo_visit"


class Reader:
    """Whoever looks at a page: a Guest, or a Visit of somebody who signed in.

    `csrf` is what a form must send back. `htmx` tells that a part of a page is wanted, not a page.
    """

    __slots__ = ()
    language: Language
    text: NullTranslations
    time_zone: ZoneInfo
    now: datetime
    csrf: str
    htmx: bool
    path: str
    secure: bool
    theme: Theme
    user: User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest(Reader):
    """Somebody of whom only the language is known."""

    language: Language
    text: NullTranslations
    time_zone: ZoneInfo
    now: datetime
    csrf: str
    htmx: bool
    path: str
    secure: bool
    theme: Theme = "system"
    user: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Reader):
    """One request of somebody who signed in."""

    language: Language
    text: NullTranslations
    time_zone: ZoneInfo
    now: datetime
    csrf: str
    htmx: bool
    path: str
    secure: bool
    theme: Theme
    user: User
    session: Session
    request_id: str

    @property
    def by(self) -> str:
        """As the audit calls them."""
        return f"user:{self.user.login}"


def keep(scope: Scope, reader: Reader) -> None:
    scope["state"][_STATE] = reader


def kept(scope: Scope) -> Reader | None:
    found: Reader | None = scope["state"].get(_STATE)
    return found


def visit(request: Request[Any, Any, Any]) -> Visit:
    """The dependency `visit`: the guard let nobody else in."""
    found = kept(request.scope)
    if not isinstance(found, Visit):
        raise RuntimeError(f"{request.scope['path']} is public: it has a guest, not a visit")
    return found


def guest(request: Request[Any, Any, Any]) -> Reader:
    """The dependency `guest` of public pages: somebody signed in, or not."""
    found = kept(request.scope)
    if found is None:
        raise RuntimeError(f"{request.scope['path']} is no page of the desk")
    return found
