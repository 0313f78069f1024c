"""Where an accounting system keeps its settlements: what a statement over OData has to ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettlementBooks:
    """Names as on the wire; columns of references with their `_Key`.

    `register` keeps movements of `amount` by settlement key and currency: Receipt adds to the debt. `keys` is
    the catalogue of settlement keys, whose columns name the parties; `contracts` that of contracts.
    `contract_kinds` and `document_kinds` lead from the accounting system's words to the site's.
    """

    register: str
    settlement_key: str
    currency: str
    amount: str
    keys: str
    organization: str
    counterparty: str
    contract: str
    contracts: str
    contract_owner: str
    contract_kind: str
    contract_kinds: Mapping[str, str]
    document_kinds: Mapping[str, str]
