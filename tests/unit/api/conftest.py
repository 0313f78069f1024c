from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.api.books import Books


@pytest.fixture
def books(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    """An empty store on SQLite."""
    opened = Books.open(sqlite_url, tmp_path / "landing")
    yield opened
    opened.store.close()
