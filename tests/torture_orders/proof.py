"""What must be true in the end: held against the accounting system's own database, not against what the hub says."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from store.tables_of_orders import SUBMISSION_STEP
from tests.torture_orders import timeline
from tests.torture_orders.books import REFERENCE
from tests.torture_orders.people import version_of
from tests.torture_orders.wanted import Wanted
from tests.torture_orders.world import World

MARKED = re.compile(r"\[saldo (?:\w+:)?([0-9a-f-]{36})\]")
AT_REST = ("confirmed", "cancelled", "rejected", "held", "uncertain", "draft", "awaiting_approval")
FOR_A_PERSON = ("several_found", "not_understood")  # what is uncertain for another reason settles itself
NOT_IN_THE_BOOKS = ("held", "draft", "awaiting_approval")
Row = dict[str, Any]


def prove(world: World, orders: list[Wanted]) -> None:
    """Account for these orders; all that was wrong is a finding, once."""
    world.figures.states.clear()
    world.figures.reasons.clear()
    documents, told = _documents(world), world.told_by_the_check()
    for wanted in orders:
        _prove(world, wanted, documents.get(wanted.reference, []), told)
    for reference in documents.keys() - {wanted.reference for wanted in world.orders}:
        rows = documents[reference]
        world.figures.find("duplicates", f"{len(rows)} documents of {reference!r}, which nobody ordered")


def count_steps(world: World) -> None:
    """How often orders came into each state, as far as the hub's last database knows."""
    column = SUBMISSION_STEP.c
    with world.store.reading() as tx:
        found = tx.connection.execute(
            select(column.after, column.why, func.count()).group_by(column.after, column.why)
        )
        world.figures.steps = Counter({f"{after} {why or ''}".strip(): count for after, why, count in found})


def _documents(world: World) -> dict[str, list[Row]]:
    """By the storefront's number: with our marker, or with a number of ours."""
    known = {wanted.id.partition(":")[2]: wanted.reference for wanted in world.orders if wanted.id}
    references = {wanted.reference for wanted in world.orders}
    found: dict[str, list[Row]] = defaultdict(list)
    for row in world.books.orders():
        marked = MARKED.search(row["Комментарий"])
        if marked or row[REFERENCE] in references:
            found[known.get(marked[1], row[REFERENCE]) if marked else row[REFERENCE]].append(row)
    return found


def _prove(world: World, wanted: Wanted, rows: list[Row], by_check: set[str]) -> None:
    def find(what: str, how: str) -> None:
        if (wanted.reference, what) in world.accused:
            return
        world.accused.add((wanted.reference, what))
        world.figures.find(what, f"{wanted.reference} {how}", timeline.of(world.store, wanted, rows))

    if wanted.refused:
        world.figures.states["refused by the API"] += 1
        if rows:
            find("pushed without approval", "was refused by the API, and is in the books")
        return
    told = world.storefront.look(wanted)
    if not told:
        find("lost", f"was accepted, and the hub does not know it; {len(rows)} documents")
        return
    state, why = told["state"], told["why"]
    world.figures.states[state] += 1
    if state != "confirmed":
        world.figures.reasons[f"{state}: {why}"] += 1
    if len(rows) > 1:
        find("duplicates", f"is {len(rows)} times in the books, and {state} in the hub")
    if state not in AT_REST or (state == "uncertain" and why not in FOR_A_PERSON):
        find("stuck", f"is {state} ({why}) when all is quiet")
    if why == "not_equal":
        find("wrong answers", "is said to be in the books otherwise than approved")
    if state in ("rejected", "uncertain", "held") and not why:
        find("half-posted unnoticed", f"is {state}, and nobody is told why")
    for row in rows:
        problem = _unnoticed(world, state, told, row)
        if problem and row["Ref_Key"] in by_check:
            world.figures.add("told by the check")
        elif problem:
            find("half-posted unnoticed", problem)
        if bad := _not_approved(wanted, row):
            find(*bad)
    if state == "confirmed":
        _confirmed(world, wanted, told, rows, find)


def _confirmed(world: World, wanted: Wanted, told: Row, rows: list[Row], find: Any) -> None:
    if not rows:
        find("lost", "is confirmed, and not in the books")
    for row in rows:
        version = version_of(wanted, told)
        differs = (
            differences(wanted, version, row) if version >= 0 else ["the hub says something nobody sent"]
        )
        if differs:
            find("pushed other than approved", "; ".join(differs))
        if told["document"] is None or told["document"]["number"] != row["Number"]:
            find("wrong answers", f"is {row['Number']} in the books and {told['document']} in the hub")


def _unnoticed(world: World, state: str, told: Row, row: Row) -> str:
    """What is in the books otherwise than the hub tells; nothing where it tells it."""
    posted, moves, marked = row["Posted"], world.books.moves(row["Ref_Key"]), row["DeletionMark"]
    shown = f"posted {posted}, moves {moves}, marked {marked}; the hub says {state} ({told['why']})"
    if posted != moves:
        return f"is half-posted: {shown}"
    if state == "confirmed" and (not posted or marked):
        return f"does not count in the books: {shown}"
    if state == "cancelled" and (posted or not marked):
        return f"is cancelled, and counts in the books: {shown}"
    if state in NOT_IN_THE_BOOKS and not marked:
        return f"is in the books too early: {shown}"
    if state == "rejected" and not marked and told["document"] is None:
        return f"is in the books, and the hub says that it is rejected and names no document: {shown}"
    return ""


def _not_approved(wanted: Wanted, row: Row) -> tuple[str, str] | None:
    same = [version for version in range(len(wanted.contents)) if not differences(wanted, version, row)]
    if not same:
        return "pushed other than approved", "; ".join(differences(wanted, len(wanted.contents) - 1, row))
    if not any(wanted.may_be_in_the_books(version) for version in same):
        return "pushed without approval", f"is in the books in version {same[0] + 1}, which nobody approved"
    return None


def differences(wanted: Wanted, version: int, row: Row) -> list[str]:
    """What one version and a document say differently, field by field."""
    content, buyer = wanted.contents[version], wanted.buyer
    head = {
        "Контрагент_Key": buyer.counterparty,
        "Договор_Key": buyer.contract,
        "Организация_Key": buyer.organization,
        "СуммаДокумента": content.total,
        "ЦенаВключаетНДС": content.includes_vat,
        "АдресДоставки": content.address,
        "ДатаОтгрузки": f"{content.wished_on.isoformat()}T00:00:00",
        REFERENCE: wanted.reference,
    }
    found = [f"{name}: {row[name]!r}, not {said!r}" for name, said in head.items() if row[name] != said]
    if not row["Комментарий"].startswith(content.comment):
        found.append(f"Комментарий: {row['Комментарий']!r}, not {content.comment!r}")
    stored = row["Товары"]
    if len(stored) != len(content.lines):
        return [*found, f"{len(stored)} lines, not {len(content.lines)}"]
    for place, (line, kept) in enumerate(zip(content.lines, stored, strict=True), 1):
        said: dict[str, object] = {
            "Номенклатура_Key": line.goods.ref,
            "Количество": line.quantity,
            "КоличествоУпаковок": line.quantity,
            "Сумма": line.amount,
            "СуммаНДС": line.vat(within=content.includes_vat),
            "СуммаСНДС": line.paid(includes_vat=content.includes_vat),
        }
        if line.discount == Decimal(0):
            said["Цена"] = line.price
        found += [
            f"{place}. {name}: {kept[name]!r}, not {value!r}"
            for name, value in said.items()
            if kept[name] != value
        ]
    return found
