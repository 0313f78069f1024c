"""What people do with statements: steps in their order, what is agreed and held to it, and their own statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from schemas.errors import InvalidValueError, StoreError
from schemas.matching import Received, ReceivedLine
from schemas.statements import State
from store import agreed, statement_choices, statement_steps, statement_uploads
from store.engine import Store
from store.statements import StatementRow
from tests.unit.store.desk import SOURCE, Desk
from tests.unit.store.test_balances import entry, movements
from tests.unit.store.test_statements import FIRST, MARCH, books, heard, kept, told

__all__ = ["books"]


def stepped(store: Store, row: StatementRow, to: State, note: str = "") -> StatementRow:
    with store.transaction() as tx:
        return statement_steps.step(tx, row, to, by="user:ito", note=note)


def test_steps_are_taken_in_their_order_and_written_down(books: Desk) -> None:
    row = heard(books.store, kept(books.store))
    with pytest.raises(InvalidValueError, match="cannot become signed"):
        stepped(books.store, row, "signed")
    sent = stepped(books.store, row, "sent", "by post")
    with pytest.raises(StoreError, match="meanwhile"):
        stepped(books.store, row, "agreed")
    with pytest.raises(InvalidValueError, match="needs a word"):
        stepped(books.store, sent, "disagreement")
    against = stepped(books.store, sent, "disagreement", "note 7 is missing")
    assert told(books.store)[-1] == ("statement.disagreed", row.id, against.version)
    signed = stepped(books.store, stepped(books.store, against, "agreed"), "signed")
    with pytest.raises(InvalidValueError, match="draw a new one"):
        stepped(books.store, signed, "draft")
    with books.store.reading() as tx:
        found = [(one.before, one.after, one.note) for one in statement_steps.steps(tx, signed)]
    assert found == [
        ("draft", "sent", "by post"),
        ("sent", "disagreement", "note 7 is missing"),
        ("disagreement", "agreed", ""),
        ("agreed", "signed", ""),
    ]


def test_a_later_change_of_what_was_agreed_is_an_open_change_of_the_statement(books: Desk) -> None:
    row = stepped(books.store, heard(books.store, kept(books.store)), "agreed")
    with books.store.reading() as tx:
        assert {one.currency for one in statement_steps.agreed_periods(tx, row)} == {"RUB", "USD"}
        assert statement_choices.last_agreed_on(tx, SOURCE, "org", "party") == "2026-03-31"
        assert statement_choices.last_agreed_on(tx, SOURCE, "org", "party", "c1") == "2026-03-31"
        assert statement_choices.last_agreed_on(tx, SOURCE, "org", "stranger") is None
    movements(books, *FIRST, entry("key", 40, 8, at="2026-03-09T10:00:00"))
    with books.store.transaction() as tx:
        agreed.detect(tx, SOURCE)
    with books.store.reading() as tx:
        (change,) = statement_steps.open_changes(tx, row)
        assert (change.agreed_amount, change.amount_now) == (0, 40)
        assert statement_steps.changed_since(tx, SOURCE) == {row.number: 1}
    against = stepped(books.store, row, "disagreement", "not ours")
    with books.store.reading() as tx:
        assert statement_steps.agreed_periods(tx, against) == ()
        assert statement_steps.open_changes(tx, against) == ()
        assert statement_steps.changed_since(tx, SOURCE) == {}
        assert statement_choices.last_agreed_on(tx, SOURCE, "org", "party") is None


def test_what_changed_between_drawing_and_agreeing_is_told_at_once(books: Desk) -> None:
    row = heard(books.store, kept(books.store))
    movements(books, *FIRST, entry("key", 40, 8, at="2026-03-09T10:00:00"))
    agreed_row = stepped(books.store, row, "agreed")
    with books.store.reading() as tx:
        assert [one.amount_now for one in statement_steps.open_changes(tx, agreed_row)] == [40]


def test_by_a_kind_of_contract_its_contracts_are_agreed(books: Desk) -> None:
    asked = replace(MARCH, contract_kind="sale", currencies=("RUB",))
    row = stepped(books.store, heard(books.store, kept(books.store, asked)), "agreed")
    with books.store.reading() as tx:
        assert [one.contract_id for one in statement_steps.agreed_periods(tx, row)] == ["c1"]


def test_what_is_pending_or_unexplained_does_not_leave(books: Desk) -> None:
    row = kept(books.store)
    with pytest.raises(InvalidValueError, match="not drawn") as pending:
        stepped(books.store, row, "sent")
    assert pending.value.field == "state"
    row = heard(books.store, row, {"closing": 701})
    with pytest.raises(InvalidValueError, match="no document explains"):
        stepped(books.store, row, "agreed")


def test_their_own_statement_is_kept_and_matched_again(books: Desk) -> None:
    row = heard(books.store, kept(books.store))
    on = date(2026, 3, 5)
    mine = Received((ReceivedLine(on, "", 0, 1000, 3), ReceivedLine(on, "77", 250, 0, 4)), 0, 750)
    given = {"by": "key:1", "name": "ours.xlsx", "sha256": "f" * 64, "size": 9, "half": "left"}
    with books.store.transaction() as tx:
        upload, result = statement_uploads.add_upload(
            tx,
            row,
            **given,
            currency="RUB",
            days=3,
            received=mine,  # type: ignore[arg-type]
        )
        assert len(result.agreed) == 1
        assert upload.disagreements == len(result.disagreements) > 0
        for wrong, field in (({"currency": "EUR"}, "currency"), ({"days": 99}, "days")):
            more = {"currency": "RUB", "days": 3} | wrong
            with pytest.raises(InvalidValueError) as refused:
                statement_uploads.add_upload(tx, row, **given, **more, received=mine)  # type: ignore[arg-type]
            assert refused.value.field == field
    with books.store.reading() as tx:
        assert statement_uploads.uploads(tx, row) == (upload,)
        assert statement_uploads.get_upload(tx, row, upload.id) == upload
        assert statement_uploads.get_upload(tx, row, "0" * 32) is None
        assert statement_uploads.matched(tx, row, upload) == result
