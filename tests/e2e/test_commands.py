"""The `saldo` command as a person uses it."""

from __future__ import annotations

import pytest

from jobs import cli
from tests.e2e.test_full_load import books_of, site_of
from tests.e2e.world import World


def test_sync_pulls_everything_and_sources_shows_it(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(world.home / "dagster"))
    assert cli.main(["sync", "--full"]) == 0
    assert site_of(world) == books_of(world)
    assert "ut11_full_load" in capsys.readouterr().out
    assert cli.main(["sync", "--family", "documents"]) == 0
    assert cli.main(["sources"]) == 0
    told = capsys.readouterr().out
    assert "shipping_note" in told
    assert "never" not in told


def test_sync_that_fails_says_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(world.home / "dagster"))
    world.server.change(password="другой")
    assert cli.main(["sync", "--family", "reference"]) == 1
    assert "password" in capsys.readouterr().out


def publish_the_extension(world: World) -> None:
    file = world.home / "sources" / f"{world.source.id}.toml"
    address = world.server.url.replace("/odata/standard.odata", "/ws/saldo.1cws")
    file.write_text(f'soap_url = "{address}"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")


def test_check_finds_nothing_wrong_with_a_sound_base(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_the_extension(world)
    assert cli.main(["check"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for piece in ("Nothing is wrong", "keeps the contract 1.0", "may be asked for"):
        assert piece in told


def test_check_writes_an_order_only_where_orders_are_taken_and_it_is_asked_to(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_the_extension(world)
    orders = "Document_ЗаказКлиента"
    before = world.server.base.count(orders)
    with (world.home / "sources" / f"{world.source.id}.toml").open("a", encoding="utf-8") as file:
        file.write("\n[orders]\naccept = true\nchosen_key = true\n")
    assert cli.main(["check"]) == 0
    assert "--try-writing" in capsys.readouterr().out
    assert world.server.base.count(orders) == before
    assert cli.main(["check", "--try-writing"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for piece in ("Nothing is wrong", "takes it once", "now marked for deletion"):
        assert piece in told
    assert world.server.base.count(orders) == before + 1


def test_check_tells_everything_that_is_wrong_in_one_pass(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_the_extension(world)
    world.server.change(
        extension=False,
        drop_fields=frozenset({"Catalog_ДоговорыКонтрагентов.СрокОплаты"}),
        hide_sets=frozenset({"Document_ВзаимозачетЗадолженности"}),
        clock_skew_s=4000.0,
    )
    assert cli.main(["check"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    for piece in (
        "СрокОплаты",
        "contract.payment_terms_days",
        "Document_Взаимозачет",
        "clock",
        "no web service",
    ):
        assert piece in told


def test_a_database_that_is_away_is_a_message_not_a_traceback(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALDO_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert cli.main(["sources"]) == 1
    assert "saldo migrate" in capsys.readouterr().err


def test_an_unknown_source_is_an_error_with_a_hint(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sync", "kiev"]) == 1
    assert "saldo sources" in capsys.readouterr().err


def test_without_settings_the_command_says_where_to_put_them(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SALDO_CONFIG", str(tmp_path_factory.mktemp("empty") / "saldo.toml"))
    assert cli.main(["sources"]) == 1
    assert "SALDO_CONFIG" in capsys.readouterr().err
