"""The SQLite file behind a base: one connection a thread, one writer at a time."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Database:
    def __init__(self, path: str | None) -> None:
        self._folder = tempfile.mkdtemp(prefix="simulator-") if path is None else ""
        self.path = path or str(Path(self._folder) / "base.sqlite")
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._writing = threading.RLock()
        self._depth = 0
        self._close = weakref.finalize(self, _discard, self._connections, self._folder)

    def close(self) -> None:
        """Close every connection; a base without a path of its own disappears."""
        self._close()

    @property
    def connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(
                self.path, timeout=60, isolation_level=None, check_same_thread=False, cached_statements=512
            )
            found.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384")
            self._local.connection = found
            self._connections.append(found)
        return found

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; nested uses join the outer one."""
        with self._writing:
            connection = self.connection
            if self._depth:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            else:
                connection.execute("COMMIT")
            finally:
                self._depth -= 1


def _discard(connections: list[sqlite3.Connection], folder: str) -> None:
    while connections:
        connections.pop().close()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
