"""The exchange plan of the trading configuration: what a site hears about.

The warehouse's slip is in the plan though it is not published through OData, as happens when an
administrator composes the two separately.
"""

from __future__ import annotations

from simulator.configuration.catalogs import CATALOGS
from simulator.configuration.documents import DOCUMENTS
from simulator.model import ExchangePlan

_SETTLEMENTS = (
    "AccumulationRegister_РасчетыСКлиентами",
    "AccumulationRegister_РасчетыСКлиентамиПоСрокам",
)
_UNREGISTERED = frozenset(
    {
        "Catalog_СерииНоменклатуры",
        "Catalog_Назначения",
        "ExchangePlan_ДляODATA",
    }
)
_CATALOGS = tuple(f"{one.prefix}_{one.name}" for one in CATALOGS)
_DOCUMENTS = tuple(f"Document_{one.name}" for one in DOCUMENTS)

PLAN = ExchangePlan(
    name="ДляODATA",
    own_code="001",
    members=frozenset((*_CATALOGS, *_DOCUMENTS, *_SETTLEMENTS)) - _UNREGISTERED,
)
