"""From a signed message to the row on the site: one small pull."""

from __future__ import annotations

import json
import time

import pytest
from litestar.testing import TestClient

from api.app import create_app
from schemas import TABLES, settings_file, signing
from schemas.settings import Secret
from simulator.life.life import Life
from store import records
from tests.e2e.world import SOURCE, World

KEY = "a key that the base and the hub share"


def test_a_signed_message_about_a_new_document_brings_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.load()
    made = Life(world.base, seed=31).new_shipment()
    monkeypatch.setenv("TEST_NOTIFY_KEY", KEY)
    source = world.home / "sources" / f"{SOURCE}.toml"
    lines = source.read_text(encoding="utf-8")
    source.write_text(f'notify_secret_env = "TEST_NOTIFY_KEY"\n{lines}', encoding="utf-8")
    settings = settings_file.load(world.home / "saldo.toml", {**world.environ, "TEST_NOTIFY_KEY": KEY})
    body, sent = json.dumps({"entity": made.entity_set, "id": made.ref}).encode(), str(int(time.time()))
    signature = signing.sign("msg-1", sent, body, Secret(KEY))
    headers = {"webhook-id": "msg-1", "webhook-timestamp": sent, "webhook-signature": f"v1,{signature}"}
    with TestClient(create_app(settings, world.store)) as client:
        for accepted in (1, 0):
            answer = client.post(f"/v1/sources/{SOURCE}/notifications", content=body, headers=headers)
            assert answer.status_code == 202
            assert answer.json() == {"accepted": accepted, "pending": 1}
    before = len(world.server.requests)
    assert world.pull("notified").success
    with world.store.reading() as tx:
        assert records.get(tx, TABLES["document"], SOURCE, (made.ref,)) is not None
    assert len(world.server.requests) - before < 15
