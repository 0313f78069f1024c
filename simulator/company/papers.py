"""Documents as sheets of paper: numbers, dates, the draft beside the fair copy."""

from __future__ import annotations

from typing import Any

from simulator.company.chance import Chance
from simulator.company.contracts import Contract
from simulator.company.ground import Ground

Row = dict[str, Any]
_DRAFTS = 0.03


class Papers:
    """Numbers run per document kind, organisation and year, in the order documents are entered."""

    __slots__ = ("_chance", "_comments", "_ground", "_last_number", "_made")

    def __init__(self, ground: Ground, chance: Chance) -> None:
        self._ground = ground
        self._chance = chance
        self._comments = ground.words.comments
        self._last_number: dict[tuple[str, str, str], int] = {}
        self._made = 0

    def number(self, kind: str, prefix: str, day: int) -> str:
        return self._number(kind, prefix, self._ground.days.year(day))

    def _number(self, kind: str, prefix: str, year: str) -> str:
        key = (kind, prefix, year)
        number = self._last_number.get(key, 0) + 1
        self._last_number[key] = number
        return f"{prefix}00-{number:06d}"

    def ref(self) -> str:
        self._made += 1
        return self._ground.guid("document", self._made)

    def head(self, kind: str, contract: Contract, day: int, second: int) -> Row:
        """What every document of a contract begins with; backdating is a `day` before the entering."""
        head: Row = {
            "Ref_Key": self.ref(),
            "Number": self.number(kind, contract.sides.organization.prefix, day),
            "Date": self._ground.days.moment(day, second),
            "Posted": True,
            **contract.parties,
        }
        if self._chance.often(0.12):
            head["Комментарий"] = self._chance.pick(self._comments)
        return head

    def issue(self, kind: str, document: Row) -> None:
        """Write a document; now and then a draft of it stays behind, unposted or marked for deletion."""
        self._ground.book.put_document(kind, document)
        if self._chance.often(_DRAFTS):
            number = self._number(kind, document["Number"][:2], document["Date"][:4])
            draft = {**document, "Ref_Key": self.ref(), "Number": number, "Posted": False}
            if self._chance.often(0.4):
                draft["DeletionMark"] = True
            self._ground.book.put_document(kind, draft)

    def records(self, register: str, kind: str, document: Row, records: list[Row]) -> None:
        if records:
            self._ground.book.put_records(register, document["Ref_Key"], kind, records)
