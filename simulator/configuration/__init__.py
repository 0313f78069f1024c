"""The trading configuration the simulator serves, of the УТ 11 kind."""

from simulator.configuration import catalogs, documents, registers
from simulator.configuration.exchange import PLAN
from simulator.model import Configuration, Enumeration

ENUMERATIONS = (
    Enumeration("ЮрФизЛицо", ("ЮрЛицо", "ЮрЛицоНеРезидент", "ИндивидуальныйПредприниматель", "ФизЛицо")),
    Enumeration("ТипыДоговоров", ("СПокупателем", "СПоставщиком", "СКомиссионером", "Прочее")),
    Enumeration("СтатусыДоговоровКонтрагентов", ("НеСогласован", "Действует", "Закрыт")),
    Enumeration(
        "ПорядокРасчетов", ("ПоДоговорамКонтрагентов", "ПоЗаказамНакладным", "ПоЗаказам", "ПоНакладным")
    ),
    Enumeration("СтатусыЗаказовКлиентов", ("НеСогласован", "КОбеспечению", "КОтгрузке", "Закрыт")),
    Enumeration("СтатусыРеализацийТоваровУслуг", ("КПредоплате", "Отгружено", "ВПути")),
    Enumeration("ТипыКонтактнойИнформации", ("Адрес", "Телефон", "АдресЭлектроннойПочты", "Другое")),
    Enumeration(
        "ВариантыКонтроляОплатыКлиентом",
        ("АвансДоОбеспечения", "ПредоплатаДоОтгрузки", "КредитПослеОтгрузки", "КредитСдвиг"),
    ),
    Enumeration("ТипыНоменклатуры", ("Товар", "Услуга", "МногооборотнаяТара", "Работа")),
    Enumeration(
        "ХозяйственныеОперации",
        (
            "РеализацияКлиенту",
            "ВозвратТоваровОтКлиента",
            "ПоступлениеОплатыОтКлиента",
            "ВозвратОплатыКлиенту",
            "ВзаимозачетЗадолженности",
        ),
    ),
    Enumeration("ТипыРасчетов", ("РасчетыСКлиентом", "РасчетыСПоставщиком")),
    Enumeration("ТипыПлатежныхДокументов", ("ПлатежноеПоручение", "ПлатежныйОрдер", "Аккредитив")),
)

TRADE = Configuration(
    catalogs=catalogs.CATALOGS,
    documents=documents.DOCUMENTS,
    accumulation_registers=registers.ACCUMULATION,
    information_registers=registers.INFORMATION,
    enumerations=ENUMERATIONS,
    unpublished=frozenset(
        {
            "Catalog_СерииНоменклатуры",
            "Catalog_Назначения",
            "Document_РасходныйОрдерНаТовары",
        }
    ),
    exchange_plan=PLAN,
)
