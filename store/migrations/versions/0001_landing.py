"""Where bytes, watermarks, rejections and runs are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "landing_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("scope_start", types.WallClock(), nullable=True),
        sa.Column("scope_end", types.WallClock(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("fetched_at", types.Instant(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("mapped_at", types.Instant(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("landing_unit_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("landing_unit_by_source_entity_id"), "landing_unit", ["source", "entity", "id"], unique=False
    )
    op.create_index(
        op.f("landing_unit_by_source_entity_state"),
        "landing_unit",
        ["source", "entity", "state"],
        unique=False,
    )

    op.create_table(
        "landing_page",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("fetched_at", types.Instant(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["landing_unit.id"], name="landing_page_unit_id_fkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("landing_page_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("landing_page_by_sha256"), "landing_page", ["sha256"], unique=False)
    op.create_index(op.f("landing_page_by_unit_id"), "landing_page", ["unit_id"], unique=False)

    op.create_table(
        "watermark",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("position", types.WallClock(), nullable=True),
        sa.Column("landed_at", types.Instant(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "entity", name=op.f("watermark_pkey")),
    )

    op.create_table(
        "rejected",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("paths", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("first_seen_at", types.Instant(), nullable=False),
        sa.Column("last_seen_at", types.Instant(), nullable=False),
        sa.Column("resolved_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "entity", "record_id", "field", name=op.f("rejected_pkey")),
    )
    op.create_index(
        op.f("rejected_by_source_resolved_at"), "rejected", ["source", "resolved_at"], unique=False
    )

    op.create_table(
        "sync_run",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("started_at", types.Instant(), nullable=False),
        sa.Column("finished_at", types.Instant(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("inserted", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("source_seconds", sa.Float(), nullable=False),
        sa.Column("watermark_before", types.WallClock(), nullable=True),
        sa.Column("watermark_after", types.WallClock(), nullable=True),
        sa.Column("control_total", types.Json(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "source", "entity", name=op.f("sync_run_pkey")),
    )
    op.create_index(
        op.f("sync_run_by_source_entity_started_at"),
        "sync_run",
        ["source", "entity", "started_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("sync_run")
    op.drop_table("rejected")
    op.drop_table("watermark")
    op.drop_table("landing_page")
    op.drop_table("landing_unit")
