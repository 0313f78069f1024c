"""The schema's history. `upgrade(url)` brings a database to the newest version, from any or none."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from store import history_triggers
from store.engine import Store, connect

VERSION_TABLE = "schema_version"
_LOCK = 0x5A1D0  # any number; the same one in every process that migrates


def upgrade(database_url: str) -> None:
    """Apply what is missing, all of it or nothing. Processes that start together wait for each other."""
    engine = connect(database_url)
    try:
        upgrade_engine(engine)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = configuration()
        config.attributes["connection"] = connection
        if not _is_newest(connection):
            history_triggers.remove(connection)
            command.upgrade(config, "head")
        history_triggers.install(connection)


def is_current(store: Store) -> bool:
    """Whether the database has exactly the schema this code was written for."""
    with store.reading() as tx:
        return _is_newest(tx.connection)


def _is_newest(connection: Connection) -> bool:
    options = {"version_table": VERSION_TABLE}
    heads = MigrationContext.configure(connection, opts=options).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(configuration()).get_heads())


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config
