"""Statements to print: both parties, in each language."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from printing.paper import Paper, Party, Signer
from schemas.languages import Language
from schemas.reconciliation import Balances, Posting, Statement, StatementRequest, draw
from schemas.types import Day, WallClock

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
AS_OF = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
PARTIES: dict[Language, tuple[Party, Party]] = {
    "ru": (
        Party(
            "ООО «Север»",
            "7701234567",
            (Signer("Генеральный директор", "Иванов И. И."), Signer("Главный бухгалтер", "Петрова А. С.")),
        ),
        Party("ООО «Конфетпром»", "7812345678"),
    ),
    "uk": (
        Party("ТОВ «Дніпро»", "12345678", (Signer("Директор", "Шевченко О. П."),)),
        Party("ТОВ «Їжак»"),
    ),
    "en": (Party("Northwind LLC", "77", (Signer("Director", "J. Smith"),)), Party("Sweets & <Co>")),
}


def statement(
    count: int = 3,
    *,
    opening: int = 31_000_000,
    currency: str = "RUB",
    by_contract: bool = False,
    **asked: Any,
) -> Statement:
    """Shipping notes and every third line a payment, one a day, under two contracts by turns."""
    closing: dict[str, int] = defaultdict(int, {"c1": opening})
    postings = []
    for place in range(count):
        day, contract = FIRST + timedelta(place % 90), f"c{1 + place % 2}"
        amount = 123_405 + place * 7_919 if place % 3 else -(100_001 + place * 104_729)
        closing[contract] += amount
        kind = "shipping_note" if amount > 0 else "bank_receipt"
        number, on = f"УТ00-{place:06d}", Day(day.isoformat())
        at = WallClock(f"{on}T10:00:00")
        postings.append(Posting(contract, f"d{place}", kind, number, on, at, amount))
    request = StatementRequest("ut11", "o", "p", currency, FIRST, LAST, by_contract=by_contract, **asked)
    return draw(request, "store", AS_OF, Balances({"c1": opening}, closing), postings)


def paper(language: Language = "ru", **more: Any) -> Paper:
    ours, theirs = PARTIES[language]
    contracts = {"c1": "№ 15 от 01.02.2024", "c2": "№ 16/2 от 11.12.2025"}
    return Paper(ours, theirs, language, "Europe/Moscow", contracts, **more)
