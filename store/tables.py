"""The store's own tables: what was landed, how far, what was refused, what each run did, and the balances."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from store.metadata import METADATA
from store.types import Day, Instant, Json, Surrogate, WallClock

LANDING_UNIT = Table(
    "landing_unit",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("scope_start", WallClock),
    Column("scope_end", WallClock),
    Column("pages", Integer, nullable=False),
    Column("records", Integer),
    Column("bytes", BigInteger, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("mapped_at", Instant),
    Column("state", Text, nullable=False),
    Column("keys", Json),
    Index(None, "source", "entity", "id"),
    Index(None, "source", "entity", "state"),
    Index(None, "source", "entity", "run_id"),
    Index(None, "source", "state", "entity"),
    Index(None, "source", "mapped_at"),
    sqlite_autoincrement=True,
)

# `id` grows with arrival: of two rows for one record the one with the later page is the newer. A page with
# `error` is no answer; with `record_id` it is what came in place of that one record of its unit.
LANDING_PAGE = Table(
    "landing_page",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("unit_id", Surrogate, ForeignKey("landing_unit.id", name="landing_page_unit_id_fkey")),
    Column("seq", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("stored_size", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("error", Text),
    Column("record_id", Text),
    Column("hint", Text),
    Index(None, "unit_id"),
    Index(None, "sha256"),
    sqlite_autoincrement=True,
)

WATERMARK = Table(
    "watermark",
    METADATA,
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("position", WallClock),
    Column("landed_at", Instant, nullable=False),
    Column("unit_id", BigInteger),
    Column("run_id", Text, nullable=False),
    PrimaryKeyConstraint("source", "entity"),
)

# `step` is map (found while mapping) or balance (found while balances were derived): each resolves its own.
REJECTED = Table(
    "rejected",
    METADATA,
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("landing_id", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),
    Column("paths", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolved_by", Text),
    Column("resolution", Text),
    PrimaryKeyConstraint("source", "entity", "record_id", "field"),
    Index(None, "source", "resolved_at"),
)

SYNC_RUN = Table(
    "sync_run",
    METADATA,
    Column("run_id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", Text, nullable=False),
    Column("read", Integer, nullable=False),
    Column("inserted", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("source_seconds", Float, nullable=False),
    Column("requests", Integer, nullable=False, server_default="0"),
    Column("sessions", Integer, nullable=False, server_default="0"),
    Column("watermark_before", WallClock),
    Column("watermark_after", WallClock),
    Column("control_total", Json, nullable=False),
    Column("error", Text),
    PrimaryKeyConstraint("run_id", "source", "entity"),
    Index(None, "source", "entity", "started_at"),
)

# Derived. A settlement key may name no organisation or contract: then the id here is "".
CONTRACT_BALANCE = Table(
    "contract_balance",
    METADATA,
    Column("source", Text, nullable=False),
    Column("organization_id", Text, nullable=False),
    Column("counterparty_id", Text, nullable=False),
    Column("contract_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("debt", BigInteger, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("changed_at", Instant),
    Column("refreshed_at", Instant, nullable=False),
    PrimaryKeyConstraint("source", "counterparty_id", "contract_id", "organization_id", "currency"),
)

# Derived, without a primary key: what an item is told apart by may be NULL (no due date, no document).
OPEN_ITEM = Table(
    "open_item",
    METADATA,
    Column("source", Text, nullable=False),
    Column("organization_id", Text, nullable=False),
    Column("counterparty_id", Text, nullable=False),
    Column("contract_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("settlement_object_id", Text),
    Column("settled_id", Text),
    Column("settled_kind", Text, nullable=False),
    Column("arose_on", Day),
    Column("due_on", Day),
    Column("amount", BigInteger, nullable=False),
    Column("debt", BigInteger, nullable=False),
    Column("advance", BigInteger, nullable=False),
    Index(None, "source", "counterparty_id"),
)

BALANCE_STATE = Table(
    "balance_state",
    METADATA,
    Column("source", Text, nullable=False),
    Column("refreshed_at", Instant, nullable=False),
    Column("as_of", Instant),
    Column("entries", Integer, nullable=False),
    PrimaryKeyConstraint("source"),
)
