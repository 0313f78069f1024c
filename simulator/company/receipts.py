"""Bank and cash receipts as documents, and what they do to the account."""

from __future__ import annotations

from typing import Any

from simulator.company.amounts import money, vat_within
from simulator.company.contracts import Contract
from simulator.company.days import EMPTY
from simulator.company.firm import BANK, CASH, ORDER, Firm, Order
from simulator.company.ledger import BY_DUE_DATE, SETTLEMENTS, OpenItem
from simulator.company.tax_invoices import issue_tax_invoice

Row = dict[str, Any]
_VAT_OF_ADVANCES = 20
_OPERATION = "ПоступлениеОплатыОтКлиента"


def receive(
    firm: Firm,
    day: int,
    second: int,
    contract: Contract,
    allocations: list[tuple[OpenItem, int]],
    advance: int,
    *,
    order: Order | None = None,
    named: bool = True,
) -> None:
    """Money for the given debts and an advance; `named=False`: the payer did not say for what."""
    chance = firm.chance
    total = sum(amount for _, amount in allocations) + advance
    if total <= 0:
        return
    in_cash = contract.terms.currency.rates is None and chance.often(0.6 if _is_person(contract) else 0.12)
    kind = CASH if in_cash else BANK
    dated = firm.backdated(day, contract.character.first_day, contract) if order is None else day
    document = firm.papers.head(kind, contract, dated, second)
    if dated != day:
        known = [(item, amount) for item, amount in allocations if item.arose <= document["Date"]]
        advance, allocations = total - sum(amount for _, amount in known), known
    target = order.settlement_object if order and contract.by_order else contract.settlement_object
    document["СуммаДокумента"] = money(total)
    document["ХозяйственнаяОперация"] = _OPERATION
    if named:
        document["РасшифровкаПлатежа"] = _details(contract, allocations, advance, order, target)
    else:
        document["РасшифровкаПлатежа"] = [_detail(contract, total, contract.settlement_object)]
    document |= _cash_fields(contract) if in_cash else _bank_fields(firm, contract, dated, order)
    firm.papers.issue(kind, document)
    rest = OpenItem(document["Ref_Key"], kind, target, document["Date"], EMPTY, advance, 0)
    rest.rest_base = contract.terms.currency.in_base(advance, dated)
    _settle(firm, contract, document, kind, allocations, rest)
    if advance and not in_cash and chance.often(0.3):
        _plan_tax_invoice(firm, day, second, contract, document["Ref_Key"], advance)


def _plan_tax_invoice(
    firm: Firm, day: int, second: int, contract: Contract, receipt: str, advance: int
) -> None:
    later, vat = min(second + 3_600, 86_399), vat_within(advance, _VAT_OF_ADVANCES)
    firm.agenda.plan(day, later, issue_tax_invoice, contract, BANK, receipt, advance, vat)


def _is_person(contract: Contract) -> bool:
    return contract.sides.counterparty.kind in ("ФизЛицо", "ИндивидуальныйПредприниматель")


def _details(
    contract: Contract,
    allocations: list[tuple[OpenItem, int]],
    advance: int,
    order: Order | None,
    target: str,
) -> list[Row]:
    if order is not None:
        total = advance + sum(amount for _, amount in allocations)
        return [_detail(contract, total, target, order.ref, ORDER)]
    rows = [
        _detail(contract, amount, item.settlement_object, item.document, item.document_type)
        for item, amount in allocations
    ]
    if advance:
        rows.append(_detail(contract, advance, target))
    return rows


def _detail(contract: Contract, amount: int, target: str, basis: str = "", basis_type: str = "") -> Row:
    row: Row = {
        "Сумма": money(amount),
        "СуммаВзаиморасчетов": money(amount),
        "ВалютаВзаиморасчетов_Key": contract.terms.currency.ref,
        "ОбъектРасчетов_Key": target,
    }
    if basis:
        row["ОснованиеПлатежа"], row["ОснованиеПлатежа_Type"] = basis, basis_type
    return row


def _bank_fields(firm: Firm, contract: Contract, day: int, order: Order | None) -> Row:
    chance = firm.chance
    for_what = order.number if order else f"дог. {contract.number}"
    return {
        "НазначениеПлатежа": f"{firm.ground.words.payment_for} {for_what}, в т.ч. НДС",
        "ПроведеноБанком": True,
        "ДатаПроведенияБанком": firm.ground.days.midnight(day),
        "ТипПлатежногоДокумента": "ПлатежноеПоручение",
        "НомерВходящегоДокумента": str(chance.between(1, 99_999)),
        "ДатаВходящегоДокумента": firm.ground.days.midnight(day),
    }


def _cash_fields(contract: Contract) -> Row:
    return {"ПринятоОт": contract.sides.counterparty.name[:100], "Основание": f"Договор № {contract.number}"}


def _settle(
    firm: Firm,
    contract: Contract,
    document: Row,
    kind: str,
    allocations: list[tuple[OpenItem, int]],
    rest: OpenItem,
) -> None:
    posting = contract.posting(document["Date"], _OPERATION)
    for item, amount in allocations:
        posting.settle(item, amount)
    contract.account.close_settled()
    if rest.rest:
        posting.add_advance(rest, for_order=rest.settlement_object != contract.settlement_object)
    firm.papers.records(SETTLEMENTS, kind, document, posting.settlements)
    firm.papers.records(BY_DUE_DATE, kind, document, posting.by_due_date)
