"""A small base, and a client that hides nothing."""

from __future__ import annotations

import base64
import http.client
import json
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from simulator.base import Base
from simulator.server import Server

SHIPMENT = "Document_РеализацияТоваровУслуг"
SETTLEMENTS = "AccumulationRegister_РасчетыСКлиентами"
SALES = "AccumulationRegister_ВыручкаИСебестоимостьПродаж"


def guid(number: int) -> str:
    return str(uuid.UUID(int=number))


PARTY, OTHER_PARTY, RUB, USD, GOODS, GROUP, CONTRACT_KEY = (guid(n) for n in range(1, 8))


def shipment(number: int, **more: Any) -> dict[str, Any]:
    rows = [
        {"Номенклатура_Key": GOODS, "Количество": 2, "Цена": Decimal("50.05"), "Сумма": Decimal("100.10")}
    ] * (number % 3)
    return {
        "Ref_Key": guid(100 + number),
        "Number": f"ТД00-{number:06}",
        "Date": f"2026-01-{number % 28 + 1:02}T10:00:00",
        "Posted": number % 5 != 0,
        "Контрагент_Key": PARTY if number % 2 else OTHER_PARTY,
        "Валюта_Key": RUB,
        "СуммаДокумента": Decimal("22729.17") + number,
        "ЗаказКлиента": guid(900),
        "ЗаказКлиента_Type": "StandardODATA.Document_ЗаказКлиента",
        "ДопоставкаПоРеализации": guid(901),
        "ДопоставкаПоРеализации_Type": "StandardODATA.Document_РасходныйОрдерНаТовары",
        "Товары": rows,
        **more,
    }


def fill(base: Base) -> None:
    base.write(
        "Catalog_Контрагенты",
        [
            {"Ref_Key": PARTY, "Description": "АВИКА", "ИНН": "7700000001", "ГоловнойКонтрагент_Key": PARTY},
            {"Ref_Key": OTHER_PARTY, "Description": 'ООО "Альтаир" & Ко', "ИНН": "7700000002"},
        ],
    )
    base.write("Catalog_Валюты", [{"Ref_Key": RUB, "Code": "643"}, {"Ref_Key": USD, "Code": "840"}])
    base.write(
        "Catalog_Номенклатура",
        [
            {"Ref_Key": GROUP, "Description": "Сумки", "IsFolder": True},
            {"Ref_Key": GOODS, "Description": "Сумка", "Артикул": "12-5", "Parent_Key": GROUP},
        ],
    )
    base.write(
        "Document_ЗаказКлиента", [{"Ref_Key": guid(900), "Number": "7", "Date": "2025-12-31T00:00:00"}]
    )
    documents = [shipment(n) for n in range(60)]
    base.write(SHIPMENT, documents)
    base.write_record_sets(SETTLEMENTS, [(d["Ref_Key"], SHIPMENT, [movement(d)]) for d in documents])
    base.write_records(
        SALES,
        guid(101),
        SHIPMENT,
        [{"Period": "2026-01-02T10:00:00", "Номенклатура_Key": GOODS, "Количество": 2}],
    )
    base.write_rows(
        "InformationRegister_КурсыВалют",
        [
            {"Period": f"2026-01-0{day}T00:00:00", "Валюта_Key": USD, "Курс": Decimal("90.1234") + day}
            for day in (1, 2, 3)
        ],
    )


def movement(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "Period": document["Date"],
        "RecordType": "Receipt",
        "АналитикаУчетаПоПартнерам_Key": CONTRACT_KEY,
        "Валюта_Key": RUB,
        "Сумма": document["СуммаДокумента"],
    }


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig")

    @property
    def data(self) -> Any:
        return json.loads(self.text, parse_float=Decimal)

    @property
    def value(self) -> list[dict[str, Any]]:
        assert self.status == 200, self.text
        found: list[dict[str, Any]] = self.data["value"]
        return found

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, code and message of an OData error in JSON."""
        body = self.data["odata.error"]
        return self.status, body["code"], body["message"]["value"]


@dataclass(slots=True)
class Client:
    server: Server
    user: str
    password: str
    timeout_s: float = 20.0

    def get(self, path: str, /, headers: dict[str, str] | None = None, **options: str) -> Response:
        """`$`-options by their bare names; JSON unless `format` says otherwise."""
        options = {"format": "json", **options}
        pairs = (f"${k}={quote(v)}" for k, v in options.items() if v)
        return self.raw(f"{quote(path, safe=QUOTED)}?{'&'.join(pairs)}", headers=headers)

    def write(
        self, method: str, path: str, body: Any = None, /, headers: dict[str, str] | None = None
    ) -> Response:
        """JSON out, JSON back; money without floats. What is bytes already goes as it is."""
        data = body if isinstance(body, bytes) else None if body is None else dumps(body)
        asked = path if "?" in path else f"{path}?$format=json"
        told = {"Content-Type": "application/json", **(headers or {})}
        return self.raw(quote(asked, safe=f"{QUOTED}?"), method=method, headers=told, body=data)

    def raw(
        self,
        target: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        where = urlsplit(self.server.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=self.timeout_s)
        try:
            told = {**self._login(), **(headers or {})}
            connection.request(method, f"{where.path}/{target}", body, headers=told)
            answer = connection.getresponse()
            return Response(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def _login(self) -> dict[str, str]:
        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {token}"}


QUOTED = "/()',=:$&;"


def dumps(value: Any) -> bytes:
    return msgspec.json.Encoder(decimal_format="number").encode(value)
