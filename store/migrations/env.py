"""What alembic runs: `upgrade` and `new` hand it an open connection."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from store import (
    record_tables,
    tables,
    tables_of_api,
    tables_of_change,
    tables_of_desk,
    tables_of_news,
    tables_of_orders,
    tables_of_proof,
    tables_of_site,
    tables_of_statements,
)
from store.metadata import METADATA
from store.migrations import VERSION_TABLE

_OURS = ("WallClock", "Day", "Json", "Instant")


def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types by their names in `store.types`."""
    name = type(item).__name__
    if kind == "type" and type(item).__module__ == "store.types" and name in _OURS:
        autogen.imports.add("from store import types")
        return f"types.{name}()"
    return False


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_item=render,
        transactional_ddl=True,
        version_table=VERSION_TABLE,
    )
    with context.begin_transaction():
        context.run_migrations()


__all__ = [
    "record_tables",
    "tables",
    "tables_of_api",
    "tables_of_change",
    "tables_of_desk",
    "tables_of_news",
    "tables_of_orders",
    "tables_of_proof",
    "tables_of_site",
    "tables_of_statements",
]

if (
    __name__ != "store.migrations.env"
):  # alembic loads this file under a name of its own; importing it does nothing
    run()
