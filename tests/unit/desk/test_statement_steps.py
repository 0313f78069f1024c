"""What people do with a statement: steps, their own file against ours, changes after it was agreed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from schemas.statements import STATES, STEPS, State
from store import agreed, audit, operations, statement_steps
from store.statements import StatementRow
from tests.unit.api.books import PARTY, Books
from tests.unit.desk.signed_in import htmx
from tests.unit.desk.statement_books import NOTE, RECEIPT, SOURCE, StatementBooks

Client = TestClient[Litestar]
# Their half, in their sides: what they owe us is their credit. The return is missing, the receipt is another.
THEIRS = """Дата;Документ;Дебет;Кредит
;Сальдо начальное;;0,00
04.11.2026;Накладная № 101;;12500,00
10.11.2026;Платёжное поручение № 17;9900,00;
;Сальдо конечное;;2600,00
"""


@pytest.fixture
def desk(books: Books) -> StatementBooks:
    return StatementBooks.of(books)


@pytest.fixture
def vera(desk: StatementBooks) -> Iterator[Client]:
    with desk.browser() as client:
        yield client


def taken(client: Client, row: StatementRow, to: str, **fields: str) -> int:
    """The answer's code."""
    data = {"to": to, "before": row.state, **fields}
    return client.post(f"/desk/statements/{row.id}/step", data=data).status_code


def test_a_statement_goes_all_its_way_and_tells_who_did_what(desk: StatementBooks, vera: Client) -> None:
    row = desk.compared()
    way: tuple[State, ...] = ("sent", "draft", "sent", "disagreement", "sent", "agreed", "signed")
    for to in way:
        assert taken(vera, row, to, whom="Anna <anna@example.org>", note=f"to be {to}") == 303
        row = desk.now(row)
        assert row.state == to
    with desk.store.reading() as tx:
        steps = statement_steps.steps(tx, row)
        assert [step.after for step in steps] == list(way)
        assert {step.by for step in steps} == {"user:vera-en"}
        noted = audit.read(tx, limit=20, operation="setStatementState")
        assert len({entry.request_id for entry in noted} - {audit.AT_THE_COMMAND_LINE}) == len(way)
    page = vera.get(f"/desk/statements/{row.id}").text
    assert "Marked as signed" in page
    assert "Anna &lt;anna@example.org&gt;" in page
    assert "vera-en" in page
    assert "this is the end of it" in page


def test_only_steps_of_the_state_are_taken_and_only_those_are_offered(
    desk: StatementBooks, vera: Client
) -> None:
    row = desk.compared()
    for state in ("draft", "sent", "disagreement", "sent", "agreed", "signed"):
        row = row if state == "draft" else desk.stepped(row, state)
        page = vera.get(f"/desk/statements/{row.id}").text
        offered = {to for to in STATES if f'name="to" value="{to}"' in page}
        assert offered == set(STEPS[row.state])
        for to in STATES:
            if to not in STEPS[row.state]:
                assert taken(vera, row, to, note="x") == 409
                assert desk.now(row).state == state
    assert taken(vera, row, "elsewhere") == 422


def test_what_was_not_compared_or_is_unexplained_stays(desk: StatementBooks, vera: Client) -> None:
    for make, why in ((desk.drawn, "has not drawn this statement yet"), (desk.unexplained, "no document")):
        row = make()
        assert row.is_draft
        page = vera.get(f"/desk/statements/{row.id}").text
        assert 'name="to"' not in page
        assert "DRAFT" in page
        for to in STEPS["draft"]:
            answer = vera.post(
                f"/desk/statements/{row.id}/step", data={"to": to, "before": "draft", "note": "x"}
            )
            assert answer.status_code == 409
            assert why in answer.text
        assert desk.now(row).state == "draft"


def test_two_people_who_press_at_once_do_not_undo_each_other(desk: StatementBooks, vera: Client) -> None:
    row = desk.stepped(desk.compared(), "sent")
    desk.stepped(row, "disagreement")
    assert taken(vera, row, "agreed") == 409
    assert desk.now(row).state == "disagreement"


def test_a_disagreement_needs_a_word_and_a_note_has_an_end(desk: StatementBooks, vera: Client) -> None:
    row = desk.compared()
    assert taken(vera, row, "disagreement", note="  ") == 422
    assert taken(vera, row, "sent", note="x" * 20_001) == 422
    assert desk.now(row).state == "draft"


def test_a_change_after_it_was_agreed_is_an_alert_until_it_is_accepted(
    desk: StatementBooks, vera: Client
) -> None:
    row = desk.compared()
    for to in ("sent", "agreed"):
        assert taken(vera, desk.now(row), to) == 303
    desk.moves(**{"101": 1_300_000})
    with desk.store.transaction() as tx:
        agreed.detect(tx, SOURCE)
    desk.books.put("document", [])
    page = vera.get(f"/desk/statements/{row.id}").text
    assert "1 document changed after this period was agreed" in page
    changed = page.partition("1 document changed after")[2].partition("</table>")[0]
    assert "УТ-000101" in changed  # by its number, also when it is gone from the books
    assert "13,000.00" in page
    assert row.id in vera.get("/desk/statements?changed=yes").text
    accept = re.search(rf'action="(/desk/statements/{row.id}/changes/\d+/accept)"', page)
    assert accept is not None
    assert vera.post(accept[1]).status_code == 303
    assert "changed after this period" not in vera.get(f"/desk/statements/{row.id}").text
    assert row.id not in vera.get("/desk/statements?changed=yes").text
    assert vera.post(accept[1]).status_code == 409
    with desk.store.reading() as tx:
        (entry,) = audit.read(tx, limit=5, operation="acceptAgreedChange")
    assert (entry.key_number, entry.subject) == ("user:vera-en", row.id)


