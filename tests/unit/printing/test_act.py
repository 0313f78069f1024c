from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from printing.act import Act, draw
from printing.rows import Row
from printing.wording import contract_kinds
from schemas.errors import NotPrintableError
from schemas.reconciliation import StatementRequest
from schemas.reconciliation_differences import compare
from tests.unit.printing.papers import paper, statement


def ours(act: Act, kind: str) -> list[Row]:
    return [pair.ours for section in act.sections for pair in section.rows if pair.ours.kind == kind]


def theirs(act: Act, kind: str) -> list[Row]:
    return [pair.theirs for section in act.sections for pair in section.rows if pair.theirs.kind == kind]


def test_a_statement_has_balance_lines_turnovers_balance() -> None:
    act = draw([statement()], paper())
    rows = [pair.ours for pair in act.sections[0].rows]
    assert rows == [
        Row("opening", None, "Сальдо начальное", 31_000_000, None),
        Row("line", date(2026, 7, 1), "Оплата (банк) № УТ00-000000", None, 100_001),
        Row("line", date(2026, 7, 2), "Реализация № УТ00-000001", 131_324, None),
        Row("line", date(2026, 7, 3), "Реализация № УТ00-000002", 139_243, None),
        Row("turnovers", None, "Обороты за период", 270_567, 100_001),
        Row("closing", None, "Сальдо конечное", 31_170_566, None),
    ]


def test_the_conclusion_says_to_whom_how_much_and_spells_it() -> None:
    act = draw([statement(0, opening=31_318_405)], paper())
    assert act.sections[0].ours.conclusion.replace("\u00a0", " ") == (
        "на 30.09.2026 задолженность в пользу ООО «Север» 313 184,05 руб. "
        "(Триста тринадцать тысяч сто восемьдесят четыре рубля 05 копеек)"
    )


def test_an_advance_is_owed_to_the_counterparty_and_nothing_to_nobody() -> None:
    advance = draw([statement(0, opening=-5)], paper("en")).sections[0]
    assert advance.ours.conclusion == (
        "as of 30 Sep 2026 the debt in favour of Sweets & <Co> is 0.05 RUB (Zero rubles 05 kopecks)"
    )
    assert advance.rows[-1].ours[3:] == (None, 5)
    nothing = draw([statement(0, opening=0)], paper("uk")).sections[0]
    assert nothing.ours.conclusion == "на 30.09.2026 заборгованість відсутня"


def test_the_other_half_is_empty_or_our_mirror() -> None:
    empty, mirrored = draw([statement()], paper()), draw([statement()], paper(mirrored=True))
    assert {row[1:] for row in theirs(empty, "line")} == {(None, "", None, None)}
    assert [(x.credit, x.debit) for x in theirs(mirrored, "line")] == [
        (x.debit, x.credit) for x in ours(mirrored, "line")
    ]
    assert "____" in empty.sections[0].theirs.conclusion
    assert mirrored.sections[0].theirs.conclusion == mirrored.sections[0].ours.conclusion


def test_contracts_have_their_own_balances_and_then_all_together() -> None:
    act = draw([statement(4, by_contract=True)], paper())
    assert [row.text for row in ours(act, "contract")] == [
        "№ 15 от 01.02.2024", "№ 16/2 от 11.12.2025", "Всего по всем договорам",
    ]  # fmt: skip
    *parts, whole = (row.debit for row in ours(act, "turnovers"))
    assert sum(debit or 0 for debit in parts) == whole


def test_currencies_are_beside_each_other_and_never_added() -> None:
    act = draw([statement(), statement(1, currency="EUR", opening=-7)], paper())
    assert [section.currency for section in act.sections] == ["RUB", "EUR"]
    assert act.sections[1].rows[0].ours.credit == 7
    with pytest.raises(ValueError, match="each currency"):
        draw([statement(), statement(1)], paper())
    other = StatementRequest("ut11", "o", "q", "EUR", date(2026, 7, 1), date(2026, 9, 30))
    with pytest.raises(ValueError, match="same parties"):
        draw([statement(), replace(statement(), request=other)], paper())


def test_an_unexplained_difference_leaves_only_as_a_draft() -> None:
    own = statement()
    accounting = replace(own, producer="soap", opening=own.opening + 100, closing=own.closing + 100)
    with pytest.raises(NotPrintableError, match="nothing explains"):
        draw([own], paper(), [compare(own, accounting)])
    assert draw([own], paper(), [compare(own, accounting)], draft=True).draft == "ЧЕРНОВИК"
    assert draw([own], paper(), [compare(own, replace(own, producer="soap"))]).draft == ""


def test_a_statement_that_does_not_add_up_leaves_only_as_a_draft() -> None:
    wrong = replace(statement(), closing=1)
    with pytest.raises(NotPrintableError, match="does not add up"):
        draw([wrong], paper())
    assert draw([wrong], paper("uk"), draft=True).draft == "ЧЕРНЕТКА"


def test_a_comparison_of_something_else_is_a_mistake_of_the_caller() -> None:
    other = statement(5)
    with pytest.raises(ValueError, match="another statement"):
        draw([statement()], paper(), [compare(other, other)])


def test_a_contract_without_a_title_is_refused() -> None:
    with pytest.raises(NotPrintableError, match="no title"):
        draw([statement(2, by_contract=True)], replace(paper(), contracts={}))
    with pytest.raises(NotPrintableError, match="no title"):
        draw([statement(2, contract_kind="sale")], paper())
    kinds = contract_kinds("ru")
    assert draw([statement(2, contract_kind="sale")], paper(contract_kinds=kinds)).about[-1] == (
        "договоры: с покупателем"
    )


def test_the_checksum_is_of_what_is_agreed_alone() -> None:
    own = statement()
    later = replace(own, producer="soap", as_of=datetime(2026, 11, 1, tzinfo=UTC))
    assert draw([own], paper()).checksum == draw([later], paper("uk", mirrored=True)).checksum
    line = own.lines[0]
    named = replace(own, lines=(line._replace(text="Оплата", document_id=""), *own.lines[1:]))
    assert draw([own], paper()).checksum == draw([named], paper()).checksum
    other = replace(own, lines=(line._replace(number="7"), *own.lines[1:]))
    assert draw([own], paper()).checksum != draw([other], paper()).checksum


def test_a_day_other_than_the_line_s_is_told() -> None:
    own = statement(1)
    dated = replace(own, lines=(own.lines[0]._replace(dated_on="2026-06-30"),))
    assert ours(draw([dated], paper()), "line")[0].text == "Оплата (банк) № УТ00-000000 от 30.06.2026"
