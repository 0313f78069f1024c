"""What commands share: the settings and the store they name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.location import settings_path
from schemas import settings_file
from schemas.settings import HubSettings
from store.engine import Store


def load() -> HubSettings:
    return settings_file.load(settings_path(), os.environ)


@contextmanager
def opened(settings: HubSettings) -> Iterator[Store]:
    store = Store.open(settings.database_url, settings.landing_url)
    try:
        yield store
    finally:
        store.close()
