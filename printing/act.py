"""A reconciliation statement ready to print: rows and words, one model for page, PDF and spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from printing import wording
from printing.catalogues import texts
from printing.checksum import checksum
from printing.formats import moment
from printing.paper import Paper, Party, Signer
from printing.rows import Pair, pairs
from schemas.errors import NotPrintableError
from schemas.languages import Language
from schemas.reconciliation import Statement, flaws
from schemas.reconciliation_differences import Comparison


@dataclass(frozen=True, slots=True)
class Labels:
    date: str
    document: str
    debit: str
    credit: str
    seal: str
    signature: str
    page: str  # with {page} and {pages}


@dataclass(frozen=True, slots=True)
class Half:
    """One side of one currency: what stands above its rows and what it comes to."""

    head: str
    by: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class Section:
    """One currency."""

    currency: str
    ours: Half
    theirs: Half
    rows: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One party's place to sign."""

    head: str
    tax_id: str
    signers: tuple[Signer, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """`draft` is what is printed over a draft, "" for a statement that may be signed."""

    language: Language
    title: str
    about: tuple[str, ...]
    place: str
    intro: str
    labels: Labels
    sections: tuple[Section, ...]
    sides: tuple[Side, Side]
    draft: str
    as_of: str
    checksum: str
    checked: str
    verify: str


def draw(
    statements: Sequence[Statement],
    paper: Paper,
    comparisons: Sequence[Comparison] = (),
    *,
    draft: bool = False,
) -> Act:
    """Put the act together: a section for each statement, which are of one currency each and never added.

    Errors: NotPrintableError where a statement does not add up, or a comparison of it with the other producer's
    has a difference that no document explains; a draft is drawn all the same, and says that it is one.
    ValueError for statements that are not of the same parties, period and contracts, or of one currency twice.
    """
    _together(statements)
    if any(x.left not in statements and x.right not in statements for x in comparisons):
        raise ValueError("a comparison is of another statement")
    if not draft:
        _sound(statements, comparisons)
    text, digest = texts(paper.language), checksum(statements)
    as_of = moment(min(x.as_of for x in statements), paper.language, paper.time_zone)
    return Act(
        language=paper.language,
        title=text.gettext("Reconciliation statement of mutual settlements"),
        about=wording.about(statements, paper),
        place=paper.place,
        intro=wording.intro(paper),
        labels=_labels(paper),
        sections=tuple(_section(statement, paper) for statement in statements),
        sides=(_side(paper.ours, paper), _side(paper.theirs, paper)),
        draft=text.gettext("DRAFT") if draft else "",
        as_of=text.gettext("By the accounting records as of {moment}").format(moment=as_of),
        checksum=digest,
        checked=text.gettext("Checksum of the data (SHA-256): {checksum}").format(checksum=digest),
        verify=text.gettext("To be verified at {address}").format(address=paper.verify_at)
        if paper.verify_at
        else "",
    )


def _together(statements: Sequence[Statement]) -> None:
    asked = {
        (
            x.source,
            x.organization_id,
            x.counterparty_id,
            x.first_on,
            x.last_on,
            x.contract_id,
            x.contract_kind,
        )
        for x in (statement.request for statement in statements)
    }
    if len(asked) != 1:
        raise ValueError("one act is of the same parties, period and contracts")
    if len({statement.request.currency for statement in statements}) != len(statements):
        raise ValueError("one act has one statement for each currency")


def _sound(statements: Sequence[Statement], comparisons: Sequence[Comparison]) -> None:
    bad = [statement.request for statement in statements if flaws(statement)]
    unexplained = [x.left.request for x in comparisons if x.unexplained]
    for requests, what in ((bad, "does not add up"), (unexplained, "has a difference that nothing explains")):
        if requests:
            raise NotPrintableError(
                f"the statement {what}",
                hint="look at its differences and pull the counterparty again, or print it as a draft",
                source=requests[0].source,
                counterparty=requests[0].counterparty_id,
                currency=requests[0].currency,
            )


def _labels(paper: Paper) -> Labels:
    text = texts(paper.language)
    return Labels(
        date=text.gettext("Date"),
        document=text.gettext("Document"),
        debit=text.gettext("Debit"),
        credit=text.gettext("Credit"),
        seal=text.gettext("Seal"),
        signature=text.gettext("signature"),
        page=text.gettext("Page {page} of {pages}"),
    )


def _section(statement: Statement, paper: Paper) -> Section:
    currency = statement.request.currency
    ours = wording.conclusion(statement, paper)
    theirs = ours if paper.mirrored else wording.to_be_filled(statement, paper)
    return Section(
        currency,
        Half(wording.head(paper.ours, currency, paper), _by(paper.ours, paper), ours),
        Half(wording.head(paper.theirs, currency, paper), _by(paper.theirs, paper), theirs),
        pairs(statement, paper),
    )


def _by(party: Party, paper: Paper) -> str:
    return texts(paper.language).gettext("By the records of {party}").format(party=party.name)


def _side(party: Party, paper: Paper) -> Side:
    text = texts(paper.language).gettext("For {party}")
    return Side(text.format(party=party.name), wording.identified(party, paper), party.signers)
