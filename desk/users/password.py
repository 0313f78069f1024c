"""A password of one's own."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from api.web.hub import Hub
from desk.frame import audited, pages, passwords, sign_in
from desk.frame.guard import CHOOSE_ANOTHER
from desk.frame.sign_in import Form
from desk.frame.visits import Visit
from store import desk_locks, desk_sessions, desk_users


@get(CHOOSE_ANOTHER, sync_to_thread=False)
def form(visit: NamedDependency[Visit]) -> Response[str]:
    return _page(visit)


@post(CHOOSE_ANOTHER, sync_to_thread=True)
def change(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], hub: NamedDependency[Hub], data: Form
) -> Response[str]:
    """Every session ends, and a new one begins here: whoever else had the old password is out."""
    login, new = visit.user.login, data.get("new", "")
    if wrong := _wrong(request, visit, hub, data):
        return _page(visit, *wrong)
    hashed = passwords.hashed(new)
    with hub.store.transaction() as tx:
        desk_users.set_password(tx, login, hashed)
        desk_sessions.end_all(tx, login)
        audited.note(
            tx,
            visit,
            "desk.password",
            subject=login,
        )
    return sign_in.begin(request, visit, hub, login, to="/desk/account", how="new password")


def _wrong(
    request: Request[Any, Any, Any], visit: Visit, hub: Hub, data: dict[str, str]
) -> tuple[str, str] | None:
    """The field that is wrong, and why. Guessing the old password counts like guessing at the door."""
    login, address, new = visit.user.login, sign_in.client_address(request), data.get("new", "")
    _ = visit.text.gettext
    if problem := passwords.weakness(new, login, visit.text):
        return "new", problem
    if new != data.get("again"):
        return "again", _("The two are not the same.")
    with hub.store.transaction() as tx:
        if locked := desk_locks.until(tx, login, address, visit.now):
            return "old", sign_in.wait_text(visit, locked, visit.now)
        desk_locks.attempt(tx, login, address, visit.now)
        kept = desk_users.password_hash(tx, login)
    old = data.get("old", "")[: passwords.LONGEST + 1]
    if not passwords.matches(kept, old):
        return "old", _("This is not your password.")
    with hub.store.transaction() as tx:
        desk_locks.right(tx, login, address)
    return ("new", _("This is the password you have.")) if new == old else None


def _page(visit: Visit, wrong: str = "", problem: str = "") -> Response[str]:
    return pages.page(
        visit,
        "users/password.html",
        status_code=422 if wrong else 200,
        problems={wrong: problem},
        expired=visit.user.password_expired,
    )
