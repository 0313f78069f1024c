"""What everybody sets for themselves: name, language, colours; and where they are signed in."""

from __future__ import annotations

from typing import cast

from litestar import Response, get, post
from litestar.di import NamedDependency

from api.web.hub import Hub
from desk.frame import audited, pages, translations
from desk.frame.errors import DeskError
from desk.frame.sign_in import Form
from desk.frame.visits import Visit
from desk.users import words
from schemas.desk import Theme
from schemas.errors import InvalidValueError
from schemas.languages import Language
from store import desk_sessions, desk_users

ADDRESS = "/desk/account"


@get(ADDRESS, sync_to_thread=True)
def account(visit: NamedDependency[Visit], hub: NamedDependency[Hub]) -> Response[str]:
    with hub.store.reading() as tx:
        sessions = desk_sessions.of_user(tx, visit.user.login, visit.now)
    return pages.page(
        visit,
        "users/account.html",
        sessions=sessions,
        role=words.roles(visit)[visit.user.role],
        themes=words.themes(visit),
        names=translations.NAMES,
    )


@post(ADDRESS, sync_to_thread=True)
def save(visit: NamedDependency[Visit], hub: NamedDependency[Hub], data: Form) -> Response[str]:
    try:
        with hub.store.transaction() as tx:
            desk_users.set_looks(
                tx,
                visit.user.login,
                name=data.get("name", visit.user.name),
                language=cast("Language", data.get("language", visit.user.language)),
                theme=cast("Theme", data.get("theme", visit.user.theme)),
            )
    except InvalidValueError as error:
        _ = visit.text.gettext
        raise DeskError(422, _("This cannot be kept."), _("A name has 1 to 100 letters.")) from error
    return pages.redirect(visit, ADDRESS)


@post(ADDRESS + "/sessions/end", sync_to_thread=True)
def end_others(visit: NamedDependency[Visit], hub: NamedDependency[Hub]) -> Response[str]:
    """Everywhere but here."""
    with hub.store.transaction() as tx:
        count = desk_sessions.end_all(tx, visit.user.login, but=visit.session.hash)
        audited.note(
            tx,
            visit,
            "desk.sign_out_elsewhere",
            details={"sessions": count},
        )
    return pages.redirect(visit, ADDRESS)
