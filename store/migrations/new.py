"""Write a migration from what the tables are now: `python -m store.migrations.new "add price of item"`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from store.engine import connect
from store.migrations import configuration


def write(message: str) -> Path:
    """Compare the tables in the code with those the migrations make; give the new migration's file."""
    config = configuration()
    newest = ScriptDirectory.from_config(config).get_current_head()
    revision = f"{int(newest or 0) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/migrated.db")
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")  # without triggers: the new table is not there yet
            script = command.revision(config, message, autogenerate=True, rev_id=revision)
        engine.dispose()
    if script is None or isinstance(script, list):
        raise RuntimeError("alembic wrote no single migration")
    return Path(script.path)


if __name__ == "__main__":
    sys.stdout.write(f"{write(sys.argv[1])}\n")
