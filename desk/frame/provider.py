"""Signing in by the word of a provider of identities. Users are made here first, as ever."""

from __future__ import annotations

import hmac
import logging
import secrets
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from api.web import request_ids
from api.web.hub import Hub
from connectors.oidc import Provider
from desk.frame import cookies, sign_in
from desk.frame.errors import DeskError
from desk.frame.roles import PUBLIC
from desk.frame.visits import Reader
from schemas.desk import ROLES, Role, User
from schemas.errors import SourceError, SourceUnavailableError
from schemas.identities import Identity
from schemas.settings import OidcSettings
from store import audit, desk_users
from store.engine import Tx

LOG = logging.getLogger("saldo.desk")
ADDRESS = f"{sign_in.ADDRESS}/oidc"
BACK = f"{ADDRESS}/return"
_MINUTES = timedelta(minutes=10)


@get(ADDRESS, sync_to_thread=True, opt=PUBLIC)
def there(
    request: Request[Any, Any, Any],
    guest: NamedDependency[Reader],
    hub: NamedDependency[Hub],
    to: FromQuery[str] = sign_in.HOME,
) -> Response[str]:
    """To the provider; what comes back is held against what this browser keeps of it."""
    known = _settings(guest, hub)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        address = provider(known).way_there(
            redirect_uri=_back(request, hub), state=state, nonce=nonce, verifier=verifier
        )
    except SourceError as error:
        raise _failed(request, guest, error) from error
    answer = Response("", status_code=303, headers={"Location": address})
    kept = ".".join((state, nonce, verifier, quote(sign_in.inside(to), safe="").replace(".", "%2E")))
    answer.set_cookie(cookies.made("saldo_oidc", kept, secure=guest.secure, lasts=_MINUTES))
    return answer


@get(BACK, sync_to_thread=True, opt=PUBLIC)
def back(
    request: Request[Any, Any, Any],
    guest: NamedDependency[Reader],
    hub: NamedDependency[Hub],
    code: FromQuery[str] = "",
) -> Response[str]:
    """From the provider, with a code for who it is."""
    known = _settings(guest, hub)
    asked = request.query_params.get("state", "")  # `state` is Litestar's own name
    kept = [*cookies.read(request, "saldo_oidc", guest.secure).split("."), "", "", "", ""]
    state, nonce, verifier, to = kept[:4]
    if not state or not code or not hmac.compare_digest(state.encode(), asked.encode()):
        raise _refused(guest)
    try:
        identity = provider(known).identity(
            code, redirect_uri=_back(request, hub), nonce=nonce, verifier=verifier
        )
    except SourceError as error:
        raise _failed(request, guest, error) from error
    with hub.store.transaction() as tx:
        user = _user(tx, known, identity)
        if user is None:
            _note_stranger(tx, request)
    if user is None:
        _ = guest.text.gettext
        raise DeskError(
            403,
            _("Nobody here is known by this name to the provider."),
            _("Ask an administrator to add you."),
        )
    answer = sign_in.begin(
        request, guest, hub, user.login, to=sign_in.inside(unquote(to)), how="provider of identities"
    )
    answer.set_cookie(cookies.gone("saldo_oidc", secure=guest.secure))
    return answer


@cache
def provider(settings: OidcSettings) -> Provider:
    return Provider(settings)


def _user(tx: Tx, known: OidcSettings, identity: Identity) -> User | None:
    """By the subject; the first time by a login that is the verified address of e-mail."""
    user = desk_users.by_subject(tx, identity.key)
    if user is None and identity.email is not None:
        user = desk_users.find(tx, identity.email.lower())
        if user is None or user.oidc_subject is not None:
            return None
        desk_users.set_subject(tx, user.login, identity.key)
    if user is None or user.disabled_at is not None:
        return None
    if known.role_claim:
        role = _role(identity)
        if role is None:
            return None
        if role != user.role and not desk_users.is_last_admin(tx, user.login):
            desk_users.set_role(tx, user.login, role)
    return user


def _role(identity: Identity) -> Role | None:
    """The highest of ours that the provider names."""
    return next((role for role in reversed(ROLES) if role in identity.roles), None)


def _settings(guest: Reader, hub: Hub) -> OidcSettings:
    if hub.settings.desk.oidc is None:
        _ = guest.text.gettext
        raise DeskError(404, _("There is no such page."), _("Sign in to go on."))
    return hub.settings.desk.oidc


def _back(request: Request[Any, Any, Any], hub: Hub) -> str:
    return f"{hub.settings.public_url or str(request.base_url).rstrip('/')}{BACK}"


def _refused(guest: Reader) -> DeskError:
    _ = guest.text.gettext
    return DeskError(
        403, _("Sign-in through the provider did not work."), _("Try again, or sign in with a password.")
    )


def _failed(request: Request[Any, Any, Any], guest: Reader, error: SourceError) -> DeskError:
    """What exactly is wrong is for the log: it is about settings, not about who signs in."""
    LOG.warning("request %s: %s", request_ids.of(request.scope), error)
    if isinstance(error, SourceUnavailableError):
        _ = guest.text.gettext
        return DeskError(
            503, _("The provider does not answer for now."), _("Try again, or sign in with a password.")
        )
    return _refused(guest)


def _note_stranger(tx: Tx, request: Request[Any, Any, Any]) -> None:
    audit.add(
        tx,
        operation="desk.sign_in_failed",
        request_id=request_ids.of(request.scope),
        key_number="user:",
        details={"address": sign_in.client_address(request), "how": "provider of identities"},
    )
