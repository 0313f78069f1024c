"""Characteristics, kinds of price, prices, warehouses and stock; what items are looked for by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store import history_triggers, types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("characteristic", "price_kind", "price", "warehouse", "stock")
STOREFRONT = "saldo_storefront"
KEY = ("source", "id")
SEARCHED = ("code", "article", "name", "full_name")


def upgrade() -> None:
    op.create_table(
        "characteristic",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.Column("gone_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("characteristic_pkey")),
    )

    op.create_table(
        "price_kind",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("includes_vat", sa.Boolean(), nullable=False),
        sa.Column("for_sale", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.Column("gone_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("price_kind_pkey")),
    )

    op.create_table(
        "price",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("price_kind_id", sa.Text(), nullable=False),
        sa.Column("characteristic_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", types.WallClock(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.Column("gone_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "source", "item_id", "price_kind_id", "characteristic_id", "unit_id", name=op.f("price_pkey")
        ),
    )

    op.create_index(op.f("price_by_source_price_kind_id"), "price", ["source", "price_kind_id"], unique=False)

    op.create_table(
        "warehouse",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deletion_mark", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.Column("gone_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("warehouse_pkey")),
    )

    op.create_table(
        "stock",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("characteristic_id", sa.Text(), nullable=False),
        sa.Column("purpose_id", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("to_ship", sa.BigInteger(), nullable=False),
        sa.Column("landing_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("gone_at", types.Instant(), nullable=True),
        sa.Column("gone_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "source", "item_id", "warehouse_id", "characteristic_id", "purpose_id", name=op.f("stock_pkey")
        ),
    )

    op.create_index(op.f("stock_by_source_warehouse_id"), "stock", ["source", "warehouse_id"], unique=False)

    op.add_column("item", sa.Column("search", sa.Text(), nullable=False, server_default=""))
    _fill_search()

    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f'GRANT SELECT ON "{table}" TO {STOREFRONT}')


def _fill_search() -> None:
    """As the mapping makes it: no reading is needed for items that are there."""
    bind = op.get_bind()
    item = sa.table("item", *(sa.column(name, sa.Text()) for name in (*KEY, *SEARCHED, "search")))
    rows = bind.execute(sa.select(*(item.c[name] for name in (*KEY, *SEARCHED)))).all()
    same = (item.c[name] == sa.bindparam(f"its_{name}") for name in KEY)
    fill = sa.update(item).where(*same).values(search=sa.bindparam("folded"))
    filled = [
        {"its_source": source, "its_id": key, "folded": "\n".join(words).casefold()}
        for source, key, *words in rows
    ]
    if filled:
        bind.execute(fill, filled)


def downgrade() -> None:
    history_triggers.remove(op.get_bind())
    op.drop_column("item", "search")
    for table in reversed(TABLES):
        op.drop_table(table)
