"""What cannot be mapped waits, is shown with its own bytes, and leaves by itself or by a person's word."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from assets import quarantine
from assets.map import map_units
from schemas.errors import StoreError
from schemas.source import RawPage, RawUnit, RefusedRecord, Scope
from store import landing, rejections
from store.landing import LandedUnit
from tests.e2e.shop import NOTES, SOURCE, Shop


def held(shop: Shop, entity: str | None = None) -> list[str]:
    with shop.store.reading() as tx:
        return [one.record_id for one in rejections.open_(tx, SOURCE, entity, limit=10_000)]


def test_documents_in_an_unknown_currency_leave_once_it_is_known(shop_on_any: Shop) -> None:
    shop = shop_on_any
    shop.load("shipping_note")
    assert held(shop, "shipping_note")
    tried = quarantine.replay(shop.store, shop.source, "shipping_note", run_id="x", only_if_known_more=True)
    assert (tried.units, tried.before) == (0, tried.after)
    shop.load("currency")
    done = quarantine.replay(shop.store, shop.source, "shipping_note", run_id="x", only_if_known_more=True)
    assert done.units > 0
    assert (done.before > 0, done.after) == (True, 0)
    assert held(shop) == []


def test_a_replay_of_all_kinds_tries_every_one(shop: Shop) -> None:
    shop.load("shipping_note", "settlement_entry")
    before = len(set(held(shop)))
    assert before > len(set(held(shop, "shipping_note"))) > 0
    shop.load("currency")
    assert quarantine.replay(shop.store, shop.source, run_id="x").after == 0


def test_a_held_record_is_shown_with_its_own_bytes(shop: Shop) -> None:
    shop.load("currency")
    note = next(one for one in shop.base.iterate(NOTES) if one["Posted"])
    shop.base.write(NOTES, [{**note, "Валюта_Key": "11111111-1111-1111-1111-111111111111"}])
    shop.load("shipping_note")
    assert held(shop) == [note["Ref_Key"]]
    (shown,) = quarantine.show(shop.store, shop.source, "shipping_note", note["Ref_Key"])
    record = json.loads(shown.text)
    assert record["Ref_Key"] == note["Ref_Key"]
    assert record["Валюта_Key"].startswith("11111111")
    assert "Валюта_Key" in shown.held.paths
    assert shown.held.run_id == "load"
    assert not shown.instead


def test_a_record_the_source_could_not_give_is_shown_by_what_came_instead(shop: Shop) -> None:
    shop.load("currency", "shipping_note")
    refused = RefusedRecord(
        "r-1", f"/{NOTES}(guid'r-1')", "the base failed", "look at its log", b"<html>500</html>"
    )
    whole = landing.units(shop.store, SOURCE, "shipping_note")
    pages = tuple(_again(shop, unit, page) for unit in whole for page in unit.pages)
    landing.save(shop.store, SOURCE, "shipping_note", RawUnit(Scope(), pages, (refused,)), run_id="r")
    pending = landing.pending(shop.store, SOURCE, "shipping_note")
    map_units(shop.store, shop.source.settings, shop.source.entity("shipping_note"), pending, run_id="r")
    (shown,) = quarantine.show(shop.store, shop.source, "shipping_note", "r-1")
    assert (shown.text, shown.instead) == ("<html>500</html>", True)


def _again(shop: Shop, unit: LandedUnit, page: landing.LandedPage) -> RawPage:
    return RawPage(page.request, landing.read(shop.store, page), datetime.now(UTC), 0.1, page.media_type)


def test_nothing_is_shown_of_a_record_that_is_not_held(shop: Shop) -> None:
    with pytest.raises(StoreError, match="nothing is open"):
        quarantine.show(shop.store, shop.source, "shipping_note", "none")
