"""Everybody who may sign in; adding somebody."""

from __future__ import annotations

from typing import cast

from litestar import Response, get, post
from litestar.di import NamedDependency

from api.web.hub import Hub
from desk.frame import audited, pages, passwords, translations
from desk.frame.roles import needs
from desk.frame.sign_in import Form
from desk.frame.visits import Visit
from desk.users import words
from schemas.desk import Role
from schemas.errors import InvalidValueError
from schemas.languages import Language
from store import desk_sessions, desk_users


@get("/desk/users", sync_to_thread=True, opt=needs("admin"))
def people(visit: NamedDependency[Visit], hub: NamedDependency[Hub]) -> Response[str]:
    return page(visit, hub)


@post("/desk/users", sync_to_thread=True, opt=needs("admin"))
def add(visit: NamedDependency[Visit], hub: NamedDependency[Hub], data: Form) -> Response[str]:
    """With a password that is shown this once, unless somebody else vouches for the person."""
    login, password = data.get("login", "").strip().lower(), passwords.one_time()
    alone = data.get("provider_only") != "yes"
    try:
        with hub.store.transaction() as tx:
            desk_users.add(
                tx,
                login=login,
                name=data.get("name", ""),
                role=cast("Role", data.get("role", "accountant")),
                language=cast("Language", data.get("language", visit.language)),
                by=visit.by,
                password_hash=passwords.hashed(password) if alone else None,
                password_expired=alone,
            )
            audited.note(
                tx,
                visit,
                "users.add",
                subject=login,
                details={"role": data.get("role", "accountant")},
            )
    except InvalidValueError as error:
        return page(visit, hub, entered=data, wrong=error.field, status_code=422)
    if not alone:
        return pages.redirect(visit, "/desk/users")
    return told(visit, login, password)


def told(visit: Visit, login: str, password: str) -> Response[str]:
    """The one page that shows a password, once."""
    return pages.page(visit, "users/told.html", login=login, password=password)


def page(
    visit: Visit,
    hub: Hub,
    *,
    entered: dict[str, str] | None = None,
    wrong: str | None = None,
    status_code: int = 200,
) -> Response[str]:
    with hub.store.reading() as tx:
        found = desk_users.every(tx)
        sessions = {user.login: desk_sessions.of_user(tx, user.login, visit.now) for user in found}
    return pages.page(
        visit,
        "users/people.html",
        status_code=status_code,
        people=sorted(found, key=lambda user: (user.disabled_at is not None, user.login)),
        sessions=sessions,
        roles=words.roles(visit),
        duties=words.duties(visit),
        names=translations.NAMES,
        oidc=hub.settings.desk.oidc,
        entered=entered or {"language": visit.language},
        wrong=wrong,
    )
