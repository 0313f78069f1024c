"""The accounting side: a small company on a file, its server, and what is really in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.server import Server, running
from simulator.settings import ServerOptions

SOURCE = "ut11"
ORDER = "Document_ЗаказКлиента"
ORDERED = "AccumulationRegister_ЗаказыКлиентов"
CONTRACT = "Catalog_ДоговорыКонтрагентов"
REFERENCE = "НомерПоДаннымКлиента"
COMPANY_SIZE = 60
LIMIT = Decimal(400_000)


@dataclass(frozen=True, slots=True)
class Buyer:
    """A contract that may be ordered under. Where the books limit its debt, posting may be refused."""

    contract: str
    counterparty: str
    organization: str
    is_limited: bool


@dataclass(frozen=True, slots=True)
class Goods:
    ref: str
    vat_percent: Decimal


class Books:
    """`chosen_keys`: whether this base keeps the reference that a new object comes with."""

    def __init__(self, home: Path, seed: int, *, chosen_keys: bool) -> None:
        self.path = home / "base.sqlite"
        self.base = Base(TRADE, str(self.path))
        build(self.base, CompanyOptions(seed=seed, size=COMPANY_SIZE))
        self._limit()
        self._stack = ExitStack()
        self.server: Server
        self._serve(ServerOptions(name=SOURCE, pool_size=60, pool_timeout_s=1.0, chosen_keys=chosen_keys))

    def _limit(self) -> None:
        """Every fourth contract allows a debt that some orders are above."""
        rows = sorted(self.base.iterate(CONTRACT), key=lambda row: str(row["Code"]))
        for place, row in enumerate(rows):
            limited = place % 4 == 1
            terms = {
                "ОграничиватьСуммуЗадолженности": limited,
                "ДопустимаяСуммаЗадолженности": LIMIT if limited else 0,
            }
            self.base.write(CONTRACT, [{**row, **terms}])

    def _serve(self, options: ServerOptions) -> None:
        self.server = self._stack.enter_context(running(self.base, options))

    def close(self) -> None:
        self._stack.close()
        self.base.close()

    def restart(self) -> None:
        """The accounting system dies with everything in its memory, and is started again on its file."""
        port = int(self.server.url.split(":")[2].partition("/")[0])
        options, struck = replace(self.server.options, port=port), self.server.faults.struck
        self.close()
        self._stack = ExitStack()
        self.base = Base(TRADE, str(self.path))
        self._serve(options)
        self.server.faults.struck.update(struck)

    @property
    def chosen_keys(self) -> bool:
        return self.server.options.chosen_keys

    def buyers(self) -> list[Buyer]:
        rouble = next(
            row["Ref_Key"] for row in self.base.iterate("Catalog_Валюты") if row["Description"] == "RUB"
        )
        return [
            Buyer(
                row["Ref_Key"],
                row["Контрагент_Key"],
                row["Организация_Key"],
                bool(row["ОграничиватьСуммуЗадолженности"]),
            )
            for row in self.base.iterate(CONTRACT)
            if row["ТипДоговора"] == "СПокупателем"
            and row["Статус"] == "Действует"
            and row["ВалютаВзаиморасчетов_Key"] == rouble
        ]

    def goods(self, chance: Random, count: int) -> list[Goods]:
        rates = {row["Ref_Key"]: row["Ставка"] for row in self.base.iterate("Catalog_СтавкиНДС")}
        items = [
            Goods(row["Ref_Key"], Decimal(rates.get(row["СтавкаНДС_Key"], 0)))
            for row in self.base.iterate("Catalog_Номенклатура")
            if not row["IsFolder"] and not row["DeletionMark"]
        ]
        return chance.sample(items, min(count, len(items)))

    def orders(self) -> Iterator[dict[str, Any]]:
        """Every order in the books, whoever wrote it."""
        return self.base.iterate(ORDER)

    def moves(self, ref: str) -> bool:
        """Whether the document has its movements: it is posted, and not half."""
        return bool(self.base.records(ORDERED, ref))

    @property
    def warehouse(self) -> str:
        return next(str(row["Ref_Key"]) for row in self.base.iterate("Catalog_Склады"))

    @property
    def requests(self) -> int:
        return len(self.server.requests)
