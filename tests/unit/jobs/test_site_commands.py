"""`saldo terms`, `saldo access`, `saldo trading` and `saldo approvals` as a person uses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import cli
from tests.unit.api.books import CONTRACT, PARTY, STRANGER, Books, guid

SIGNED = ["--by", "Ito", "--reason", "letter 7"]
NOTE = {"settled_id": guid(100), "settled_kind": "shipping_note", "arose_on": "2026-01-01", "debt": 700_00}


class Desk:
    """A person at the command: `does` something and reads what is said, or is `refused` with a hint."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def does(self, *words: str) -> str:
        assert cli.main(words) == 0, self.capsys.readouterr().err
        return self.capsys.readouterr().out

    def refused(self, *words: str) -> str:
        assert cli.main(words) == 1
        return self.capsys.readouterr().err


@pytest.fixture
def desk(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "ut11.toml").write_text(
        'id = "ut11"\ntitle = "Test base"\nbase_url = "http://127.0.0.1:1/odata"\nuser = "x"\n'
        'password_env = "TEST_PASSWORD"\ntime_zone = "Europe/Moscow"\nhistory_from = 2026-01-01\n',
        encoding="utf-8",
    )
    landing = tmp_path / "landing"
    (tmp_path / "saldo.toml").write_text(
        f'[hub]\ndatabase_url = "{sqlite_url}"\nlanding_url = "file://{landing}"\nfresh_for_s = 1000000000\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("SALDO_CONFIG", str(tmp_path / "saldo.toml"))
    monkeypatch.setenv("TEST_PASSWORD", "x")
    monkeypatch.setattr(cli, "WIDTH", 300)
    books = Books.open(sqlite_url, landing)
    books.parties()
    books.settle([("RUB", 700_00)], [NOTE])
    books.store.close()
    return Desk(capsys)


def test_terms_are_set_listed_ended_and_remembered(desk: Desk) -> None:
    assert "no payment terms" in desk.does("terms", "list")
    desk.does("terms", "set", "ut11", "--contract", CONTRACT, "--days", "30", "--from", "2026-01-01", *SIGNED)
    assert "letter 7" in desk.does("terms", "list", "--source", "ut11")
    desk.does("terms", "end", "1", "--by", "Yamada", "--reason", "paid late")
    assert "no payment terms" in desk.does("terms", "list")
    told = desk.does("terms", "history")
    assert "Yamada: paid late" in told
    assert "letter 7" in told


def test_access_is_ruled_by_overdue_debts_and_by_hand_and_remembered(desk: Desk) -> None:
    assert "nothing restricts" in desk.does("access", "list")
    rule = ["access", "rule", "ut11", "blocked", "--days", "30", "--amount", "500.00", "--currency", "RUB"]
    desk.does(*rule, "--segment", "kind=company", *SIGNED)
    told = desk.does("access", "show", "ut11", PARTY)
    assert "access   blocked" in told
    assert "why    rule 1" in told
    assert "700.00 RUB since 2026-01-16" in told
    desk.does("access", "set", "ut11", PARTY, "open", "--until", "2999-01-01T10:00", *SIGNED)
    assert "set_by_hand, number 1" in desk.does("access", "show", "ut11", PARTY)
    listed = desk.does("access", "list")
    for piece in ("30 days or more, 500.00 RUB or more", "kind=company", "2999-01-01 10:00"):
        assert piece in listed
    desk.does("access", "end", "state", "1", "--by", "Yamada", "--reason", "promise broken")
    desk.does("access", "end", "rule", "1", "--by", "Yamada", "--reason", "new policy")
    assert "nothing restricts" in desk.does("access", "list")
    told = desk.does("access", "history")
    assert "promise broken" in told
    assert "new policy" in told


def test_trading_is_suspended_ended_and_remembered(desk: Desk) -> None:
    desk.does("trading", "set", "ut11", PARTY, "--from", "2026-01-01", *SIGNED)
    assert "until ended" in desk.does("trading", "list")
    assert "trading  suspended, by site" in desk.does("access", "show", "ut11", PARTY)
    desk.does("trading", "end", "1", "--by", "Yamada", "--reason", "paid")
    assert "with nobody" in desk.does("trading", "list")
    assert "Yamada: paid" in desk.does("trading", "history")
    assert "trading  active" in desk.does("access", "show", "ut11", PARTY)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (f"terms set ut11 --counterparty {STRANGER} --days 3 --from 2026-01-01", "next sync"),
        (f"terms set ut11 --counterparty {PARTY} --days 3 --from soon", "2026-03-31"),
        (f"terms set ut11 --counterparty {PARTY} --days 4000 --from 2026-01-01", "3650"),
        (f"terms set kiev --counterparty {PARTY} --days 3 --from 2026-01-01", "saldo sources"),
        ("terms end 9", "saldo terms list"),
        ("access rule ut11 blocked --days 3 --amount 5", "--currency"),
        ("access rule ut11 blocked --days 3 --amount 5.001 --currency RUB", "1000.00"),
        ("access rule ut11 blocked --days 3 --amount much --currency RUB", "1000.00"),
        ("access rule ut11 blocked --days 3 --amount NaN --currency RUB", "1000.00"),
        ("access rule ut11 blocked --days 3 --amount 0 --currency RUB", "above zero"),
        ("access rule ut11 blocked --days 3 --segment kind", "kind=person"),
        ("access rule ut11 blocked --days 3 --segment Rank=A", "kind"),
        (f"access set ut11 {PARTY} open --until 2020-01-01", "to come"),
        (f"access set ut11 {STRANGER} open", "next sync"),
        ("access end rule 9", "saldo access list"),
        (f"trading set ut11 {PARTY} --from 2026-01-02 --to 2026-01-01", "first day"),
        (f"trading set ut11 {STRANGER}", "next sync"),
        ("trading end 9", "saldo trading list"),
    ],
)
def test_what_cannot_be_done_says_what_to_do_instead(desk: Desk, words: str, hint: str) -> None:
    assert hint in desk.refused(*words.split(), *SIGNED)


def test_what_nobody_signs_is_refused(desk: Desk) -> None:
    assert "--reason" in desk.refused("trading", "set", "ut11", PARTY, "--by", "Ito", "--reason", " ")


def test_nobody_can_be_shown_whom_the_store_does_not_know(desk: Desk) -> None:
    assert "next sync" in desk.refused("access", "show", "ut11", STRANGER)


def test_approvals_are_demanded_listed_ended_and_remembered(desk: Desk) -> None:
    assert "no order needs" in desk.does("approvals", "list")
    adding = ["approvals", "add", "ut11", "--amount", "500.00"]
    assert "--currency" in desk.refused(*adding, *SIGNED)
    desk.does(*adding, "--currency", "RUB", "--counterparty", PARTY, *SIGNED)
    told = desk.does("approvals", "list")
    assert PARTY in told
    assert "500.00 RUB or more" in told
    assert "approvals list" in desk.refused("approvals", "end", "9", *SIGNED)
    desk.does("approvals", "end", "1", "--by", "Yamada", "--reason", "new limits")
    assert "no order needs" in desk.does("approvals", "list")
    assert "new limits" in desk.does("approvals", "history")
