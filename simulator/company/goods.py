"""The price list: folders, items, and the documents that set and change prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from simulator.company.amounts import money
from simulator.company.chance import Chance
from simulator.company.ground import Ground
from simulator.company.reference import Reference
from simulator.company.words import Goods

QUARTER = 91  # days between price changes
COST = 70  # percent of the base price that the company pays itself
_BOUGHT = 5  # items whose purchase price is written down


class Item(NamedTuple):
    place: int
    ref: str
    vat: int
    vat_ref: str
    unit: str
    price: int  # hundredths of the base currency
    by_weight: bool
    is_service: bool
    series: str  # of perishable goods; empty for the others


@dataclass(slots=True)
class PriceList:
    """Items and their current prices, one column a price kind."""

    items: list[Item]
    prices: list[list[int]]  # by price kind, then by item

    def popular(self, chance: Chance) -> Item:
        """The head of the list sells far more than its tail."""
        draw = chance.random()
        return self.items[int(len(self.items) * draw * draw)]


def write_goods(ground: Ground, reference: Reference) -> PriceList:
    chance = ground.chance("goods")
    assortment = ground.words.goods
    folders = [_folder(ground, number, goods.folder) for number, goods in enumerate(assortment)]
    items = []
    for place in range(ground.scale.items):
        kind = chance.below(len(assortment))
        items.append(_item(ground, reference, chance, place, assortment[kind], folders[kind]))
    prices = [[item.price * kind.percent // 100 for item in items] for kind in reference.price_kinds]
    return PriceList(items, prices)


def _purchase_prices(reference: Reference, items: list[Item], moment: str) -> list[dict[str, Any]]:
    return [
        {
            "Номенклатура_Key": item.ref,
            "ВидЦены_Key": reference.purchase_kind,
            "Цена": money(item.price * COST // 100),
            "Period": moment,
            "Валюта_Key": reference.base_currency.ref,
        }
        for item in items[:_BOUGHT]
    ]


def _folder(ground: Ground, number: int, name: str) -> str:
    ref = ground.guid("goods folder", number)
    code = f"00-{number + 1:08d}"
    ground.book.put(
        "Catalog_Номенклатура", {"Ref_Key": ref, "Code": code, "Description": name, "IsFolder": True}
    )
    return ref


def _item(
    ground: Ground, reference: Reference, chance: Chance, place: int, goods: Goods, folder: str
) -> Item:
    name = f"{chance.pick(goods.nouns)} {chance.pick(goods.variants)}"
    maker = "" if goods.unit == "service" else f" арт. {chance.digits(4)}"
    least, most = goods.prices
    price = int(100 * least * (most / least) ** chance.random())
    item = Item(
        place=place,
        ref=ground.guid("item", place),
        vat=goods.vat,
        vat_ref=reference.vat[goods.vat],
        unit=reference.units[goods.unit],
        price=price,
        by_weight=goods.unit in ("kilogram", "metre"),
        is_service=goods.unit == "service",
        series=_series(ground, chance, place) if goods.vat < 20 else "",
    )
    row = {
        "Ref_Key": item.ref,
        "Parent_Key": folder,
        "Code": f"00-{place + 101:08d}",
        "Description": name,
        "НаименованиеПолное": name + maker,
        "Артикул": "" if item.is_service else f"{goods.folder[:2].upper()}-{place + 1000}",
        "ЕдиницаИзмерения_Key": item.unit,
        "ТипНоменклатуры": "Услуга" if item.is_service else "Товар",
        "СтавкаНДС_Key": item.vat_ref,
    }
    ground.book.put("Catalog_Номенклатура", row)
    return item


def _series(ground: Ground, chance: Chance, place: int) -> str:
    """One lot with a best-before date; OData clients see its reference, but not the catalogue."""
    ref = ground.guid("series", place)
    number = chance.digits(6)
    best_before = ground.days.midnight(ground.days.last + chance.between(30, 400))
    row = {"Ref_Key": ref, "Description": number, "Номер": number, "ГоденДо": best_before}
    ground.book.put("Catalog_СерииНоменклатуры", row)
    return ref


def change_prices(
    ground: Ground, reference: Reference, prices: PriceList, number: str, day: int, manager: str
) -> None:
    """Set every price on the first day; later raise a quarter of the list by up to 6 %."""
    quarter = day // QUARTER
    chance = ground.chance("prices", quarter)
    chosen = [item for item in prices.items if quarter == 0 or item.place % 4 == quarter % 4]
    moment = ground.days.moment(day, 25_200)
    rows: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for item in chosen:
        growth = 1_000 + (chance.below(60) if quarter else 0)
        for column, kind in enumerate(reference.price_kinds):
            price = prices.prices[column][item.place] * growth // 1_000
            prices.prices[column][item.place] = price
            row = {"Номенклатура_Key": item.ref, "ВидЦены_Key": kind.ref, "Цена": money(price)}
            rows.append(row)
            records.append({**row, "Period": moment, "Валюта_Key": reference.base_currency.ref})
    if quarter == 0:
        records += _purchase_prices(reference, chosen, moment)
    ref = ground.guid("price change", quarter)
    head = {"Ref_Key": ref, "Number": number, "Date": moment, "Posted": True, "Менеджер_Key": manager}
    recorder = "Document_УстановкаЦенНоменклатуры"
    ground.book.put_large_document(recorder, {**head, "Товары": rows})
    ground.book.put_records("InformationRegister_ЦеныНоменклатуры", ref, recorder, records)
