"""How psycopg is set up, so that PostgreSQL gives and takes the same plain values as SQLite."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.adapt import Buffer, Loader
from sqlalchemy import text
from sqlalchemy.pool import ConnectionPoolEntry

from schemas.api_keys import Tenancy

# A merge touches a few thousand rows of a table of any size: with the default cost of a random page
# PostgreSQL would read all of a table of half a million rows instead.
_OPTIONS = "-c timezone=UTC -c datestyle=ISO -c random_page_cost=1.1 -c work_mem=32MB"
CONNECT_ARGS = {"options": _OPTIONS, "application_name": "saldo"}

# What migration 0009 made: a role that sees the rows which these settings name, until the transaction ends.
STOREFRONT = "saldo_storefront"
AS_STOREFRONT = text(
    "SELECT set_config('saldo.source', :source, true), set_config('saldo.parties', :parties, true),"
    f" set_config('saldo.contact', :contact, true), set_config('role', '{STOREFRONT}', true)"
)

_JSON_IN = msgspec.json.Decoder(float_hook=Decimal)
_JSON_OUT = msgspec.json.Encoder(decimal_format="number", order="sorted")


class _DayLoader(Loader):
    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


class _WallClockLoader(Loader):
    def load(self, data: Buffer) -> str:
        return bytes(data).decode().replace(" ", "T", 1)


class _JsonLoader(Loader):
    """jsonb reorders keys; the text given back is the canonical one: compact, keys sorted, numbers exact."""

    def load(self, data: Buffer) -> str:
        return _JSON_OUT.encode(_JSON_IN.decode(bytes(data))).decode()


def on_connect(connection: Connection[Any], _entry: ConnectionPoolEntry) -> None:
    for name, loader in (("date", _DayLoader), ("timestamp", _WallClockLoader), ("jsonb", _JsonLoader)):
        connection.adapters.register_loader(name, loader)


def plan_once(connection: Any, *, prepare: bool) -> None:
    """Prepare repeated reads on the server, but plan each write afresh.

    A first load grows a table from nothing: a plan kept from its beginning would scan it whole for every row.
    """
    connection.prepare_threshold = 5 if prepare else None


def limits(tenancy: Tenancy) -> dict[str, str]:
    """The settings that `saldo_sees` reads: "" is no limit of base or person, "*" none of counterparties."""
    parties = "*" if tenancy.counterparties is None else ",".join(sorted(tenancy.counterparties))
    return {"source": tenancy.source or "", "parties": parties, "contact": tenancy.contact_id or ""}
