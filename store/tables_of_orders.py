"""Tables of what the portal sends to the books: orders, new counterparties, delivery points."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
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

# `number` is what people call it by, `id` what addresses have and what travels inside the accounting record.
# `lane` is whose it is: those of one lane go to the books one after another. `version` and `digest` are of the
# content that counts now; only `approved_digest` may be pushed. `event_version` grows with every change the
# storefront is told of. `ref_key`, `document_number`, `document_at` are the accounting record's, as last read back.
# `words` are the books' own about what they refused: for the company's people only.
SUBMISSION = Table(
    "submission",
    METADATA,
    Column("number", Surrogate, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("counterparty_id", Text),
    Column("branch_id", Text),
    Column("contact_id", Text),
    Column("organization_id", Text),
    Column("contract_id", Text),
    Column("currency", Text),
    Column("amount", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("approved_digest", Text),
    Column("event_version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("why", Text),
    Column("words", Text, nullable=False),
    Column("ref_key", Text),
    Column("document_number", Text, nullable=False),
    Column("document_at", Text),
    Column("status", Text),
    Column("status_at", Instant),
    Column("cancel_asked_at", Instant),
    Column("cancel_asked_by", Text),
    Column("cancel_reason", Text, nullable=False),
    UniqueConstraint("source", "kind", "lane", "reference"),
    Index(None, "source", "counterparty_id", "number"),
    Index(None, "source", "updated_at"),
    Index(None, "state", "source"),
    Index(None, "ref_key"),
    sqlite_autoincrement=True,
)

# Everything it ever said: `body` is what `schemas/` makes of its kind.
SUBMISSION_VERSION = Table(
    "submission_version",
    METADATA,
    Column("submission_number", BigInteger, ForeignKey("submission.number"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Json, nullable=False),
    Column("digest", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    PrimaryKeyConstraint("submission_number", "version"),
)

# How it got where it is: never changed. `note` is what a person gave as the reason, `words` the books' own.
SUBMISSION_STEP = Table(
    "submission_step",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("submission_number", BigInteger, ForeignKey("submission.number"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("why", Text),
    Column("note", Text, nullable=False),
    Column("words", Text, nullable=False),
    Index(None, "submission_number"),
    sqlite_autoincrement=True,
)

# One row for each that was ever queued: who is at it now, under which fence, and when it is looked at next.
# `sent_at` is when a request to create it was last begun: until `state` is another, it may have arrived.
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("submission_number", BigInteger, ForeignKey("submission.number"), primary_key=True),
    Column("source", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("holder", Text),
    Column("held_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Index(None, "source", "next_at"),
    Index(None, "source", "lane", "queued_at"),
)

# Every request that was made for it, with what came back: `sha256` names the bytes among the landed ones.
PUSH_ATTEMPT = Table(
    "push_attempt",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("submission_number", BigInteger, ForeignKey("submission.number"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("sha256", Text),
    Index(None, "submission_number"),
    sqlite_autoincrement=True,
)

# What the credit check found (FX-12): `findings` has every number it used, and what moment each is true for.
CREDIT_DECISION = Table(
    "credit_decision",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("submission_number", BigInteger, ForeignKey("submission.number"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("findings", Json, nullable=False),
    Index(None, "submission_number"),
    sqlite_autoincrement=True,
)
