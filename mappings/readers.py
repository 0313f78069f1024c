"""Field readers: how one site field is made from source fields. Values: a declaration lists them.

A reader names the properties it reads; `convert` is a pure function of their values (and, with
`in_context`, of the run's `Context`). What cannot be read raises `Unreadable`, never a default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mappings import values
from schemas.source import WireField, WireRow


@dataclass(frozen=True, slots=True)
class Reader:
    """`kind` and `options` say what it does: they, not the function, go into the mapping's digest.

    `of_parent` marks reads (by position) that are taken from the record the row belongs to.
    With `part`, the one name read is a tabular part and `convert` gets its rows.
    `absent` is what it gives on an installation that has no such field; `...` means it cannot do without.
    """

    kind: str
    reads: tuple[WireField, ...]
    convert: Callable[..., Any] | None = None
    options: tuple[tuple[str, str], ...] = ()
    in_context: bool = False
    of_parent: frozenset[int] = frozenset()
    part: WireRow | None = None
    absent: object = field(default=...)


def text(name: str) -> Reader:
    return Reader("text", (WireField(name, "text", nullable=True),), values.text, absent="")


def plain(name: str) -> Reader:
    """Text that never needs trimming or a default: version marks, member names."""
    return Reader("plain", (WireField(name, "text"),))


def folded(*names: str) -> Reader:
    """Several texts in one, with small letters only."""
    return Reader("folded", tuple(WireField(name, "text", nullable=True) for name in names), values.folded)


def guid(name: str) -> Reader:
    return Reader("guid", (WireField(name, "text"),), values.guid)


def ref(name: str) -> Reader:
    """A reference that may be empty."""
    return Reader("ref", (WireField(name, "text", nullable=True),), values.ref, absent=None)


def key_part(name: str) -> Reader:
    """A reference that is part of a key, "" where it is empty."""
    return Reader("key_part", (WireField(name, "text"),), values.key_part, absent="")


def other_ref(name: str, own: str = "Ref_Key") -> Reader:
    """A reference where pointing to oneself means pointing to nobody (a head office of itself)."""
    reads = (WireField(name, "text", nullable=True), WireField(own, "text"))
    return Reader("other_ref", reads, values.other_ref, absent=None)


def typed_ref(name: str, only: str) -> Reader:
    """The key of a composite reference if it points to `only`, else nothing."""
    reads = (WireField(name, "text", nullable=True), WireField(f"{name}_Type", "text", nullable=True))
    wanted = f"StandardODATA.{only}"

    def convert(value: str | None, kind: str | None) -> str | None:
        return values.ref(value) if kind == wanted else None

    return Reader("typed_ref", reads, convert, (("only", only),), absent=None)


def any_ref(name: str) -> Reader:
    """The key of a composite reference of any type; `any_kind` tells which."""
    reads = (WireField(name, "text", nullable=True), WireField(f"{name}_Type", "text", nullable=True))
    return Reader("any_ref", reads, values.any_ref, absent=None)


def any_kind(name: str, kinds: Mapping[str, str]) -> Reader:
    """What a composite reference points to, in the site's words where it has one, else the source's."""
    reads = (WireField(name, "text", nullable=True), WireField(f"{name}_Type", "text", nullable=True))

    def convert(value: str | None, kind: str | None) -> str:
        return values.kind_of(value, kind, kinds)

    return Reader("any_kind", reads, convert, tuple(sorted(kinds.items())), absent="")


def flag(name: str) -> Reader:
    return Reader("flag", (WireField(name, "flag", nullable=True),), values.flag, absent=False)


def integer(name: str) -> Reader:
    return Reader("integer", (WireField(name, "integer"),))


def quantity(name: str) -> Reader:
    """A quantity, price or rate, exact to the millionth."""
    return Reader("quantity", (WireField(name, "decimal"),), values.micro)


def total(name: str) -> Reader:
    """A quantity that a virtual table sums up; nothing is zero."""
    return Reader("total", (WireField(name, "decimal", nullable=True),), values.total, absent=0)


def ratio(numerator: str, denominator: str) -> Reader:
    reads = (WireField(numerator, "decimal"), WireField(denominator, "decimal"))
    return Reader("ratio", reads, values.ratio)


def money(name: str, currency: str, *, of_parent: bool = False) -> Reader:
    """An amount in minor units of the currency that `currency` refers to (of the parent record, if so)."""
    reads = (WireField(name, "decimal"), WireField(currency, "text"))
    parents = frozenset({1}) if of_parent else frozenset[int]()
    return Reader("money", reads, values.money, in_context=True, of_parent=parents)


def optional_money(name: str, currency: str) -> Reader:
    """An amount whose currency may be empty: then there is no amount."""
    reads = (WireField(name, "decimal"), WireField(currency, "text"))
    return Reader("optional_money", reads, values.optional_money, in_context=True, absent=None)


def signed_money(name: str, currency: str, direction: str = "RecordType") -> Reader:
    """A movement: Receipt adds, Expense takes away."""
    reads = (WireField(name, "decimal"), WireField(currency, "text"), WireField(direction, "text"))
    return Reader("signed_money", reads, values.signed_money, in_context=True)


def limit(name: str, switch: str, currency: str) -> Reader:
    """An amount that applies only while `switch` is on."""
    reads = (WireField(name, "decimal"), WireField(switch, "flag"), WireField(currency, "text"))
    return Reader("limit", reads, values.limit, in_context=True, absent=None)


def days(name: str, switch: str | None = None) -> Reader:
    """A number of days that applies only while `switch` (if any) is on."""
    count = WireField(name, "integer")
    if switch is None:
        return Reader("days", (count,), values.days, absent=None)
    reads = (count, WireField(switch, "flag"))
    return Reader("days", reads, values.switched_days, absent=None)


def currency(name: str) -> Reader:
    """The ISO code behind a reference to the list of currencies."""
    return Reader("currency", (WireField(name, "text"),), values.currency, in_context=True)


def optional_currency(name: str) -> Reader:
    reads = (WireField(name, "text", nullable=True),)
    return Reader("optional_currency", reads, values.optional_currency, in_context=True, absent=None)


def iso_currency(name: str) -> Reader:
    """An ISO 4217 code, numeric as 1C keeps it or alphabetic."""
    return Reader("iso_currency", (WireField(name, "text"),), values.iso_currency)


def moment(name: str) -> Reader:
    return Reader("moment", (WireField(name, "text"),), values.moment)


def optional_moment(name: str) -> Reader:
    return Reader("optional_moment", (WireField(name, "text"),), values.optional_moment, absent=None)


def day(name: str) -> Reader:
    """A date that may be empty."""
    return Reader("day", (WireField(name, "text", nullable=True),), values.day, absent=None)


def choice(name: str, words: Mapping[str, str]) -> Reader:
    """A member of an enumeration in the site's words; an unknown member is refused."""

    def convert(value: str | None) -> str:
        return values.choice(value, words)

    return Reader("choice", (WireField(name, "text", nullable=True),), convert, tuple(sorted(words.items())))


