"""From the accounting system's bytes to the store, as real Dagster runs, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import dagster as dg

from schemas.money import currencies, from_units
from simulator.company import totals
from store import balances
from tests.e2e.world import SOURCE, World


def books_of(world: World) -> dict[tuple[str, str, str, str], Decimal]:
    names = {one["Ref_Key"]: one["Description"] for one in world.base.iterate("Catalog_Валюты")}
    return {
        (one.organization, one.counterparty, one.contract, names[one.currency]): one.amount
        for one in totals(world.base)
        if one.amount
    }


def site_of(world: World) -> dict[tuple[str, str, str, str], Decimal]:
    with world.store.reading() as tx:
        found = balances.totals(tx, SOURCE)
    return {
        (one.organization_id, one.counterparty_id, one.contract_id, one.currency): from_units(
            one.debt, currencies()[one.currency].exponent
        )
        for one in found
        if one.debt
    }


def metadata_of(result: dg.ExecuteInProcessResult, *key: str) -> dict[str, object]:
    for event in result.get_asset_materialization_events():
        if event.asset_key == dg.AssetKey([SOURCE, *key]):
            return {name: value.value for name, value in event.materialization.metadata.items()}
    raise AssertionError(f"{key} was not materialized")


def test_a_full_load_agrees_with_the_books_to_the_kopeck(world_on_any: World) -> None:
    result = world_on_any.pull()
    assert result.success
    assert site_of(world_on_any) == books_of(world_on_any)
    assert len(books_of(world_on_any)) > 5
    assert all(check.passed for check in result.get_asset_check_evaluations())


def test_a_second_load_reads_everything_and_changes_nothing(world_on_any: World) -> None:
    first = metadata_of(world_on_any.pull(), "site", "shipping_note")
    second = metadata_of(world_on_any.pull(), "site", "shipping_note")
    assert first["hub/inserted"] == first["hub/read"] == second["hub/read"] == second["hub/unchanged"]
    assert second["hub/changed"] == second["hub/inserted"] == second["hub/deleted"] == 0
    assert first["hub/control_total"] == second["hub/control_total"]


def test_a_refresh_reads_only_what_is_newer_than_the_watermark_less_the_overlap(world: World) -> None:
    everything = metadata_of(world.pull(), "site", "shipping_note")["hub/read"]
    newer = metadata_of(world.pull("refresh_documents"), "site", "shipping_note")["hub/read"]
    assert isinstance(newer, int)
    assert isinstance(everything, int)
    assert 0 < newer < everything / 2


def test_a_month_can_be_pulled_again_from_its_partition(world: World) -> None:
    world.pull()
    document = next(one for one in world.base.iterate("Document_РеализацияТоваровУслуг") if one["Posted"])
    world.base.write(
        "Document_РеализацияТоваровУслуг", [{**document, "Комментарий": "corrected in a closed period"}]
    )
    result = world.pull("repull_month", partition=f"{document['Date'][:7]}-01")
    assert result.success
    assert metadata_of(result, "site", "shipping_note")["hub/changed"] == 1
    assert {check.check_name for check in result.get_asset_check_evaluations()} == {
        "nothing_rejected",
        "every_movement_has_a_contract",
        "open_items_sum_to_balance",
        "agreed_periods_unchanged",
    }
    with world.store.reading() as tx:
        memo = tx.connection.exec_driver_sql(
            f"SELECT internal_memo FROM document WHERE id = '{document['Ref_Key']}'"
        ).scalar()
    assert memo == "corrected in a closed period"


def test_what_a_reading_no_longer_has_is_gone_from_the_balance(world: World) -> None:
    world.pull()
    before = site_of(world)
    recorder = next(
        one for one in world.base.iterate("Document_ПоступлениеБезналичныхДенежныхСредств") if one["Posted"]
    )
    world.base.delete("Document_ПоступлениеБезналичныхДенежныхСредств", recorder["Ref_Key"])
    result = world.pull()
    assert metadata_of(result, "site", "bank_receipt")["hub/deleted"] == 1
    assert site_of(world) == {key: amount for key, amount in books_after(world).items() if amount}
    assert site_of(world) != before


def books_after(world: World) -> dict[tuple[str, str, str, str], Decimal]:
    """The register's own sums: deleting a payment by hand leaves later settlements of it unexplained."""
    sums: dict[tuple[str, str, str, str], Decimal] = {}
    names = {one["Ref_Key"]: one["Description"] for one in world.base.iterate("Catalog_Валюты")}
    keys = {one["Ref_Key"]: one for one in world.base.iterate("Catalog_КлючиАналитикиУчетаПоПартнерам")}
    for row in world.base.iterate("AccumulationRegister_РасчетыСКлиентами"):
        key = keys[row["АналитикаУчетаПоПартнерам_Key"]]
        place = key["Организация_Key"], key["Контрагент_Key"], key["Договор_Key"], names[row["Валюта_Key"]]
        sign = 1 if row["RecordType"] == "Receipt" else -1
        sums[place] = sums.get(place, Decimal(0)) + sign * row["Сумма"]
    return sums


def test_two_processes_that_refresh_balances_at_once_wait_for_each_other(world_on_any: World) -> None:
    """`saldo sync` beside the scheduler: both delete and fill the same rows."""
    world_on_any.pull()
    expected = site_of(world_on_any)

    def refresh(_: int) -> None:
        with world_on_any.store.transaction() as tx:
            balances.refresh(tx, SOURCE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(refresh, range(12)))
    assert site_of(world_on_any) == expected
