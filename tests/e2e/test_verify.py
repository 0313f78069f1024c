"""Every stored row follows from its landed bytes, and what does not is named."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import text

from assets.replay import replay
from assets.verify import Verified, verify
from tests.e2e.shop import Shop


def change(shop: Shop, statement: str) -> None:
    with shop.store.transaction() as tx:
        assert tx.connection.execute(text(statement)).rowcount > 0


def told(result: Verified) -> list[tuple[str, str, str]]:
    return [(found.table, found.key, found.field) for found in result.mismatches]


def a_blob(shop: Shop) -> Path:
    with shop.store.reading() as tx:
        sha256 = tx.connection.execute(
            text(
                "SELECT sha256 FROM landing_page WHERE entity = 'settlement_entry' ORDER BY size DESC LIMIT 1"
            )
        ).scalar_one()
    return shop.home / "landing" / sha256[:2] / f"{sha256}.zst"


def test_a_store_with_a_life_behind_it_follows_from_its_bytes(shop_on_any: Shop) -> None:
    shop_on_any.live()
    result = verify(shop_on_any.store, shop_on_any.source)
    assert told(result) == []
    assert result.rows > 500
    assert result.gone > 0
    assert result.older == 0


def test_a_changed_row_is_named_with_its_field(shop_on_any: Shop) -> None:
    shop_on_any.load("currency", "contact_kind", "partner", "counterparty")
    key = "(SELECT min(id) FROM counterparty)"
    change(shop_on_any, f"UPDATE counterparty SET name = 'someone else' WHERE id = {key}")
    result = verify(shop_on_any.store, shop_on_any.source)
    ((table, _, field),) = told(result)
    assert (table, field) == ("counterparty", "name")
    assert result.wrong == 1


def test_a_nested_row_that_is_changed_or_missing_is_named(shop: Shop) -> None:
    shop.load("currency", "shipping_note")
    change(
        shop,
        "UPDATE document_line SET amount = amount + 1 WHERE rowid = (SELECT min(rowid) FROM document_line)",
    )
    change(shop, "DELETE FROM document_line WHERE rowid = (SELECT max(rowid) FROM document_line)")
    result = verify(shop.store, shop.source)
    assert sorted((table, field) for table, _, field in told(result)) == [
        ("document_line", ""),
        ("document_line", "amount"),
    ]


@pytest.mark.parametrize("harm", ["flip", "delete"])
def test_a_page_whose_bytes_are_not_what_was_landed_is_named(shop: Shop, harm: str) -> None:
    shop.load("currency", "settlement_entry")
    blob = a_blob(shop)
    if harm == "delete":
        blob.unlink()
    else:
        bytes_ = bytearray(blob.read_bytes())
        bytes_[len(bytes_) // 2] ^= 1
        blob.write_bytes(bytes(bytes_))
    result = verify(shop.store, shop.source)
    (found,) = result.mismatches
    assert found.table == "landing_page"
    assert f"{blob.parent.name}/{blob.name}"[:60] in found.what
    assert f"page {found.page}" in found.what


def test_rows_whose_page_is_not_known_are_named(shop: Shop) -> None:
    shop.load("currency")
    with shop.store.transaction() as tx:
        tx.connection.execute(text("DELETE FROM landing_page"))
    (found,) = verify(shop.store, shop.source).mismatches
    assert (found.table, found.what) == ("currency", "the landing page of its rows is not known")


def test_rows_of_an_older_declaration_are_counted_and_not_compared(shop: Shop) -> None:
    shop.load("currency")
    change(shop, "UPDATE currency SET mapping_digest = 'older', code = 'XXX'")
    result = verify(shop.store, shop.source)
    assert (result.older > 0, result.wrong) == (True, 0)


def test_a_replay_gives_unchanged_rows_to_todays_declaration(shop_on_any: Shop) -> None:
    """They take the page that it read: an older one need not say the same to it."""
    shop = shop_on_any
    shop.load("currency", "settlement_entry")
    shop.load("settlement_entry")
    change(shop, "UPDATE settlement_entry SET mapping_digest = 'older'")
    replayed = replay(shop.store, shop.source, [shop.source.entity("settlement_entry")], run_id="again")
    assert replayed.counts["settlement_entry"].changed == 0
    result = verify(shop.store, shop.source)
    assert (result.older, result.wrong, result.rows > 0) == (0, 0, True)


def test_a_sample_reads_only_so_many_pages_of_each_kind(shop: Shop) -> None:
    shop.load("currency", "settlement_entry")
    seen: list[tuple[str, int, int]] = []
    result = verify(
        shop.store,
        shop.source,
        sample=1,
        progress=lambda *step: seen.append(step),
        chance=random.Random(1),
    )
    assert result.pages == 2
    assert {step[0] for step in seen} == {"currency", "settlement_entry"}
