"""Tables of what the storefront is told: what may have changed, what was last told, events, deliveries."""

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
    UniqueConstraint,
)

from store.metadata import METADATA
from store.types import Instant, Json, Surrogate

# Grows by one with every transaction that may change an answer about a source: what was made before it is old.
SOURCE_VERSION = Table(
    "source_version",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)

# What may have changed and was not looked at yet, written by the transaction that changed it and never again:
# who looks takes away the very rows it read, so a mark made meanwhile stays.
# kind: counterparty | document | order | everybody (record_id is then "") | first (a counterparty nobody was told of)
NEWS = Table(
    "news",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Index(None, "source", "kind", "record_id"),
    sqlite_autoincrement=True,
)

# What was last told of a subject. topic: balance | overdue | access | trading | document | sync. `version` grows
# with every event of the subject, so that a receiver can drop what is older than what it has. The topic `first`
# names what is told of at all: "parties", and every declaration of documents that was read to its end.
TOLD = Table(
    "told",
    METADATA,
    Column("source", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("state", Json, nullable=False),
    Column("told_at", Instant, nullable=False),
    PrimaryKeyConstraint("source", "topic", "subject_id"),
)

# How far a source was looked at: `day` is the day of its zone that overdue was last judged on, `version` the
# source's version, `digest` the settings that counted, `next_at` when something changes by itself.
NEWS_STATE = Table(
    "news_state",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("day", Text, nullable=False),
    Column("looked_at", Instant, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
)

EVENT = Table(
    "event",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("counterparty_id", Text),
    Column("subject_id", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("data", Json, nullable=False),
    UniqueConstraint("event_id"),
    Index(None, "source", "counterparty_id"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

# Where events go. `secrets` are the keys that sign, the newest first: two while one is being changed.
# `resting_until`: a receiver that fails is left alone for a while. `heard_until` is the last event there was
# when the webhook was disabled. disabled_because: failing | gone | key_invalid | by_hand.
WEBHOOK = Table(
    "webhook",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", Json, nullable=False),
    Column("source", Text),
    Column("counterparties", Json),
    Column("secrets", Json, nullable=False),
    Column("key_number", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("failing_since", Instant),
    Column("resting_until", Instant),
    Column("disabled_at", Instant),
    Column("disabled_because", Text),
    Column("heard_until", BigInteger),
)

# state: pending | delivered | given_up. `tried_since` is the first attempt that failed since it was queued.
DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("webhook_id", Text, ForeignKey("webhook.id", name="delivery_webhook_id_fkey"), nullable=False),
    Column("event_number", Surrogate, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_since", Instant),
    Column("next_at", Instant, nullable=False),
    Column("delivered_at", Instant),
    Column("last_status", Integer),
    Column("last_error", Text),
    UniqueConstraint("webhook_id", "event_number"),
    Index(None, "state", "next_at"),
    Index(None, "webhook_id", "state", "event_number"),
    Index(None, "event_number"),
    sqlite_autoincrement=True,
)

DELIVERY_ATTEMPT = Table(
    "delivery_attempt",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("delivery_id", Surrogate, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Integer),
    Column("seconds", Float, nullable=False),
    Column("error", Text),
    Index(None, "delivery_id"),
    sqlite_autoincrement=True,
)
