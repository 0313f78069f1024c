"""Whose rows there are, and which of them a key may see: the model that the API is held against."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from schemas.api_keys import PERMISSIONS, STOREFRONT, Permission, Reach

SOURCE, OTHER_SOURCE = "ut11", "silent"
HEAD, BRANCH, BELOW, STRANGER, ABROAD = "ah", "ab", "as", "bb", "zz"
OWNERS = (HEAD, BRANCH, BELOW, STRANGER, ABROAD)
HEAD_OF = {BRANCH: HEAD, BELOW: BRANCH}
PARTNER_OF = {HEAD: "pa", BRANCH: "pa", BELOW: "pa", STRANGER: "pb", ABROAD: "pz"}
SHARED = {SOURCE: "sh", OTHER_SOURCE: "sz"}
PLACED = "order"  # the one document of each counterparty that a contact of its partner placed
DOCUMENTS = {PLACED: "order", "note": "shipping_note", "pay": "bank_receipt"}
DIGITS = {owner: str(place) for place, owner in enumerate((*OWNERS, *PARTNER_OF.values(), "sh", "sz"), 1)}

_WORD = re.compile(rb"(\w\w(?:\.\w+)?)~[a-z_]+~[a-z_]+")
_AMOUNT = re.compile(rb"(?<![0-9a-f])73([1-9])([0-9])[0-9]{3}(?![0-9a-f])")
HUSH = b"hush~"


def source_of(owner: str) -> str:
    return OTHER_SOURCE if owner in (ABROAD, "pz", "sz") else SOURCE


def guid(table: str, tag: str) -> str:
    """The key of a row, the same in every run."""
    text = hashlib.sha256(f"{table} {tag}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def external(table: str, tag: str) -> str:
    return f"{source_of(tag.partition('.')[0])}:{guid(table, tag)}"


def found_in(answer: bytes) -> set[str]:
    """Whose words and amounts are in these bytes: owners, or "ab.order" for a document of one."""
    words = {match[1].decode() for match in _WORD.finditer(answer)}
    by_digit = {digit: owner for owner, digit in DIGITS.items() if owner in OWNERS}
    names = ("", *DOCUMENTS)
    for match in _AMOUNT.finditer(answer):
        owner, place = by_digit.get(match[1].decode(), "sh"), int(match[2])
        words.add(f"{owner}.{names[place]}" if 0 < place < len(names) else owner)
    return words


@dataclass(frozen=True)
class Reader:
    """A kind of key. `owner` None: bound to nobody."""

    name: str
    owner: str | None = None
    reach: Reach = "branch"
    source: str | None = None
    permissions: tuple[Permission, ...] = PERMISSIONS

    @property
    def bound(self) -> dict[str, Any]:
        """What `store.api_keys.create` is to bind the key to."""
        given: dict[str, Any] = {"permissions": self.permissions, "source": self.source}
        if self.owner is not None:
            given |= {"source": source_of(self.owner), "counterparty_id": guid("counterparty", self.owner)}
            given["reach"] = self.reach
        if self.reach == "own":
            given["contact_id"] = guid("contact", PARTNER_OF[str(self.owner)])
        return given

    def counterparties(self) -> set[str]:
        """The counterparties it sees."""
        if self.owner is None:
            return {one for one in OWNERS if self.source in (None, source_of(one))}
        above = [self.owner]
        while self.reach == "company" and above[-1] in HEAD_OF:
            above.append(HEAD_OF[above[-1]])
        seen = {above[-1]}
        if self.reach in ("company", "subtree"):
            seen |= {one for one in OWNERS if seen & set(_above(one))}
        return seen

    def sees(self) -> set[str]:
        """What its answers may tell of: `found_in` may find nothing else."""
        parties = self.counterparties()
        seen = parties | {PARTNER_OF[one] for one in parties} | {SHARED[source_of(one)] for one in parties}
        documents = [PLACED] if self.reach == "own" else list(DOCUMENTS)
        seen |= {f"{one}.{name}" for one in parties for name in documents}
        return seen | ({f"{one}.money" for one in parties} if self.reach != "own" else set())


def _above(owner: str) -> list[str]:
    return [owner, *_above(HEAD_OF[owner])] if owner in HEAD_OF else [owner]


HUB = Reader("hub")
READERS = (
    Reader("storefront", permissions=STOREFRONT),
    Reader("one base", source=SOURCE),
    Reader("company", BRANCH, "company"),
    Reader("branch", BRANCH, "branch"),
    Reader("own", BRANCH, "own"),
    Reader("stranger", STRANGER, "company", permissions=STOREFRONT),
)
