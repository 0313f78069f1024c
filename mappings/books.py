"""What the declarations of one installation say about where settlements are kept."""

from __future__ import annotations

from collections.abc import Iterable

from mappings.entity import Entity
from mappings.totals import Totals
from schemas.errors import ConfigurationError
from schemas.settlement_books import SettlementBooks


def settlement_books(entities: Iterable[Entity]) -> SettlementBooks:
    """Put the books together from the entities of the running account, with this installation's names.

    Errors: ConfigurationError where the mapping has none of them.
    """
    by_name = {entity.name: entity for entity in entities}
    try:
        entry, key, contract = (by_name[name] for name in ("settlement_entry", "settlement_key", "contract"))
    except KeyError as missing:
        raise ConfigurationError(
            f"the mapping has no {missing.args[0]}: it does not tell where settlements are kept",
            hint="Declare it in the mapping, or give the base the extension of onec/ and set soap_url.",
        ) from None
    totals = _totals(entry)
    return SettlementBooks(
        register=totals.register,
        settlement_key=totals.key,
        currency=totals.currency,
        amount=totals.resources["amount"],
        keys=key.source,
        organization=_column(key, "organization_id"),
        counterparty=_column(key, "counterparty_id"),
        contract=_column(key, "contract_id"),
        contracts=contract.source,
        contract_owner=_column(contract, "counterparty_id"),
        contract_kind=_column(contract, "kind"),
        contract_kinds=dict(contract.fields["kind"].options),
        document_kinds=dict(entry.fields["recorder_kind"].options),
    )


def _totals(entry: Entity) -> Totals:
    if entry.totals is None:
        raise ConfigurationError(
            f"{entry.name} declares no totals",
            hint="Give it the register that answers BalanceAndTurnovers.",
        )
    return entry.totals


def _column(entity: Entity, field: str) -> str:
    return entity.fields[field].reads[0].name
