"""One small company for all read-only tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.base import Base
from tests.unit.simulator.companies import company


@pytest.fixture(scope="session")
def small() -> Iterator[Base]:
    base = company("small")
    yield base
    base.close()
