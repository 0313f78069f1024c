"""What the store knows of a statement's paper: who the parties are, how contracts are called, of which kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas import TABLES
from store import records, statement_choices
from store.engine import Tx
from store.statements import StatementRow


@dataclass(frozen=True, slots=True)
class Named:
    """A party by its legal name; "" where the store knows no tax id."""

    name: str
    tax_id: str


@dataclass(frozen=True, slots=True)
class PaperParts:
    """`contracts` gives the title of each contract by its id, `kinds` the kinds that they are of."""

    ours: Named
    theirs: Named
    contracts: Mapping[str, str]
    kinds: tuple[str, ...]


def parts(tx: Tx, row: StatementRow) -> PaperParts:
    """Read with rights of the hub: who may see the statement may see whom it names."""
    choices = statement_choices.contracts_of(tx, row.source, row.counterparty_id)
    return PaperParts(
        _party(tx, "organization", row.source, row.organization_id),
        _party(tx, "counterparty", row.source, row.counterparty_id),
        {one.id: one.name or one.number for one in choices},
        tuple(sorted({one.kind for one in choices})),
    )


def _party(tx: Tx, table: str, source: str, key: str) -> Named:
    """By its key where the store does not know it (any more): a blank line would be nobody."""
    found = records.get(tx, TABLES[table], source, (key,)) if key else None
    if found is None:
        return Named(key, "")
    return Named(str(found.legal_name or found.name), str(found.tax_id))
