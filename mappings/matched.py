"""A legal entity on its way into the books: matched there by its tax numbers first, so that no twin appears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mappings.written import Outgoing
from schemas import parties
from schemas.outgoing import Row, Sought
from schemas.parties import NewCounterparty


@dataclass(frozen=True, slots=True)
class Matched(Outgoing):
    """The names of the fields that tell whether two are one, of the one for its partner, and of the head's."""

    tax_id: str = ""
    reason: str = ""
    registry: str = ""
    partner_in: str = ""
    head_in: str = ""

    def same_number(self, wanted: NewCounterparty) -> tuple[Sought, ...]:
        """By what the books are asked whether they have the entity, whoever brought it there."""
        return (Sought(self.tax_id if wanted.tax_id else self.registry, "text", wanted.lane),)

    def is_same(self, wanted: NewCounterparty, row: Row) -> bool:
        texts = (_text(row, name) for name in (self.tax_id, self.reason, self.registry))
        return parties.is_same(wanted, *texts)

    def is_exact(self, wanted: NewCounterparty, row: Row) -> bool:
        """Of several that may be it, the one that says so."""
        return _text(row, self.reason) == wanted.tax_reason_code

    def head_of(self, row: Row) -> str:
        return _text(row, self.head_in).lower()

    def renamed(self, names: Mapping[str, str]) -> Matched:
        start = f"{self.entity_set}."

        def here(name: str) -> str:
            return names.get(start + name, name)

        made = super(Matched, self).renamed(names)
        assert isinstance(made, Matched)
        return replace(
            made,
            tax_id=here(self.tax_id),
            reason=here(self.reason),
            registry=here(self.registry),
            partner_in=here(self.partner_in),
            head_in=here(self.head_in),
        )


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "").strip()
