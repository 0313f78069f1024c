"""Registers of the trading configuration; field names as in УТ 11 (`onec.md`, d.1)."""

from __future__ import annotations

from simulator.configuration.documents import SETTLEMENT_DOCUMENTS
from simulator.model import (
    AccumulationRegister,
    InformationRegister,
    composite,
    date,
    enum,
    flag,
    int64,
    number,
    ref,
)

PARTNER_KEY = ref("АналитикаУчетаПоПартнерам", "Catalog_КлючиАналитикиУчетаПоПартнерам")
SETTLEMENT_OBJECT = ref("ОбъектРасчетов", "Catalog_ОбъектыРасчетов")
CURRENCY = ref("Валюта", "Catalog_Валюты")

ACCUMULATION = (
    AccumulationRegister(
        "РасчетыСКлиентами",
        dimensions=(PARTNER_KEY, SETTLEMENT_OBJECT, CURRENCY),
        resources=(number("Сумма"), number("КОплате"), number("КОтгрузке")),
        attributes=(enum("ХозяйственнаяОперация", "ХозяйственныеОперации"), flag("Сторно")),
        recorders=("Document_ЗаказКлиента", *SETTLEMENT_DOCUMENTS),
    ),
    AccumulationRegister(
        "РасчетыСКлиентамиПоСрокам",
        dimensions=(
            PARTNER_KEY,
            SETTLEMENT_OBJECT,
            CURRENCY,
            composite("РасчетныйДокумент", *SETTLEMENT_DOCUMENTS),
            date("ДатаПлановогоПогашения"),
            date("ДатаВозникновения"),
        ),
        resources=(number("Долг"), number("ДолгРегл"), number("Предоплата"), number("ПредоплатаРегл")),
        recorders=SETTLEMENT_DOCUMENTS,
    ),
    AccumulationRegister(
        "ЗаказыКлиентов",
        dimensions=(
            composite("ЗаказКлиента", "Document_ЗаказКлиента"),
            ref("Номенклатура", "Catalog_Номенклатура"),
            int64("КодСтроки"),
            ref("Склад", "Catalog_Склады"),
        ),
        resources=(number("Заказано", 3), number("КОформлению", 3), number("Сумма")),
        recorders=("Document_ЗаказКлиента", "Document_РеализацияТоваровУслуг"),
    ),
    AccumulationRegister(
        "ТоварыНаСкладах",
        dimensions=(
            ref("Номенклатура", "Catalog_Номенклатура"),
            ref("Характеристика", "Catalog_ХарактеристикиНоменклатуры"),
            ref("Назначение", "Catalog_Назначения"),
            ref("Склад", "Catalog_Склады"),
            ref("Серия", "Catalog_СерииНоменклатуры"),
        ),
        resources=(number("ВНаличии", 3), number("КОтгрузке", 3)),
        recorders=(
            "Document_ПриобретениеТоваровУслуг",
            "Document_ЗаказКлиента",
            "Document_РеализацияТоваровУслуг",
            "Document_ВозвратТоваровОтКлиента",
            "Document_РасходныйОрдерНаТовары",
        ),
    ),
    AccumulationRegister(
        "ВыручкаИСебестоимостьПродаж",
        dimensions=(ref("Номенклатура", "Catalog_Номенклатура"), PARTNER_KEY),
        resources=(number("Количество", 3), number("СуммаВыручки")),
        recorders=("Document_РеализацияТоваровУслуг",),
        turnover_only=True,
    ),
)

INFORMATION = (
    InformationRegister(
        "КурсыВалют",
        dimensions=(ref("Валюта", "Catalog_Валюты"),),
        resources=(number("Курс", 4), int64("Кратность")),
    ),
    InformationRegister(
        "ЦеныНоменклатуры",
        dimensions=(
            ref("Номенклатура", "Catalog_Номенклатура"),
            ref("Характеристика", "Catalog_ХарактеристикиНоменклатуры"),
            ref("ВидЦены", "Catalog_ВидыЦен"),
        ),
        resources=(
            number("Цена"),
            ref("Упаковка", "Catalog_УпаковкиЕдиницыИзмерения"),
            ref("Валюта", "Catalog_Валюты"),
        ),
        recorders=("Document_УстановкаЦенНоменклатуры",),
    ),
)
