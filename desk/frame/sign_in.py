"""Signing in and out. Nobody learns from it whether a login exists: neither by words nor by time."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery

from api.web import request_ids
from api.web.hub import Hub
from desk.frame import audited, cookies, pages, passwords, translations
from desk.frame.roles import PUBLIC
from desk.frame.visits import Reader, Visit
from schemas.languages import LANGUAGES
from store import audit, desk_locks, desk_sessions, desk_users
from store.engine import Tx

HOME = "/desk/today"
ADDRESS = "/desk/sign-in"
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
_MINUTE_S = 60
_INSIDE = re.compile(r"/desk/(?!/)[^\\\s]*")


@get(ADDRESS, sync_to_thread=True, opt=PUBLIC)
def shown(
    guest: NamedDependency[Reader],
    hub: NamedDependency[Hub],
    to: FromQuery[str] = HOME,
    language: FromQuery[str | None] = None,
) -> Response[str]:
    if isinstance(guest, Visit):
        return pages.redirect(guest, inside(to))
    if language in LANGUAGES:
        answer = pages.redirect(guest, ADDRESS)
        answer.set_cookie(
            cookies.made("saldo_language", language, secure=guest.secure, lasts=timedelta(days=365))
        )
        return answer
    return _page(guest, hub, to=inside(to))


@post(ADDRESS, sync_to_thread=True, opt=PUBLIC)
def sign_in(
    request: Request[Any, Any, Any], guest: NamedDependency[Reader], hub: NamedDependency[Hub], data: Form
) -> Response[str]:
    login, to = data.get("login", "").strip().lower(), inside(data.get("to", HOME))
    password, address, now = data.get("password", ""), client_address(request), hub.clock()
    with hub.store.transaction() as tx:
        locked = desk_locks.until(tx, login, address, now)
        then = None if locked else desk_locks.attempt(tx, login, address, now)
        user = desk_users.find(tx, login)
        kept = None if user is None or user.disabled_at else desk_users.password_hash(tx, login)
    if locked:
        return _page(guest, hub, to=to, login=login, problem=wait_text(guest, locked, now), status_code=429)
    if not passwords.matches(kept, password[: passwords.LONGEST + 1]):
        with hub.store.transaction() as tx:
            _note_failure(tx, request, login if user else None, then)
        _ = guest.text.gettext
        problem = _("The login or the password is wrong.") if then is None else wait_text(guest, then, now)
        return _page(
            guest, hub, to=to, login=login, problem=problem, status_code=401 if then is None else 429
        )
    with hub.store.transaction() as tx:
        desk_locks.right(tx, login, address)
        if kept is not None and passwords.is_outdated(kept):
            desk_users.set_password(tx, login, passwords.hashed(password))
    return begin(request, guest, hub, login, to=to, how="password")


@post("/desk/sign-out", sync_to_thread=True)
def sign_out(visit: NamedDependency[Visit], hub: NamedDependency[Hub]) -> Response[str]:
    with hub.store.transaction() as tx:
        desk_sessions.end(tx, visit.session.hash)
        audited.note(
            tx,
            visit,
            "desk.sign_out",
        )
    answer = pages.redirect(visit, ADDRESS)
    answer.set_cookie(cookies.gone("saldo_session", secure=visit.secure))
    return answer


def begin(
    request: Request[Any, Any, Any], guest: Reader, hub: Hub, login: str, *, to: str, how: str
) -> Response[str]:
    """A new session, whatever the browser had: one that somebody else slipped in is of no use."""
    lasts, address = timedelta(hours=hub.settings.desk.session_hours), client_address(request)
    with hub.store.transaction() as tx:
        if old := cookies.read(request, "saldo_session", guest.secure):
            desk_sessions.end(tx, desk_sessions.hash_of(old))
        _session, token = desk_sessions.start(tx, login, now=guest.now, lasts=lasts, address=address)
        audit.add(
            tx,
            operation="desk.sign_in",
            request_id=request_ids.of(request.scope),
            key_number=f"user:{login}",
            details={"address": address, "how": how},
        )
    answer = pages.redirect(guest, to)
    answer.set_cookie(cookies.made("saldo_session", token, secure=guest.secure, lasts=lasts))
    answer.set_cookie(cookies.gone("saldo_guest", secure=guest.secure))
    return answer


def inside(to: str) -> str:
    """An address of the desk to go on to, and nothing else."""
    return to if _INSIDE.fullmatch(to) else HOME


def client_address(request: Request[Any, Any, Any]) -> str:
    """Behind a proxy the one that it tells, where the server trusts it (docs/desk.md)."""
    return request.client.host if request.client else ""


def _page(
    guest: Reader, hub: Hub, *, to: str, login: str = "", problem: str = "", status_code: int = 200
) -> Response[str]:
    with hub.store.reading() as tx:
        nobody = not desk_users.any_active(tx)
    oidc = hub.settings.desk.oidc
    answer = pages.page(
        guest,
        "frame/sign_in.html",
        status_code=status_code,
        to=to,
        login=login,
        problem=problem,
        nobody=nobody,
        oidc=oidc.title if oidc else None,
        languages=translations.NAMES,
    )
    answer.set_cookie(cookies.made("saldo_guest", guest.csrf, secure=guest.secure))
    return answer


def wait_text(reader: Reader, until: datetime, now: datetime) -> str:
    """How long nobody may try again."""
    seconds = math.ceil((until - now).total_seconds())
    if seconds < _MINUTE_S:
        text = reader.text.ngettext(
            "Too many attempts. Try again in {count} second.",
            "Too many attempts. Try again in {count} seconds.",
            seconds,
        )
        return text.format(count=seconds)
    minutes = math.ceil(seconds / _MINUTE_S)
    text = reader.text.ngettext(
        "Too many attempts. Try again in {count} minute.",
        "Too many attempts. Try again in {count} minutes.",
        minutes,
    )
    return text.format(count=minutes)


def _note_failure(
    tx: Tx, request: Request[Any, Any, Any], login: str | None, locked_until: datetime | None
) -> None:
    """A login that there is not is not written down: it may be a password in the wrong field."""
    details: dict[str, object] = {"address": client_address(request)}
    if locked_until is not None:
        details["locked_until"] = locked_until.isoformat(timespec="seconds")
    audit.add(
        tx,
        operation="desk.sign_in_failed" if locked_until is None else "desk.locked",
        request_id=request_ids.of(request.scope),
        key_number=f"user:{login}" if login else "user:",
        details=details,
    )
