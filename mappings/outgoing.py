"""What the submissions of one base become there, by the configuration that its settings name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mappings.matched import Matched
from mappings.section import SectionRow
from mappings.ut11.order_out import ORDER_OUT
from mappings.ut11.party_out import COUNTERPARTY_OUT, DELIVERY_POINT_OUT, PARTNER_OUT
from mappings.written import Outgoing
from schemas.errors import ConfigurationError
from schemas.settings import SourceSettings
from schemas.submissions import Kind

OUTGOING: Mapping[str, tuple[Outgoing, ...]] = {
    "ut11": (ORDER_OUT, COUNTERPARTY_OUT, PARTNER_OUT, DELIVERY_POINT_OUT)
}
PARTNERS: Mapping[str, Outgoing] = {"ut11": PARTNER_OUT}  # with whom a counterparty is traded

__all__ = ["OUTGOING", "Matched", "Outgoing", "SectionRow", "outgoing", "partner", "written"]


def outgoing(settings: SourceSettings, kind: Kind) -> Outgoing:
    """The declaration with this installation's names and constants.

    Errors: ConfigurationError where its mapping writes nothing of the kind, or the names and constants do not fit.
    """
    for one in OUTGOING.get(settings.mapping, ()):
        if one.kind == kind:
            here = one.renamed(settings.fields)
            return here.with_constants(settings.orders.constants) if kind == "order" else here
    raise ConfigurationError(
        f"the mapping {settings.mapping} of {settings.id} does not tell how to write {kind}",
        hint="Declare it in mappings/outgoing.py, or set orders.accept = false for this source.",
    )


def partner(settings: SourceSettings) -> Outgoing | None:
    """What a new counterparty gets beside itself, where the configuration keeps that apart."""
    found = PARTNERS.get(settings.mapping)
    return None if found is None else found.renamed(settings.fields)


def written(mapping: str) -> Iterator[str]:
    """Every field that the mapping writes, as [fields] of the settings names it: `Document_X.Часть.Поле`."""
    for one in OUTGOING.get(mapping, ()):
        yield from (f"{one.entity_set}.{path.replace('/', '.')}" for path in one.paths())
