"""The sentences of a statement."""

from __future__ import annotations

from collections.abc import Sequence

from printing.catalogues import texts
from printing.formats import amount, day, long_day
from printing.paper import Paper, Party
from printing.rows import contract_title
from printing.spelling import short, spelled
from schemas.errors import NotPrintableError
from schemas.languages import Language
from schemas.money import Money
from schemas.reconciliation import Statement, StatementRequest

BLANK = "_" * 16


def about(statements: Sequence[Statement], paper: Paper) -> tuple[str, ...]:
    """The lines under the title: period, parties, contracts."""
    request, text = statements[0].request, texts(paper.language)
    return (
        text.gettext("for the period from {first} to {last}").format(
            first=long_day(request.first_on, paper.language), last=long_day(request.last_on, paper.language)
        ),
        text.gettext("between {ours}").format(ours=_identified(paper.ours, paper)),
        text.gettext("and {theirs}").format(theirs=_identified(paper.theirs, paper)),
        _contracts(request, paper),
    )


def intro(paper: Paper) -> str:
    return (
        texts(paper.language)
        .gettext(
            "We, the undersigned, {ours}, on the one part, and {theirs}, on the other part, have drawn up this "
            "statement to certify that, by the accounting records, mutual settlements stand as follows:"
        )
        .format(ours=_represented(paper.ours), theirs=_represented(paper.theirs))
    )


def head(party: Party, currency: str, paper: Paper) -> str:
    """Above a half of the table."""
    text = texts(paper.language).gettext("By the records of {party}, {currency}")
    return text.format(party=party.name, currency=short(currency, paper.language))


def conclusion(statement: Statement, paper: Paper) -> str:
    """What is owed at the end, to whom, in figures and in words."""
    request, language = statement.request, paper.language
    text, on = texts(language), day(request.last_on, language)
    if not statement.closing:
        return text.gettext("as of {date} nothing is owed").format(date=on)
    money = Money(abs(statement.closing), request.currency)
    return text.gettext("as of {date} the debt in favour of {party} is {amount} {currency} ({words})").format(
        date=on,
        party=(paper.ours if statement.closing > 0 else paper.theirs).name,
        amount=amount(money.units, request.currency, language),
        currency=short(request.currency, language),
        words=spelled(money, language),
    )


def to_be_filled(statement: Statement, paper: Paper) -> str:
    """The counterparty's conclusion, when their half is left to them."""
    text = texts(paper.language).gettext("as of {date} the debt in favour of {party} is {amount} {currency}")
    return text.format(
        date=day(statement.request.last_on, paper.language),
        party=BLANK * 2,
        amount=BLANK,
        currency=short(statement.request.currency, paper.language),
    )


def contract_kinds(language: Language) -> dict[str, str]:
    """What stands behind "contracts:", by the hub's own words for the kinds."""
    text = texts(language)
    return {
        "sale": text.gettext("with customers"),
        "purchase": text.gettext("with suppliers"),
        "commission": text.gettext("of commission"),
        "other": text.gettext("of other kinds"),
    }


def identified(party: Party, paper: Paper) -> str:
    """Under a half: the tax id, named as in the country of the language."""
    if not party.tax_id:
        return ""
    return texts(paper.language).gettext("tax ID {number}").format(number=party.tax_id)


def _identified(party: Party, paper: Paper) -> str:
    known = identified(party, paper)
    return f"{party.name} ({known})" if known else party.name


def _represented(party: Party) -> str:
    signer = party.signers[0]
    return f"{signer.post or BLANK} {party.name} {signer.name or BLANK}"


def _contracts(request: StatementRequest, paper: Paper) -> str:
    text = texts(paper.language)
    if request.contract_id is not None:
        return text.gettext("contract: {title}").format(title=contract_title(request.contract_id, paper))
    if request.contract_kind is None:
        return text.gettext("all contracts")
    kind = paper.contract_kinds.get(request.contract_kind)
    if kind is None:
        raise NotPrintableError(
            "a kind of contract of the statement has no title",
            hint="give its title in the language of the print, then print again",
            contract_kind=request.contract_kind,
        )
    return text.gettext("contracts: {kind}").format(kind=kind)
