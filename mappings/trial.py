"""An object that is written only to see what the books keep of it."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.writers import Writer, travelling
from mappings.written import LINE_NUMBER, Outgoing
from schemas.outgoing import Difference, Row

ABOUT = "Проверка записи с портала (saldo check). Не проводить: уже помечен на удаление."


def trial(declared: Outgoing, sample: Row | None, name: str) -> Row:
    """Like `sample`, with every text as long as it may come; `name` of 24 letters tells it from others.

    It carries no marker of an order: nobody shall take it for one.
    """
    row = _like(declared.fields, sample or {})
    for part in declared.parts:
        lines = (sample or {}).get(part.name)
        row[part.name] = [
            {LINE_NUMBER: str(place), **_like(part.fields, line)}
            for place, line in enumerate(lines if isinstance(lines, list) else (), 1)
        ]
    for one in declared.fields:
        if one.longest:
            row[one.name] = _filled("" if one.name in declared.looked_by else ABOUT, one.longest, name)
    return row


def findings(declared: Outgoing, sent: Row, kept: Row) -> list[Difference]:
    """What will be lost of orders. What the books compute anew from a sample that is not ours is not said."""
    told = {one.name for one in declared.fields if one.longest or one.fixed is not None}
    return [one for one in declared.differences(sent, kept) if one.stored is None or one.field in told]


def _like(fields: Sequence[Writer], sample: Row) -> Row:
    fixed = {one.name: travelling(one.type, one.fixed) for one in fields if one.fixed is not None}
    return {one.name: sample[one.name] for one in fields if sample.get(one.name) is not None} | fixed


def _filled(begins: str, longest: int, ends: str) -> str:
    return begins + "." * (longest - len(begins) - len(ends)) + ends