def is_word(name: str, word: str) -> Reader:
    """Whether a member of an enumeration is this one."""

    def convert(value: str | None) -> bool:
        return value == word

    return Reader(
        "is_word", (WireField(name, "text", nullable=True),), convert, (("word", word),), absent=True
    )


def constant(value: str | bool | int | None) -> Reader:
    return Reader("constant", (), lambda: value, (("value", repr(value)),))


def switch(name: str, on: str, off: str) -> Reader:
    """One of two words by a flag."""

    def convert(value: bool | None) -> str:
        return on if values.flag(value) else off

    return Reader("switch", (WireField(name, "flag", nullable=True),), convert, (("on", on), ("off", off)))


def negated(name: str) -> Reader:
    return Reader("negated", (WireField(name, "flag", nullable=True),), values.negated, absent=True)


def kind_is(name: str, *codes: str) -> Reader:
    """Whether a reference to the kinds of contact information points to one of `codes`."""

    def convert(context: values.Context, value: str) -> bool:
        return context.contact_kinds.get(value) in codes

    return Reader(
        "kind_is", (WireField(name, "text"),), convert, tuple((code, "") for code in codes), in_context=True
    )


def parent_guid(name: str = "Ref_Key") -> Reader:
    """The id of the record that a row of a tabular part belongs to."""
    return Reader("parent_guid", (WireField(name, "text"),), None, of_parent=frozenset({0}))


def extension(part: str) -> Reader:
    """The extension fields of a record, by property, each with its type (CM-23)."""
    row = WireRow(tuple(WireField(name, "text") for name in ("Свойство_Key", "Значение", "Значение_Type")))
    return Reader("extension", (WireField(part, "text"),), values.extension, part=row, absent="{}")
