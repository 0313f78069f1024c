"""What a new legal entity and a new delivery point become in УТ 11.

An entity is a row of `Catalog_Контрагенты`; the trade with it goes by `Catalog_Партнеры`, so one that belongs to
nobody's company gets a partner of its own first. A delivery point is a row of a partner's contact information.
"""

from __future__ import annotations

import json

from mappings.matched import Matched
from mappings.section import SectionRow
from mappings.stored import marker
from mappings.ut11.parties import COUNTERPARTY
from mappings.writers import WrittenPart, flag, guid, same, text, told, word
from mappings.written import Outgoing
from schemas.order_limits import LONGEST_ADDRESS
from schemas.parties import (
    LONGEST_CITY,
    LONGEST_LEGAL_NAME,
    LONGEST_NAME,
    LONGEST_REGISTRATION,
    Contact,
    NewDeliveryPoint,
    Purpose,
)

KINDS = {ours: theirs for theirs, ours in COUNTERPARTY.fields["kind"].options if theirs}
ADDRESS, PHONE, EMAIL = "Адрес", "Телефон", "АдресЭлектроннойПочты"
TYPES = {"phone": PHONE, "email": EMAIL}
PURPOSES: dict[Purpose, str] = {
    "legal_address": "ЮрАдресКонтрагента",
    "actual_address": "ФактАдресКонтрагента",
    "postal_address": "ПочтовыйАдресКонтрагента",
    "phone": "ТелефонКонтрагента",
    "email": "EmailКонтрагента",
}
DELIVERY = "АдресДоставкиПартнера"
LONGEST_MARK = len(marker("-" * 36))


def _type(contact: Contact) -> str:
    return TYPES.get(contact.purpose, ADDRESS)


def _value(kind: str, text: str) -> str:
    """What the standard subsystem of 1C keeps beside the text."""
    return json.dumps({"value": text, "type": kind}, ensure_ascii=False)


def _delivery_value(point: NewDeliveryPoint) -> str:
    said = {"value": point.address, "type": ADDRESS, "comment": point.comment}
    return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)


CONTACTS = WrittenPart(
    "КонтактнаяИнформация",
    lambda party: party.contacts,
    (
        word("Тип", lambda _f, _p, one, _n: _type(one)),
        guid("Вид_Key", lambda facts, _p, one, _n: facts.kinds[PURPOSES[one.purpose]]),
        text("Представление", lambda _f, _p, one, _n: one.text, longest=LONGEST_ADDRESS),
        text("АдресЭП", lambda _f, _p, one, _n: one.text if one.purpose == "email" else None, longest=100),
        told(text("Значение", lambda _f, _p, one, _n: _value(_type(one), one.text), longest=0)),
    ),
)

COUNTERPARTY_OUT = Matched(
    kind="counterparty",
    entity_set="Catalog_Контрагенты",
    fields=(
        text("Description", lambda _, party: party.name, longest=LONGEST_NAME),
        text("НаименованиеПолное", lambda _, party: party.legal_name, longest=LONGEST_LEGAL_NAME),
        word("ЮрФизЛицо", lambda _, party: KINDS[party.kind]),
        text("ИНН", lambda _, party: party.tax_id, longest=12),
        text("КПП", lambda _, party: party.tax_reason_code, longest=9),
        text("КодПоОКПО", lambda _, party: party.registry_code, longest=10),
        text(
            "РегистрационныйНомер", lambda _, party: party.registration_number, longest=LONGEST_REGISTRATION
        ),
        guid("ГоловнойКонтрагент_Key", lambda _, party: party.head_id),
        flag("ОбособленноеПодразделение", lambda facts, _: facts.is_branch),
        guid("Партнер_Key", lambda facts, _: facts.partner_id),
        text("ДополнительнаяИнформация", lambda facts, _: marker(facts.id), longest=LONGEST_MARK),
    ),
    parts=(CONTACTS,),
    marked_in="ДополнительнаяИнформация",
    looked_by=("ИНН",),
    posts=False,
    tax_id="ИНН",
    reason="КПП",
    registry="КодПоОКПО",
    partner_in="Партнер_Key",
    head_in="ГоловнойКонтрагент_Key",
)

PARTNER_OUT = Outgoing(
    kind="counterparty",
    entity_set="Catalog_Партнеры",
    fields=(
        text("Description", lambda _, party: party.name, longest=LONGEST_NAME),
        text("НаименованиеПолное", lambda _, party: party.legal_name, longest=LONGEST_LEGAL_NAME),
        same("Клиент", "flag", True),
        text("Комментарий", lambda facts, _: marker(facts.id), longest=LONGEST_MARK),
    ),
    parts=(),
    marked_in="Комментарий",
    looked_by=("Description",),
    posts=False,
)


DELIVERY_POINT_OUT = SectionRow(
    kind="delivery_point",
    entity_set="Catalog_Партнеры",
    fields=(
        same("Тип", "text", ADDRESS),
        guid("Вид_Key", lambda facts, _: facts.kinds[DELIVERY]),
        text("Представление", lambda _, point: point.address, longest=LONGEST_ADDRESS),
        text("Город", lambda _, point: point.city or None, longest=LONGEST_CITY),
        text("Регион", lambda _, point: point.region or None, longest=LONGEST_CITY),
        told(text("Значение", lambda _, point: _delivery_value(point), longest=0)),
    ),
    parts=(),
    marked_in="",
    looked_by=(),
    posts=False,
    section="КонтактнаяИнформация",
    known_by=("Вид_Key", "Представление"),
)
