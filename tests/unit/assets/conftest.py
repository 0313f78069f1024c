"""The migrated stores of the tests of the store, for tests of what is done with them."""

from __future__ import annotations

from tests.unit.store.conftest import (
    desk,
    migrated_postgres,
    migrated_sqlite,
    shared_postgres,
    store,
)

__all__ = ["desk", "migrated_postgres", "migrated_sqlite", "shared_postgres", "store"]
