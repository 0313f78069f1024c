"""People who may sign in at the desk: never deleted, so that the audit can always tell who it was."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from schemas.desk import ROLES, THEMES, Role, Theme, User
from schemas.errors import InvalidValueError, StoreError
from schemas.languages import LANGUAGES, Language
from store.engine import Tx
from store.tables_of_desk import DESK_USER

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_NAME_CHARS = 100


def add(
    tx: Tx,
    *,
    login: str,
    name: str,
    role: Role,
    language: Language,
    by: str,
    password_hash: str | None = None,
    password_expired: bool = False,
    oidc_subject: str | None = None,
) -> User:
    """Errors: InvalidValueError for a login that is not one, or is taken."""
    if not _LOGIN.fullmatch(login):
        raise InvalidValueError(
            "a login is up to 64 Latin letters, digits and . _ @ -, all small",
            hint="Choose another login",
            field="login",
        )
    if find(tx, login) is not None:
        raise InvalidValueError("this login is taken", hint="Choose another login", field="login")
    row = {
        "login": login,
        "name": _name(name),
        "role": _one_of(ROLES, role, "role"),
        "language": _one_of(LANGUAGES, language, "language"),
        "theme": "system",
        "password_hash": password_hash,
        "oidc_subject": oidc_subject,
        "password_expired": password_expired,
        "created_at": tx.now,
        "created_by": by,
    }
    tx.connection.execute(insert(DESK_USER).values(**row))
    return get(tx, login)


def find(tx: Tx, login: str) -> User | None:
    row = tx.connection.execute(select(DESK_USER).where(DESK_USER.c.login == login)).mappings().one_or_none()
    return None if row is None else of_row(row)


def get(tx: Tx, login: str) -> User:
    found = find(tx, login)
    if found is None:
        raise StoreError(
            "there is no such user", hint="`saldo users list` shows those there are.", login=login
        )
    return found


def by_subject(tx: Tx, subject: str) -> User | None:
    """The user whom a provider of identities calls so."""
    wanted = select(DESK_USER).where(DESK_USER.c.oidc_subject == subject)
    row = tx.connection.execute(wanted).mappings().one_or_none()
    return None if row is None else of_row(row)


def every(tx: Tx) -> list[User]:
    rows = tx.connection.execute(select(DESK_USER).order_by(DESK_USER.c.login)).mappings()
    return [of_row(row) for row in rows]


def any_active(tx: Tx) -> bool:
    """Whether there is anybody at all who may sign in."""
    wanted = select(DESK_USER.c.login).where(DESK_USER.c.disabled_at.is_(None)).limit(1)
    return tx.connection.execute(wanted).first() is not None


def password_hash(tx: Tx, login: str) -> str | None:
    return tx.connection.execute(
        select(DESK_USER.c.password_hash).where(DESK_USER.c.login == login)
    ).scalar_one_or_none()


def set_password(tx: Tx, login: str, password_hash: str, *, expired: bool = False) -> None:
    _set(tx, login, password_hash=password_hash, password_expired=expired)


def set_subject(tx: Tx, login: str, subject: str) -> None:
    _set(tx, login, oidc_subject=subject)


def set_role(tx: Tx, login: str, role: Role) -> None:
    """Errors: InvalidValueError where nobody would be left who manages users."""
    if role != "admin":
        _keep_an_admin(tx, login)
    _set(tx, login, role=_one_of(ROLES, role, "role"))


def set_looks(tx: Tx, login: str, *, name: str, language: Language, theme: Theme) -> None:
    """What people set for themselves."""
    chosen = _one_of(LANGUAGES, language, "language"), _one_of(THEMES, theme, "theme")
    _set(tx, login, name=_name(name), language=chosen[0], theme=chosen[1])


def disable(tx: Tx, login: str) -> None:
    """Errors: InvalidValueError where nobody would be left who manages users."""
    _keep_an_admin(tx, login)
    _set(tx, login, disabled_at=tx.now)


def enable(tx: Tx, login: str) -> None:
    _set(tx, login, disabled_at=None)


def is_last_admin(tx: Tx, login: str) -> bool:
    """Whether nobody else may manage users; it stays so until the transaction ends."""
    tx.alone("desk users")
    admins = {user.login for user in every(tx) if user.role == "admin" and user.disabled_at is None}
    return admins == {login}


def of_row(row: RowMapping) -> User:
    return User(
        login=row["login"],
        name=row["name"],
        role=row["role"],
        language=row["language"],
        theme=row["theme"],
        has_password=row["password_hash"] is not None,
        oidc_subject=row["oidc_subject"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        disabled_at=row["disabled_at"],
        password_expired=row["password_expired"],
    )


def _set(tx: Tx, login: str, **values: Any) -> None:
    get(tx, login)
    tx.connection.execute(update(DESK_USER).where(DESK_USER.c.login == login).values(**values))


def _keep_an_admin(tx: Tx, login: str) -> None:
    if is_last_admin(tx, login):
        raise InvalidValueError(
            "this is the only admin: nobody could manage users any more",
            hint="Make somebody else an admin first",
            field="login",
        )


def _name(name: str) -> str:
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= _NAME_CHARS:
        raise InvalidValueError(
            f"a name has 1 to {_NAME_CHARS} letters", hint="Write the person's name", field="name"
        )
    return tidy


def _one_of(allowed: tuple[str, ...], value: str, field: str) -> str:
    if value not in allowed:
        raise InvalidValueError(
            f"there is no such {field}", hint=f"Choose of {', '.join(allowed)}", field=field
        )
    return value
