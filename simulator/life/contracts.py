"""Counterparties and contracts: what documents stand on."""

from __future__ import annotations

from decimal import Decimal

from simulator.company import tax_ids
from simulator.company.firm import SHIPMENT
from simulator.life.desk import Desk, Row
from simulator.life.event import Event, NothingFitsError
from simulator.life.posting import Terms

COUNTERPARTY = "Catalog_Контрагенты"
CONTRACT = "Catalog_ДоговорыКонтрагентов"
KEY = "Catalog_КлючиАналитикиУчетаПоПартнерам"
OBJECT = "Catalog_ОбъектыРасчетов"
_PARTNER = "Catalog_Партнеры"
_SIDES = ("Организация_Key", "Партнер_Key", "Контрагент_Key")
_NAMES = ("Азимут", "Берег", "Вершина", "Гранит", "Долина", "Заря", "Исток", "Кедр")


def some_contract(desk: Desk, ref: str = "") -> Row:
    """A customer's contract that is in force, with its settlement key."""
    return desk.some((CONTRACT,), lambda _, row: trades(desk, row), ref)[1]


def trades(desk: Desk, row: Row) -> bool:
    in_force = row["ТипДоговора"] == "СПокупателем" and row["Статус"] == "Действует"
    return in_force and not row["DeletionMark"] and bool(_key(desk, row["Ref_Key"]))


def _key(desk: Desk, contract: str) -> str:
    return desk.with_text(KEY, f'"Договор_Key": "{contract}"')


def sides(contract: Row) -> Row:
    """The fields that tie a document to a contract."""
    return {
        **{side: contract[side] for side in _SIDES},
        "Договор_Key": contract["Ref_Key"],
        "Валюта_Key": contract["ВалютаВзаиморасчетов_Key"],
    }


def terms_of(desk: Desk, document: Row) -> Terms:
    contract = desk.row(CONTRACT, document["Договор_Key"])
    key = _key(desk, contract["Ref_Key"])
    if not key:
        raise NothingFitsError(f"the contract {contract['Ref_Key']} has no settlement key")
    currency = document["Валюта_Key"]
    return Terms(
        key=key,
        currency=currency,
        own_object=_object(desk, contract["Ref_Key"]),
        deferral=contract["СрокОплаты"] if contract["УстановленСрокОплаты"] else None,
        by_shipment=contract["ПорядокРасчетов"] != "ПоДоговорамКонтрагентов",
        in_base=lambda amount: desk.in_base_currency(currency, amount),
    )


def _object(desk: Desk, basis: str) -> str:
    return desk.with_text(OBJECT, f'"Объект": "{basis}"')


def object_of_shipment(desk: Desk, document: Row, terms: Terms) -> str:
    """The settlement object of a shipment, written where the contract wants one of its own."""
    if not terms.by_shipment:
        return terms.own_object
    basis = document["Ref_Key"]
    found = _object(desk, basis)
    date = document["Date"]
    row = {
        "Ref_Key": found or desk.new_ref("settlement object"),
        "Description": f"Реализация {document['Number']} от {date[8:10]}.{date[5:7]}.{date[:4]}",
        "ТипРасчетов": "РасчетыСКлиентом",
        "Объект": basis,
        "Объект_Type": SHIPMENT,
        **{side: document[side] for side in (*_SIDES, "Договор_Key")},
        "Номер": document["Number"],
        "Дата": date,
    }
    before = desk.base.read(OBJECT, found) if found else None
    if before is None or any(before[field] != row[field] for field in ("Договор_Key", "Дата")):
        desk.base.write(OBJECT, [row])
    return str(row["Ref_Key"])


def rename_counterparty(desk: Desk, ref: str = "") -> Event:
    _, row = desk.some((COUNTERPARTY,), lambda _, one: not one["DeletionMark"], ref)
    old = row["Description"]
    new = f"{old.partition(' (бывш.')[0]} (бывш. {desk.number})"
    desk.base.write(COUNTERPARTY, [{**row, "Description": new, "НаименованиеПолное": new}])
    return desk.event("rename_counterparty", COUNTERPARTY, row["Ref_Key"], f"{old} is now {new}")


def new_counterparty(desk: Desk) -> Event:
    """A counterparty with its partner, a contract like another one's, its settlement key and object."""
    like = some_contract(desk)
    refs = {kind: desk.new_ref(kind) for kind in (_PARTNER, COUNTERPARTY, CONTRACT, KEY, OBJECT)}
    name = f"ООО «{desk.chance.pick(_NAMES)}-{desk.number}»"
    who = {"Description": name, "НаименованиеПолное": name, "ЮрФизЛицо": "ЮрЛицо"}
    code = f"Ж{desk.number:08d}"
    desk.base.write(_PARTNER, [{"Ref_Key": refs[_PARTNER], "Code": code, "Клиент": True, **who}])
    own = {
        "Ref_Key": refs[COUNTERPARTY],
        "ГоловнойКонтрагент_Key": refs[COUNTERPARTY],
        "Партнер_Key": refs[_PARTNER],
        "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
    }
    desk.base.write(COUNTERPARTY, [{**own, **who, **_tax_ids(desk, like["Организация_Key"])}])
    contract = {
        **like,
        "Ref_Key": refs[CONTRACT],
        "Code": code,
        "Description": f"Договор № {desk.number}/Ж",
        "Номер": f"{desk.number}/Ж",
        "Дата": desk.moment()[:10] + "T00:00:00",
        "Партнер_Key": refs[_PARTNER],
        "Контрагент_Key": refs[COUNTERPARTY],
    }
    desk.base.write(CONTRACT, [contract])
    _write_analytics(desk, contract, refs[KEY], refs[OBJECT], name)
    return desk.event("new_counterparty", COUNTERPARTY, refs[COUNTERPARTY], f"{name} with a contract")


def _write_analytics(desk: Desk, contract: Row, key: str, settlement_object: str, name: str) -> None:
    common = {**{side: contract[side] for side in _SIDES}, "Договор_Key": contract["Ref_Key"]}
    desk.base.write(KEY, [{"Ref_Key": key, "Description": f"{name}; {contract['Номер']}", **common}])
    whole = {
        "Ref_Key": settlement_object,
        "Description": contract["Description"],
        "ТипРасчетов": "РасчетыСКлиентом",
        "Объект": contract["Ref_Key"],
        "Объект_Type": CONTRACT,
        "Номер": contract["Номер"],
        "Дата": contract["Дата"],
        **common,
    }
    desk.base.write(OBJECT, [whole])


def _tax_ids(desk: Desk, organization: str) -> Row:
    digits = f"{desk.number % 100_000:05d}"
    if not desk.row("Catalog_Организации", organization)["ИНН"]:
        return {"КодПоОКПО": tax_ids.edrpou("4" + digits + "0")}
    return {"ИНН": tax_ids.inn_of_company("7705", digits), "КПП": "770501001"}


def edit_contract(desk: Desk, ref: str = "") -> Event:
    """Another credit limit and another comment; what is settled already stays."""
    row = some_contract(desk, ref)
    limit = Decimal(desk.chance.between(1, 500) * 1_000)
    edited = {
        **row,
        "ОграничиватьСуммуЗадолженности": True,
        "ДопустимаяСуммаЗадолженности": limit,
        "Комментарий": f"лимит изменен ({desk.number})",
    }
    desk.base.write(CONTRACT, [edited])
    return desk.event("edit_contract", CONTRACT, row["Ref_Key"], f"limit {limit}")
