"""Tables of statements that were drawn, and of files that leave the hub."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from store.metadata import METADATA
from store.types import Day, Instant, Json, Surrogate

# `number` is what people call it by, `id` (32 hexadecimal digits) what addresses have. `digest` is of what was
# asked for; `sums` is {currency: [opening, debit, credit, closing]} in minor units, of the drawing that is shown.
# `version` grows with every change the storefront is told of. `compare_at` is when the accounting system is
# asked next, where it was not heard; `why` says what it waits for, `asked_at` when it was last asked in vain.
# `confirmed_at`: both sides gave the same again.
STATEMENT = Table(
    "statement",
    METADATA,
    Column("number", Surrogate, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("organization_id", Text, nullable=False),
    Column("counterparty_id", Text, nullable=False),
    Column("contract_id", Text),
    Column("contract_kind", Text),
    Column("currencies", Json, nullable=False),
    Column("first_on", Day, nullable=False),
    Column("last_on", Day, nullable=False),
    Column("by_contract", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("differences", Integer, nullable=False),
    Column("shown", Text, nullable=False),
    Column("checksum", Text, nullable=False),
    Column("sums", Json, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("asked_at", Instant),
    Column("compare_at", Instant),
    Column("why", Text),
    Index(None, "source", "counterparty_id", "created_at"),
    Index(None, "source", "digest"),
    Index(None, "checksum"),
    Index(None, "state"),
    Index(None, "compare_at"),
    sqlite_autoincrement=True,
)

# What one side drew in one currency; `digest` is of `body`. `landing_unit_id` holds the accounting system's bytes.
STATEMENT_DRAWING = Table(
    "statement_drawing",
    METADATA,
    Column("statement_number", BigInteger, ForeignKey("statement.number"), nullable=False),
    Column("side", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("producer", Text, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("drawn_at", Instant, nullable=False),
    Column("body", Json, nullable=False),
    Column("digest", Text, nullable=False),
    Column("landing_unit_id", BigInteger),
    Column("run_id", Text, nullable=False),
    PrimaryKeyConstraint("statement_number", "side", "currency"),
)

# What was agreed with it: a period for each currency, and for each contract where it is of a kind of contract.
STATEMENT_PERIOD = Table(
    "statement_period",
    METADATA,
    Column("statement_number", BigInteger, ForeignKey("statement.number"), nullable=False),
    Column("agreed_period_id", BigInteger, ForeignKey("agreed_period.id"), nullable=False),
    PrimaryKeyConstraint("statement_number", "agreed_period_id"),
)

# What people did with it, and when: never changed.
STATEMENT_STEP = Table(
    "statement_step",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("statement_number", BigInteger, ForeignKey("statement.number"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "statement_number"),
    sqlite_autoincrement=True,
)

# The counterparty's own statement: `sha256` names its bytes among the files, `received` what was read from them.
STATEMENT_UPLOAD = Table(
    "statement_upload",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("statement_number", BigInteger, ForeignKey("statement.number"), nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("half", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("received", Json, nullable=False),
    Column("disagreements", Integer, nullable=False),
    Index(None, "statement_number"),
)

# A file of a document or a statement (`subject`), as it was given out: its bytes are kept by their hash.
# `form` is the accounting system's name of a print form, or the hub's own. `origin` is who made it:
# accounting_system | hub. `of_version` is what of the subject it shows.
FILE = Table(
    "file",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("counterparty_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("of_version", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index(
        "file_by_subject",
        *("source", "subject", "subject_id", "form", "language", "media_type", "version"),
        unique=True,
    ),
)

# Who took which file, and when (CM-22). `by` is `key:<number>` or `user:<login>`.
FILE_READ = Table(
    "file_read",
    METADATA,
    Column("id", Surrogate, primary_key=True),
    Column("file_id", Text, ForeignKey("file.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Index(None, "file_id", "by"),
    sqlite_autoincrement=True,
)
