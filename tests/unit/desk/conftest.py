from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.api.books import Books


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """A store of one base that has read nothing yet."""
    opened = Books.open(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "landing")
    yield opened
    opened.store.close()
