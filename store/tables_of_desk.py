"""Tables of people who work at the desk."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from store.metadata import METADATA
from store.types import Instant

# `password_hash` is Argon2id's own text. One that somebody else set is
# `password_expired`: its owner sets another first of all.
DESK_USER = Table(
    "desk_user",
    METADATA,
    Column("login", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("password_hash", Text),
    Column("oidc_subject", Text, unique=True),
    Column("password_expired", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("disabled_at", Instant),
)

# `hash` is SHA-256 of the token in the cookie, in hex.
DESK_SESSION = Table(
    "desk_session",
    METADATA,
    Column("hash", Text, primary_key=True),
    Column("login", Text, ForeignKey("desk_user.login"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("address", Text, nullable=False),
    Index(None, "login"),
    Index(None, "ends_at"),
)

# Wrong passwords: `what` is `login:<login>`, whether there is one or not, or `address:<address>`.
DESK_LOCK = Table(
    "desk_lock",
    METADATA,
    Column("what", Text, primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("locked_until", Instant),
)
