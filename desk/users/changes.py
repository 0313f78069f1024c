"""What an admin does to one user: role, out, in again, a new password."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.web.hub import Hub
from desk.frame import audited, pages, passwords
from desk.frame.errors import DeskError
from desk.frame.roles import needs
from desk.frame.sign_in import Form
from desk.frame.visits import Visit
from desk.users import people
from schemas.desk import ROLES, Role
from store import desk_locks, desk_sessions, desk_users
from store.engine import Tx

_BASE = "/desk/users/{login:str}"


@post(_BASE + "/role", sync_to_thread=True, opt=needs("admin"))
def role(
    visit: NamedDependency[Visit],
    hub: NamedDependency[Hub],
    login: FromPath[str],
    data: Form,
) -> Response[str]:
    wanted = cast("Role", data.get("role", ""))
    if wanted not in ROLES:
        _ = visit.text.gettext
        raise DeskError(422, _("There is no such role."), _("Choose one of the list."))
    _done(visit, hub, login, "users.role", lambda tx: desk_users.set_role(tx, login, wanted), wanted)
    return pages.redirect(visit, "/desk/users")


@post(_BASE + "/disable", sync_to_thread=True, opt=needs("admin"))
def disable(
    visit: NamedDependency[Visit],
    hub: NamedDependency[Hub],
    login: FromPath[str],
) -> Response[str]:
    """Out at once: the sessions end too."""

    def work(tx: Tx) -> None:
        desk_users.disable(tx, login)
        desk_sessions.end_all(tx, login)

    _done(visit, hub, login, "users.disable", work)
    return pages.redirect(visit, "/desk/users")


@post(_BASE + "/enable", sync_to_thread=True, opt=needs("admin"))
def enable(
    visit: NamedDependency[Visit],
    hub: NamedDependency[Hub],
    login: FromPath[str],
) -> Response[str]:
    _done(visit, hub, login, "users.enable", lambda tx: desk_users.enable(tx, login))
    return pages.redirect(visit, "/desk/users")


@post(_BASE + "/password", sync_to_thread=True, opt=needs("admin"))
def reset(
    visit: NamedDependency[Visit],
    hub: NamedDependency[Hub],
    login: FromPath[str],
) -> Response[str]:
    """A password that is shown this once; its owner sets another at the next sign-in."""
    password = passwords.one_time()
    hashed = passwords.hashed(password)

    def work(tx: Tx) -> None:
        desk_users.set_password(tx, login, hashed, expired=True)
        desk_sessions.end_all(tx, login)
        desk_locks.forget(tx, login)

    _done(visit, hub, login, "users.password", work)
    return people.told(visit, login, password)


def _done(
    visit: Visit,
    hub: Hub,
    login: str,
    operation: str,
    work: Callable[[Tx], None],
    role: Role | None = None,
) -> None:
    """Do it with its audit row, if there is such a user and somebody is left who manages users."""
    _ = visit.text.gettext
    with hub.store.transaction() as tx:
        if desk_users.find(tx, login) is None:
            raise pages.not_found(visit, _("There is no such user."))
        loses = operation == "users.disable" or (role is not None and role != "admin")
        if loses and desk_users.is_last_admin(tx, login):
            raise DeskError(
                422,
                _("This is the only administrator: nobody could manage users any more."),
                _("Make somebody else an administrator first."),
            )
        work(tx)
        audited.note(
            tx,
            visit,
            operation,
            subject=login,
            details={"role": role} if role else None,
        )
