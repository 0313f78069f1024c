"""Statements that live, files that leave the hub, and people of the company who work at the desk.

No reader of the storefront has anything to do with the desk: its tables are not granted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STOREFRONT = "saldo_storefront"
_OF_STATEMENT = "EXISTS (SELECT 1 FROM statement s WHERE s.number = statement_number)"
POLICIES = {
    "statement": "saldo_sees_money(source, counterparty_id)",
    "statement_drawing": _OF_STATEMENT,
    "statement_period": _OF_STATEMENT,
    "statement_step": _OF_STATEMENT,
    "statement_upload": _OF_STATEMENT,
    "file": (
        "saldo_sees(source, counterparty_id) AND CASE subject"
        " WHEN 'statement' THEN EXISTS (SELECT 1 FROM statement s WHERE s.id = subject_id)"
        " ELSE EXISTS (SELECT 1 FROM document d WHERE d.source = file.source AND d.id = subject_id) END"
    ),
    "file_read": "EXISTS (SELECT 1 FROM file f WHERE f.id = file_id)",
}


def upgrade() -> None:
    op.create_table(
        "desk_lock",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("since", types.Instant(), nullable=False),
        sa.Column("locked_until", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("what", name=op.f("desk_lock_pkey")),
    )
    op.create_table(
        "desk_user",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("oidc_subject", sa.Text(), nullable=True),
        sa.Column("password_expired", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("disabled_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("login", name=op.f("desk_user_pkey")),
        sa.UniqueConstraint("oidc_subject", name=op.f("desk_user_oidc_subject_key")),
    )
    op.create_table(
        "file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("of_version", sa.Text(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("file_pkey")),
    )
    op.create_index(
        "file_by_subject",
        "file",
        ["source", "subject", "subject_id", "form", "language", "media_type", "version"],
        unique=True,
    )
    op.create_table(
        "desk_session",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("seen_at", types.Instant(), nullable=False),
        sa.Column("ends_at", types.Instant(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"],
            ["desk_user.login"],
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("desk_session_pkey")),
    )
    op.create_index(op.f("desk_session_by_ends_at"), "desk_session", ["ends_at"], unique=False)
    op.create_index(op.f("desk_session_by_login"), "desk_session", ["login"], unique=False)
    op.create_table(
        "file_read",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["file.id"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("file_read_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("file_read_by_file_id_by"), "file_read", ["file_id", "by"], unique=False)
    op.create_table(
        "statement",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("contract_kind", sa.Text(), nullable=True),
        sa.Column("currencies", types.Json(), nullable=False),
        sa.Column("first_on", types.Day(), nullable=False),
        sa.Column("last_on", types.Day(), nullable=False),
        sa.Column("by_contract", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("sums", types.Json(), nullable=False),
        sa.Column("as_of", types.Instant(), nullable=False),
        sa.Column("confirmed_at", types.Instant(), nullable=True),
        sa.Column("asked_at", types.Instant(), nullable=True),
        sa.Column("compare_at", types.Instant(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("statement_pkey")),
        sa.UniqueConstraint("id", name=op.f("statement_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("statement_by_checksum"), "statement", ["checksum"], unique=False)
    op.create_index(op.f("statement_by_compare_at"), "statement", ["compare_at"], unique=False)
    op.create_index(
        op.f("statement_by_source_counterparty_id_created_at"),
        "statement",
        ["source", "counterparty_id", "created_at"],
        unique=False,
    )
    op.create_index(op.f("statement_by_source_digest"), "statement", ["source", "digest"], unique=False)
    op.create_index(op.f("statement_by_state"), "statement", ["state"], unique=False)
    op.create_table(
        "statement_drawing",
        sa.Column("statement_number", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("producer", sa.Text(), nullable=False),
        sa.Column("as_of", types.Instant(), nullable=False),
        sa.Column("drawn_at", types.Instant(), nullable=False),
        sa.Column("body", types.Json(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("landing_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_number"],
            ["statement.number"],
        ),
        sa.PrimaryKeyConstraint("statement_number", "side", "currency", name=op.f("statement_drawing_pkey")),
    )
    op.create_table(
        "statement_period",
        sa.Column("statement_number", sa.BigInteger(), nullable=False),
        sa.Column("agreed_period_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreed_period_id"],
            ["agreed_period.id"],
        ),
        sa.ForeignKeyConstraint(
            ["statement_number"],
            ["statement.number"],
        ),
        sa.PrimaryKeyConstraint("statement_number", "agreed_period_id", name=op.f("statement_period_pkey")),
    )
    op.create_table(
        "statement_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_number", sa.BigInteger(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_number"],
            ["statement.number"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("statement_step_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("statement_step_by_statement_number"), "statement_step", ["statement_number"], unique=False
    )
    op.create_table(
        "statement_upload",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("statement_number", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", types.Instant(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("half", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("received", types.Json(), nullable=False),
        sa.Column("disagreements", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_number"],
            ["statement.number"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("statement_upload_pkey")),
    )
    op.create_index(
        op.f("statement_upload_by_statement_number"), "statement_upload", ["statement_number"], unique=False
    )

    op.create_index(
        op.f("partner_by_source_changed_at_id"), "partner", ["source", "changed_at", "id"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        _let_the_storefront_see()


def _let_the_storefront_see() -> None:
    for table, condition in POLICIES.items():
        op.execute(f'GRANT SELECT ON "{table}" TO {STOREFRONT}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY storefront ON "{table}" FOR SELECT TO {STOREFRONT} USING ({condition})')
        op.execute(f"CREATE POLICY hub ON \"{table}\" USING (current_user <> '{STOREFRONT}')")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in POLICIES:  # a policy keeps the tables that it looks into
            op.execute(f'DROP POLICY storefront ON "{table}"')
            op.execute(f'DROP POLICY hub ON "{table}"')
    op.drop_index(op.f("partner_by_source_changed_at_id"), table_name="partner")
    op.drop_index(op.f("statement_upload_by_statement_number"), table_name="statement_upload")
    op.drop_table("statement_upload")
    op.drop_index(op.f("statement_step_by_statement_number"), table_name="statement_step")
    op.drop_table("statement_step")
    op.drop_table("statement_period")
    op.drop_table("statement_drawing")
    op.drop_index(op.f("statement_by_state"), table_name="statement")
    op.drop_index(op.f("statement_by_source_digest"), table_name="statement")
    op.drop_index(op.f("statement_by_source_counterparty_id_created_at"), table_name="statement")
    op.drop_index(op.f("statement_by_compare_at"), table_name="statement")
    op.drop_index(op.f("statement_by_checksum"), table_name="statement")
    op.drop_table("statement")
    op.drop_index(op.f("file_read_by_file_id_by"), table_name="file_read")
    op.drop_table("file_read")
    op.drop_index(op.f("desk_session_by_login"), table_name="desk_session")
    op.drop_index(op.f("desk_session_by_ends_at"), table_name="desk_session")
    op.drop_table("desk_session")
    op.drop_index("file_by_subject", table_name="file")
    op.drop_table("file")
    op.drop_table("desk_user")
    op.drop_table("desk_lock")
