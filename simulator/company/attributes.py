"""Additional attributes: fields an installation added itself, with values of several types."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from simulator.company.chance import Chance
from simulator.company.ground import Ground

_CHART = "ChartOfCharacteristicTypes_ДополнительныеРеквизитыИСведения"
_NAMES = {
    "Отрасль": "Отрасль",
    "Регион": "Регион",
    "Ранг": "Ранг (A, B, C)",
    "Сегмент": "Сегмент",
    "ДатаНачалаРаботы": "Дата начала работы",
    "Площадь": "Площадь, кв. м",
    "УчастникАкции": "Участник акции",
    "СпособДоставкиДокументов": "Способ доставки документов",
}
SEGMENTS = ("опт", "прямой", "корпоративный")


def write_attributes(ground: Ground) -> dict[str, str]:
    refs = {}
    for number, (name, title) in enumerate(_NAMES.items(), start=1):
        refs[name] = ground.guid("attribute", name)
        row = {"Ref_Key": refs[name], "Code": f"{number:09d}", "Description": title}
        ground.book.put(_CHART, {**row, "Заголовок": title, "Имя": name})
    return refs


def attribute_rows(ground: Ground, refs: dict[str, str], chance: Chance, region: str) -> list[dict[str, Any]]:
    """What is known about one customer; not everything is filled in for everybody."""
    began = ground.days.first - timedelta(chance.between(30, 2_000))
    rows = [
        _row(refs["Сегмент"], chance.pick(SEGMENTS), "Edm.String"),
        _row(refs["Ранг"], "A" if chance.often(0.15) else "B" if chance.often(0.4) else "C", "Edm.String"),
        _row(refs["Регион"], region, "Edm.String"),
        _row(refs["ДатаНачалаРаботы"], ground.days.midnight_of(began), "Edm.DateTime"),
    ]
    if chance.often(0.8):
        rows.append(_row(refs["Отрасль"], chance.pick(ground.words.industries), "Edm.String"))
    if chance.often(0.5):
        area = Decimal(chance.between(400, 90_000)).scaleb(-1)
        rows.append(_row(refs["Площадь"], str(area), "Edm.Double"))
    if chance.often(0.6):
        rows.append(_row(refs["УчастникАкции"], "true" if chance.often(0.4) else "false", "Edm.Boolean"))
    return rows


def _row(attribute: str, value: str, type_: str) -> dict[str, Any]:
    return {"Свойство_Key": attribute, "Значение": value, "Значение_Type": type_}
