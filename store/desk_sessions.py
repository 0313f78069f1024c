"""Who is signed in: sessions live in the store, the browser holds a token whose hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from schemas.desk import User
from store import desk_users
from store.engine import Tx
from store.tables_of_desk import DESK_SESSION, DESK_USER

_TOUCH_EVERY = timedelta(seconds=60)  # a write a minute, not one a request


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`hash` is of the token; `csrf` is what every POST of this session must carry."""

    hash: str
    login: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str


def start(tx: Tx, login: str, *, now: datetime, lasts: timedelta, address: str) -> tuple[Session, str]:
    """A new session and its token, which nobody can show again. Those that ended are cleared away."""
    tx.connection.execute(delete(DESK_SESSION).where(DESK_SESSION.c.ends_at <= now))
    token = secrets.token_urlsafe(32)
    session = Session(
        hash=hash_of(token),
        login=login,
        csrf=secrets.token_urlsafe(24),
        created_at=now,
        seen_at=now,
        ends_at=now + lasts,
        address=address,
    )
    row = {name: getattr(session, name) for name in Session.__slots__}
    tx.connection.execute(insert(DESK_SESSION).values(**row))
    return session, token


def find(tx: Tx, token: str, *, now: datetime, idle: timedelta) -> tuple[Session, User] | None:
    """The session of a token with its user, if both may still be used at `now`."""
    found = tx.connection.execute(
        select(*(column.label(f"session_{column.name}") for column in DESK_SESSION.c), DESK_USER)
        .join(DESK_USER, DESK_USER.c.login == DESK_SESSION.c.login)
        .where(DESK_SESSION.c.hash == hash_of(token))
    )
    row = found.mappings().one_or_none()
    if row is None:
        return None
    session = Session(**{name: row[f"session_{name}"] for name in Session.__slots__})
    user = desk_users.of_row(row)
    over = now >= session.ends_at or now >= session.seen_at + idle
    return None if over or user.disabled_at is not None else (session, user)


def wants_touch(session: Session, now: datetime) -> bool:
    return now >= session.seen_at + _TOUCH_EVERY


def touch(tx: Tx, session: Session, now: datetime) -> None:
    """Note that it is in use."""
    tx.connection.execute(update(DESK_SESSION).where(DESK_SESSION.c.hash == session.hash).values(seen_at=now))


def of_user(tx: Tx, login: str, now: datetime) -> list[Session]:
    """The newest first."""
    wanted = select(DESK_SESSION).where(DESK_SESSION.c.login == login, DESK_SESSION.c.ends_at > now)
    rows = tx.connection.execute(wanted.order_by(DESK_SESSION.c.created_at.desc())).mappings()
    return [Session(**row) for row in rows]


def end(tx: Tx, session_hash: str) -> None:
    tx.connection.execute(delete(DESK_SESSION).where(DESK_SESSION.c.hash == session_hash))


def end_all(tx: Tx, login: str, *, but: str = "") -> int:
    """End the sessions of a user, but for one; gives how many there were."""
    those = DESK_SESSION.c.login == login, DESK_SESSION.c.hash != but
    return tx.connection.execute(delete(DESK_SESSION).where(*those)).rowcount


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
