"""Before every page: who is it, may he see it, and does the request come from a page of ours?"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from anyio.to_thread import run_sync
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import RequestEncodingType
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Guard as AnyGuard

from api.web import request_ids
from api.web.hub import Hub
from desk.frame import cookies, roles, translations, visits
from desk.frame.errors import DeskError, SignInError
from desk.frame.visits import Guest, Reader, Visit
from schemas.languages import LANGUAGES, Language
from store import desk_sessions

SAFE = ("GET", "HEAD", "OPTIONS")
HEADER, FIELD = "x-csrf-token", "csrf"
CHOOSE_ANOTHER = "/desk/account/password"
_FORMS = (RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART)
_CSRF_CHARS = 32


@dataclass(frozen=True, slots=True)
class Guard:
    """The guard of the desk's router; `function` is what Litestar takes, which copies what it is given."""

    hub: Hub

    @property
    def function(self) -> AnyGuard:
        async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
            await self.admit(connection, handler)

        return guard

    async def admit(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if roles.is_same(handler):
            return
        reader = await run_sync(self.reader, connection)
        visits.keep(connection.scope, reader)
        _, is_public = reader.text.gettext, roles.is_public(handler)
        if not (is_public or isinstance(reader, Visit)):  # what a guest sends along is not even read
            raise SignInError(401, _("You are not signed in."), _("Sign in to go on."))
        if b"%00" in connection.scope["query_string"] or "\x00" in reader.path:
            raise _not_understood(reader)
        if isinstance(connection, Request) and connection.method not in SAFE:
            await self._must_be_ours(connection, reader)
        if is_public or not isinstance(reader, Visit):
            return
        if not reader.user.may(roles.of(handler)):
            raise DeskError(403, _("This is not for your role."), _("Ask an administrator if you need it."))
        if reader.user.password_expired and reader.path not in (CHOOSE_ANOTHER, "/desk/sign-out"):
            raise SignInError(403, _("Your password was set by somebody else."), _("Set one of your own."))

    def reader(self, connection: ASGIConnection[Any, Any, Any, Any]) -> Reader:
        """Somebody with a session that still stands, or a guest."""
        now, secure = self.hub.clock(), is_secure(connection, self.hub)
        if token := cookies.read(connection, "saldo_session", secure):
            found = self._signed_in(connection, token, now, secure)
            if found is not None:
                return found
        language = _language(connection, secure)
        return Guest(
            language=language,
            text=translations.texts(language),
            time_zone=time_zone(self.hub),
            now=now,
            csrf=cookies.read(connection, "saldo_guest", secure) or secrets.token_urlsafe(24),
            htmx="hx-request" in connection.headers,
            path=connection.scope["path"],
            secure=secure,
        )

    def _signed_in(
        self, connection: ASGIConnection[Any, Any, Any, Any], token: str, now: datetime, secure: bool
    ) -> Visit | None:
        idle = timedelta(minutes=self.hub.settings.desk.idle_minutes)
        with self.hub.store.reading() as tx:
            found = desk_sessions.find(tx, token, now=now, idle=idle)
        if found is None:
            return None
        session, user = found
        if desk_sessions.wants_touch(session, now):
            with self.hub.store.transaction() as tx:
                desk_sessions.touch(tx, session, now)
        return Visit(
            user=user,
            session=session,
            theme=user.theme,
            language=user.language,
            text=translations.texts(user.language),
            time_zone=time_zone(self.hub),
            now=now,
            csrf=session.csrf,
            htmx="hx-request" in connection.headers,
            path=connection.scope["path"],
            secure=secure,
            request_id=request_ids.of(connection.scope),
        )

    async def _must_be_ours(self, request: Request[Any, Any, Any], reader: Reader) -> None:
        """A POST comes from a page of this host, and carries what only such a page knows."""
        kept = reader.csrf
        if not isinstance(reader, Visit):  # what was made just now is in no page yet: the cookie tells
            kept = cookies.read(request, "saldo_guest", reader.secure)
        sent, is_form = request.headers.get(HEADER, ""), request.content_type[0] in _FORMS
        form = await request.form() if is_form else None
        if form is not None and not sent:
            sent = str(form.get(FIELD, ""))
        same = len(kept) >= _CSRF_CHARS and hmac.compare_digest(kept.encode(), sent.encode())
        if not same or not _from_here(request, self.hub):
            _ = reader.text.gettext
            raise DeskError(
                403,
                _("This page was open for too long, or the request did not come from it."),
                _("Load the page again and repeat what you did; nothing was changed."),
            )
        if form is not None and any(
            "\x00" in getattr(one, "filename", str(one)) for _, one in form.multi_items()
        ):
            raise _not_understood(reader)


def _not_understood(reader: Reader) -> DeskError:
    """PostgreSQL keeps no NUL, and no person types one."""
    _ = reader.text.gettext
    return DeskError(400, _("The request was not understood."), _("Go back and check what you entered."))


def is_secure(connection: ASGIConnection[Any, Any, Any, Any], hub: Hub) -> bool:
    return connection.scope["scheme"] == "https" or hub.settings.public_url.startswith("https://")


def time_zone(hub: Hub) -> ZoneInfo:
    """Moments are shown by the clock of the first accounting base; a page of another base names its own."""
    return hub.settings.sources[0].time_zone if hub.settings.sources else ZoneInfo("UTC")


def _language(connection: ASGIConnection[Any, Any, Any, Any], secure: bool) -> Language:
    chosen = cookies.read(connection, "saldo_language", secure)
    for language in LANGUAGES:
        if chosen == language:
            return language
    return translations.preferred(connection.headers.get("accept-language", ""))


def _from_here(request: Request[Any, Any, Any], hub: Hub) -> bool:
    """By what browsers tell of where a request comes from; those that tell nothing have only the token."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    hosts = {request.headers.get("host"), urlsplit(hub.settings.public_url).netloc} - {None, ""}
    return urlsplit(origin).netloc in hosts
