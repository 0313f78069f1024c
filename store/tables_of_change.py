"""Tables of what changed and who may say so: versions, agreed periods, leases, exchange nodes, notifications."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from store.metadata import METADATA
from store.types import Day, Instant, Json, Surrogate, WallClock

# An earlier version of a stored row: shown from `from_at` to `to_at`. `reason` tells what ended it: changed,
# unposted, deletion_marked, moved_date, moved_contract, deleted (or another of store/history_reasons.py).
# `parent_id` is what the row belonged to then: its document, settlement key or counterparty.
RECORD_HISTORY = Table(
    "record_history",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("source", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("parent_id", Text),
    Column("entity", Text),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("landing_id", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),
    Column("mapping_digest", Text),
    Column("run_id", Text),
    Column("ended_by_run", Text),
    Column("fields", Json, nullable=False),
    Index(None, "source", "record", "record_id", "to_at"),
    Index(None, "source", "record", "parent_id", "to_at"),
    Index(None, "source", "to_at"),
    sqlite_autoincrement=True,
)

# A balance that was shown and is no longer.
BALANCE_HISTORY = Table(
    "balance_history",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("source", Text, nullable=False),
    Column("organization_id", Text, nullable=False),
    Column("counterparty_id", Text, nullable=False),
    Column("contract_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("debt", BigInteger, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),
    Index(None, "source", "counterparty_id", "to_at"),
    sqlite_autoincrement=True,
)

# A period that the counterparty agreed to: what changes in it afterwards is an alert, once.
AGREED_PERIOD = Table(
    "agreed_period",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("source", Text, nullable=False),
    Column("organization_id", Text, nullable=False),
    Column("counterparty_id", Text, nullable=False),
    Column("contract_id", Text),
    Column("currency", Text),
    Column("start_on", Day, nullable=False),
    Column("end_on", Day, nullable=False),
    Column("agreed_at", Instant, nullable=False),
    Column("agreed_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("withdrawn_at", Instant),
    Index(None, "source", "counterparty_id"),
    sqlite_autoincrement=True,
)

AGREED_CHANGE = Table(
    "agreed_change",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("period_id", BigInteger, nullable=False),
    Column("recorder_id", Text, nullable=False),
    Column("recorder_kind", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("dated_at", WallClock),
    Column("agreed_amount", BigInteger, nullable=False),
    Column("amount_now", BigInteger, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("accepted_by", Text),
    UniqueConstraint("period_id", "recorder_id", "currency", "amount_now"),
    sqlite_autoincrement=True,
)

# Who alone may do something for now. `token` grows with every new holder: an old one is refused by it.
LEASE = Table(
    "lease",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# Where the exchange with a base stands. `blocked` tells why its packages cannot be had.
EXCHANGE_NODE = Table(
    "exchange_node",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("message_no", BigInteger, nullable=False),
    Column("looked_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("blocked", Text),
    Column("blocked_hint", Text),
)

NOTIFICATION = Table(
    "notification",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("run_id", Text),
    UniqueConstraint("source", "message_id", "entity", "record_id"),
    Index(None, "source", "done_at"),
    sqlite_autoincrement=True,
)

# The kill switch: while a source has a row here, nothing asks it.
PAUSE = Table(
    "pause",
    METADATA,
    Column("source", Text, nullable=False),
    Column("paused_at", Instant, nullable=False),
    Column("paused_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("source"),
)
