"""Tables of those who use the API: their keys, what they wrote, what they asked for."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from store.metadata import METADATA
from store.types import Instant, Json, Surrogate

# `hash` is SHA-256 of the secret half of the key, in hex. The whole key is shown once, when it is made.
API_KEY = Table(
    "api_key",
    METADATA,
    Column("number", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("permissions", Json, nullable=False),
    Column("source", Text),
    Column("counterparty_id", Text),
    Column("contact_id", Text),
    Column("reach", Text, nullable=False),
    Column("per_minute", Integer),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("revoked_by", Text),
)

# Who wrote, or read a statement or a file (CM-13): kept in the transaction of what it tells of.
API_AUDIT = Table(
    "api_audit",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("key_number", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("source", Text),
    Column("counterparty_id", Text),
    Column("subject", Text),
    Column("details", Json, nullable=False),
    Index(None, "at"),
    Index(None, "source", "counterparty_id"),
    sqlite_autoincrement=True,
)

# The answer to a POST, under the Idempotency-Key it came with. `digest` is of method, address and body.
API_REPEAT = Table(
    "api_repeat",
    METADATA,
    Column("key_number", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Json, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("answered_at", Instant, nullable=False),
    PrimaryKeyConstraint("key_number", "idempotency_key"),
    Index(None, "answered_at"),
)

# Work that outlasts its request. state: pending | running | succeeded | failed. `input` and `result` are what
# the kind of operation says they are.
OPERATION = Table(
    "operation",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("counterparty_id", Text),
    Column("key_number", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Text, nullable=False),
    Column("input", Json, nullable=False),
    Column("result", Json),
    Column("error", Text),
    Column("hint", Text),
    Column("run_id", Text),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Index(None, "state", "kind"),
    Index(None, "source", "counterparty_id"),
)