def sent(client: Client, row: StatementRow, content: bytes, **fields: str) -> tuple[int, str]:
    """The answer's code, and where it leads or what it says."""
    answer = client.post(
        f"/desk/statements/{row.id}/uploads", data=fields, files={"file": ("акт.csv", content, "text/csv")}
    )
    return answer.status_code, answer.headers.get("location", answer.text)


def test_their_own_file_is_matched_and_becomes_the_note_of_a_disagreement(
    desk: StatementBooks, vera: Client
) -> None:
    row = desk.compared()
    code, address = sent(vera, row, THEIRS.encode(), days="3")
    assert code == 303
    page = vera.get(address).text
    assert "Only we have it" in page
    assert "Another amount" in page
    assert "1 line agrees" in page
    assert f"/desk/why/document/{SOURCE}%3A{RECEIPT}" in page
    assert f"/desk/why/document/{SOURCE}%3A{NOTE}" in page
    assert desk.now(row).state == "draft"
    assert vera.post(f"{address}/disagree").status_code == 303
    with desk.store.reading() as tx:
        (step,) = statement_steps.steps(tx, desk.now(row))
    assert step.after == "disagreement"
    assert len(step.note.splitlines()) == 2
    assert "УТ-000003" in step.note
    assert "−500.00 RUB" in step.note
    told = vera.get(f"/desk/statements/{row.id}").text
    assert "Their own statement: акт.csv" in told
    assert "2 disagreements" in told
    assert vera.post(f"{address}/disagree").status_code == 409


def test_a_file_in_which_everything_agrees_is_no_disagreement(desk: StatementBooks, vera: Client) -> None:
    row = desk.compared()
    ours = vera.get(f"/desk/statements/{row.id}/files/xlsx?language=en").content
    code, said = sent(vera, row, ours, half="right")
    assert (code, "The half that was chosen is empty" in said) == (422, True)
    theirs = THEIRS.replace("9900,00;", "10000,00;\n12.11.2026;Возврат № 3;500,00;").replace("2600", "2000")
    code, address = sent(vera, row, theirs.encode("cp1251"))
    assert code == 303
    page = vera.get(address).text
    assert "Every line agrees" in page
    assert "Record as a disagreement" not in page
    assert vera.post(f"{address}/disagree").status_code == 409


def test_rubbish_is_refused_in_words_and_with_its_place(desk: StatementBooks, vera: Client) -> None:
    row = desk.compared()
    for content, told in (
        (b"%PDF-1.7", "The file is a PDF"),
        (b"", "No table with the columns of a statement"),
        (b"PK\x03\x04 nothing", "no sound XLSX"),
        (THEIRS.replace("9900,00", "a lot 1").encode(), "Row 4, column C."),
        (THEIRS.replace("10.11.2026", "31.13.2026").encode(), "The date cannot be read"),
    ):
        code, said = sent(vera, row, content)
        assert (code, told in said) == (422, True), (told, said)
    assert sent(vera, row, THEIRS.encode(), currency="USD")[0] == 422
    assert sent(vera, row, THEIRS.encode(), days="99")[0] == 422
    assert vera.post(f"/desk/statements/{row.id}/uploads", data={"days": "3"}).status_code in (400, 422)
    assert vera.get(f"/desk/statements/{row.id}/uploads/{'0' * 32}").status_code == 404


def test_a_statement_is_drawn_anew_after_the_counterparty_was_pulled(
    desk: StatementBooks, vera: Client
) -> None:
    row = desk.unexplained()
    pulling = vera.post(f"/desk/statements/{row.id}/pull")
    assert pulling.status_code == 303
    number = pulling.headers["location"].partition("?pull=")[2]
    with desk.store.reading() as tx:
        operation = operations.get(tx, number)
    assert operation is not None
    assert (operation.kind, operation.counterparty_id) == ("sync", PARTY)
    part = f"/desk/statements/{row.id}/pulls/{number}"
    assert part in vera.get(pulling.headers["location"]).text
    assert "is being brought up to date" in vera.get(part, headers=htmx(vera)).text
    assert "Waiting for its turn" in vera.get(part, headers=htmx(vera)).text
    with desk.store.transaction() as tx:
        operations.take(tx, "sync", SOURCE, "run-3")
        operations.succeed(tx, "run-3", tx.now)
    assert "Draw the statement anew" in vera.get(part, headers=htmx(vera)).text
    again = vera.post(f"/desk/statements/{row.id}/again")
    assert again.headers["location"].startswith("/desk/statements/requests/")
    assert vera.get(f"/desk/statements/{row.id}/pulls/{'0' * 32}").status_code == 404
