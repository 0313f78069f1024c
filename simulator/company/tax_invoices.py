"""Tax invoices for shipments and for advances received."""

from __future__ import annotations

from simulator.company.amounts import money
from simulator.company.contracts import Contract
from simulator.company.firm import SHIPMENT, TAX_INVOICE, Firm


def issue_tax_invoice(
    firm: Firm,
    day: int,
    second: int,
    contract: Contract,
    basis_type: str,
    basis: str,
    total: int,
    vat: int,
) -> None:
    document = firm.papers.head(TAX_INVOICE, contract, day, second)
    document |= {
        "СуммаДокумента": money(total),
        "ДокументОснование": basis,
        "ДокументОснование_Type": basis_type,
        "СуммаНДС": money(vat),
        "Исправление": firm.chance.often(0.01),
        "КодВидаОперации": "01" if basis_type == SHIPMENT else "02",
        "ДатаВыставления": firm.ground.days.midnight(day),
    }
    firm.papers.issue(TAX_INVOICE, document)
