"""What people set on the site: payment terms, access, suspensions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_override",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=True),
        sa.Column("set_at", types.Instant(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("access_override_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("access_override_by_source_counterparty_id"),
        "access_override",
        ["source", "counterparty_id"],
        unique=False,
    )
    op.create_table(
        "access_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("segment_name", sa.Text(), nullable=True),
        sa.Column("segment_value", sa.Text(), nullable=True),
        sa.Column("set_at", types.Instant(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("access_rule_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("access_rule_by_source"), "access_rule", ["source"], unique=False)
    op.create_table(
        "terms_override",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("valid_from", types.Day(), nullable=False),
        sa.Column("set_at", types.Instant(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("terms_override_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("terms_override_by_source_subject_id"), "terms_override", ["source", "subject_id"], unique=False
    )
    op.create_table(
        "trading_suspension",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=False),
        sa.Column("from_on", types.Day(), nullable=False),
        sa.Column("to_on", types.Day(), nullable=True),
        sa.Column("set_at", types.Instant(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("trading_suspension_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("trading_suspension_by_source_counterparty_id"),
        "trading_suspension",
        ["source", "counterparty_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("trading_suspension_by_source_counterparty_id"), table_name="trading_suspension")
    op.drop_table("trading_suspension")
    op.drop_index(op.f("terms_override_by_source_subject_id"), table_name="terms_override")
    op.drop_table("terms_override")
    op.drop_index(op.f("access_rule_by_source"), table_name="access_rule")
    op.drop_table("access_rule")
    op.drop_index(op.f("access_override_by_source_counterparty_id"), table_name="access_override")
    op.drop_table("access_override")
