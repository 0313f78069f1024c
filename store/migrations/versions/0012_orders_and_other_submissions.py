"""Orders and whatever else the portal sends to the books; rates of VAT, which the sums of orders need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import history_triggers, types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STOREFRONT = "saldo_storefront"
_CONTACT = "coalesce(current_setting('saldo.contact', true), '') IN ('', contact_id)"
_OF_SUBMISSION = "EXISTS (SELECT 1 FROM submission s WHERE s.number = submission_number)"
POLICIES = {
    "submission": (
        "(current_setting('saldo.parties', true) = '*' AND saldo_sees(source, NULL)"
        f" OR saldo_sees(source, counterparty_id) OR saldo_sees(source, branch_id)) AND {_CONTACT}"
    ),
    "submission_version": _OF_SUBMISSION,
    "submission_step": _OF_SUBMISSION,
    "credit_decision": _OF_SUBMISSION,
    "approval_rule": (
        "current_setting('saldo.parties', true) = '*' AND saldo_sees(source, NULL)"
        " OR saldo_sees(source, counterparty_id)"
    ),
}


def upgrade() -> None:
    op.create_table(
        "approval_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("branch_id", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("set_at", types.Instant(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("approval_rule_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("approval_rule_by_source_counterparty_id"),
        "approval_rule",
        ["source", "counterparty_id"],
        unique=False,
    )
    op.create_table(
        "submission",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.Text(), nullable=True),
        sa.Column("branch_id", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("organization_id", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", types.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("approved_digest", sa.Text(), nullable=True),
        sa.Column("event_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", types.Instant(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("ref_key", sa.Text(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_at", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("status_at", types.Instant(), nullable=True),
        sa.Column("cancel_asked_at", types.Instant(), nullable=True),
        sa.Column("cancel_asked_by", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("submission_pkey")),
        sa.UniqueConstraint("id", name=op.f("submission_id_key")),
        sa.UniqueConstraint(
            "source", "kind", "lane", "reference", name=op.f("submission_source_kind_lane_reference_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("submission_by_ref_key"), "submission", ["ref_key"], unique=False)
    op.create_index(
        op.f("submission_by_source_counterparty_id_number"),
        "submission",
        ["source", "counterparty_id", "number"],
        unique=False,
    )
    op.create_index(
        op.f("submission_by_source_updated_at"), "submission", ["source", "updated_at"], unique=False
    )
    op.create_index(op.f("submission_by_state_source"), "submission", ["state", "source"], unique=False)
    op.create_table(
        "vat_rate",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.Column("gone_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("vat_rate_pkey")),
    )
    op.create_table(
        "credit_decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_number", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("findings", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_number"],
            ["submission.number"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("credit_decision_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("credit_decision_by_submission_number"), "credit_decision", ["submission_number"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("submission_number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("queued_at", types.Instant(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("held_until", types.Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", types.Instant(), nullable=False),
        sa.Column("sent_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_number"],
            ["submission.number"],
        ),
        sa.PrimaryKeyConstraint("submission_number", name=op.f("outbox_pkey")),
    )
    op.create_index(
        op.f("outbox_by_source_lane_queued_at"), "outbox", ["source", "lane", "queued_at"], unique=False
    )
    op.create_index(op.f("outbox_by_source_next_at"), "outbox", ["source", "next_at"], unique=False)
    op.create_table(
        "push_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_number", sa.BigInteger(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_number"],
            ["submission.number"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("push_attempt_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("push_attempt_by_submission_number"), "push_attempt", ["submission_number"], unique=False
    )
    op.create_table(
        "submission_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_number", sa.BigInteger(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_number"],
            ["submission.number"],
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("submission_step_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("submission_step_by_submission_number"), "submission_step", ["submission_number"], unique=False
    )
    op.create_table(
        "submission_version",
        sa.Column("submission_number", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", types.Json(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_number"],
            ["submission.number"],
        ),
        sa.PrimaryKeyConstraint("submission_number", "version", name=op.f("submission_version_pkey")),
    )
    op.add_column("item", sa.Column("vat_rate_id", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        _let_the_storefront_see()


def _let_the_storefront_see() -> None:
    op.execute(f'GRANT SELECT ON "vat_rate" TO {STOREFRONT}')
    for table, condition in POLICIES.items():
        op.execute(f'GRANT SELECT ON "{table}" TO {STOREFRONT}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY storefront ON "{table}" FOR SELECT TO {STOREFRONT} USING ({condition})')
        op.execute(f"CREATE POLICY hub ON \"{table}\" USING (current_user <> '{STOREFRONT}')")


def downgrade() -> None:
    history_triggers.remove(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        for table in POLICIES:  # a policy keeps the tables that it looks into
            op.execute(f'DROP POLICY storefront ON "{table}"')
            op.execute(f'DROP POLICY hub ON "{table}"')
    op.drop_column("item", "vat_rate_id")
    op.drop_table("submission_version")
    op.drop_index(op.f("submission_step_by_submission_number"), table_name="submission_step")
    op.drop_table("submission_step")
    op.drop_index(op.f("push_attempt_by_submission_number"), table_name="push_attempt")
    op.drop_table("push_attempt")
    op.drop_index(op.f("outbox_by_source_next_at"), table_name="outbox")
    op.drop_index(op.f("outbox_by_source_lane_queued_at"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("credit_decision_by_submission_number"), table_name="credit_decision")
    op.drop_table("credit_decision")
    op.drop_table("vat_rate")
    op.drop_index(op.f("submission_by_state_source"), table_name="submission")
    op.drop_index(op.f("submission_by_source_updated_at"), table_name="submission")
    op.drop_index(op.f("submission_by_source_counterparty_id_number"), table_name="submission")
    op.drop_index(op.f("submission_by_ref_key"), table_name="submission")
    op.drop_table("submission")
    op.drop_index(op.f("approval_rule_by_source_counterparty_id"), table_name="approval_rule")
    op.drop_table("approval_rule")
