from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors import totals
from connectors.totals import Among
from schemas.errors import SourceContractError
from schemas.types import WallClock
from tests.unit.connectors.fake_base import Asked, FakeBase, Reply, client, page

REGISTER = "AccumulationRegister_R"
AT = WallClock("2026-03-01T00:00:00")


def asked(base: FakeBase, place: int = -1) -> tuple[str, dict[str, str]]:
    return base.asked[place].path, base.asked[place].query


def test_a_balance_is_exact_and_nothing_is_zero() -> None:
    text = '{"value":[{"В_Key":"a","СуммаBalance":0.1},{"В_Key":null,"СуммаBalance":null},'
    text += '{"В_Key":"b","СуммаBalance":12345678901234567890.01}]}'
    base = FakeBase(lambda _: Reply(body=text.encode()))
    found = totals.balance(client(base), REGISTER, at=AT, dimensions=["В_Key"], resources=["Сумма"])
    assert found.rows == [
        ("a", Decimal("0.1")),
        ("", Decimal(0)),
        ("b", Decimal("12345678901234567890.01")),
    ]
    assert [one.body for one in found.pages] == [text.encode()]
    assert asked(base)[0] == f"{REGISTER}/Balance(Period=datetime'2026-03-01T00:00:00',Dimensions='В')"


@pytest.mark.parametrize(
    ("figures", "function"),
    [
        (("Turnover",), "Turnovers"),
        (("Receipt", "Expense"), "Turnovers"),
        (("OpeningBalance", "Receipt", "Expense", "ClosingBalance"), "BalanceAndTurnovers"),
    ],
)
def test_turnovers_end_a_second_before_their_end(figures: Any, function: str) -> None:
    row = {"A_Key": "a", "Б": "x", "Б_Type": "t"} | {f"Сумма{f}": n for n, f in enumerate(figures)}
    base = FakeBase(lambda _: page([row]))
    found = totals.turnovers(
        client(base), REGISTER, WallClock("2026-02-01T00:00:00"), AT,
        dimensions=["A_Key", "Б", "Б_Type"], resources=["Сумма"], figures=figures,
    )  # fmt: skip
    assert found.rows == [("a", "x", "t", *map(Decimal, range(len(figures))))]
    assert asked(base)[0] == (
        f"{REGISTER}/{function}(StartPeriod=datetime'2026-02-01T00:00:00',"
        "EndPeriod=datetime'2026-02-28T23:59:59',Dimensions='A,Б')"
    )


def test_open_ends_are_not_named_and_an_empty_period_is_a_mistake() -> None:
    base = FakeBase(lambda _: page([]))
    names: Any = {"dimensions": ["A_Key"], "resources": ["Сумма"]}
    totals.turnovers(client(base), REGISTER, None, None, **names)
    assert asked(base)[0] == f"{REGISTER}/Turnovers(Dimensions='A')"
    with pytest.raises(ValueError, match="not before"):
        totals.turnovers(client(base), REGISTER, AT, AT, **names)


def test_many_keys_go_in_batches_and_parts_of_a_group_are_added() -> None:
    keys = [f"{n:036}" for n in range(50)]
    seen: list[str] = []

    def answer(request: Asked) -> Reply:
        condition = request.query.get("Condition", request.path)
        mine = [key for key in keys if key in condition]
        seen.extend(mine)
        return page([{"Валюта_Key": "RUB", "СуммаBalance": len(mine), "ДолгBalance": None}] if mine else [])

    base = FakeBase(answer)
    found = totals.balance(
        client(base), REGISTER, at=AT, dimensions=["Валюта_Key"], resources=["Сумма", "Долг"],
        condition="Активно eq true", among=Among("АналитикаУчетаПоПартнерам_Key", keys),
    )  # fmt: skip
    assert found.rows == [("RUB", Decimal(50), Decimal(0))]
    assert seen == keys
    assert len(base.asked) == len(found.pages) > 3
    assert max(len(one.target) for one in base.asked) < 2_000
    assert base.asked[0].query["Condition"].endswith(") and (Активно eq true)'")


def test_no_keys_are_no_question() -> None:
    base = FakeBase(lambda _: page([]))
    found = totals.balance(
        client(base), REGISTER, at=AT, dimensions=["A_Key"], resources=["С"], among=Among("A_Key", [])
    )
    assert (found.rows, found.pages, base.asked) == ([], (), [])


@pytest.mark.parametrize(
    "rows",
    [[{"A_Key": "a"}], [{"A_Key": "a", "СBalance": "x"}], [{"A_Key": "a", "СBalance": 1}, {"A_Key": "b"}]],
)
def test_a_sum_that_cannot_be_read_is_an_error_and_never_a_zero(rows: list[dict[str, Any]]) -> None:
    base = FakeBase(lambda _: page(rows))
    with pytest.raises(SourceContractError) as error:
        totals.balance(client(base), REGISTER, at=AT, dimensions=["A_Key"], resources=["С"])
    assert error.value.received
