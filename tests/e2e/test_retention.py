"""After old bytes are dropped the store still follows from what is left."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assets.replay import replay_into
from assets.tidy import tidy
from assets.verify import verify
from store import comparing, copying
from tests.e2e.shop import Shop


def test_a_tidied_landing_still_gives_the_same_store(shop_on_any: Shop, tmp_path: Path) -> None:
    shop = shop_on_any
    shop.live()
    shop.live()
    for file in (tmp_path / "landing").rglob("*.zst"):
        os.utime(file, (time.time() - 7_200,) * 2)
    dropped = tidy(shop.store, [shop.source], datetime.now(UTC) + timedelta(days=1), run_id="tidy")
    assert dropped.units > 0
    assert dropped.bytes > 0
    assert verify(shop.store, shop.source).mismatches == []
    target = copying.new(f"sqlite:///{tmp_path / 'new.db'}", shop.settings.landing_url)
    replay_into(shop.store, target, [shop.source], run_id="again")
    assert list(comparing.differences(shop.store, target)) == []
    target.close()
