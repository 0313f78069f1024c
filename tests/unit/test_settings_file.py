"""Settings: read once, every problem told at once, secrets never shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas import settings_file
from schemas.errors import ConfigurationError

SOURCE = {
    "id": '"ut11"',
    "title": '"Main"',
    "base_url": '"http://127.0.0.1/ut/odata/standard.odata/"',
    "user": '"Обмен"',
    "password_env": '"UT_PASSWORD"',
    "time_zone": '"Europe/Kyiv"',
    "history_from": "2024-01-01",
}
HUB = '[hub]\ndatabase_url = "sqlite:///x.db"\nlanding_url = "memory://x"\n'


def write(folder: Path, hub: str = HUB, extra: str = "", **source: str) -> Path:
    (folder / "sources").mkdir()
    lines = [f"{name} = {value}" for name, value in {**SOURCE, **source}.items() if value]
    (folder / "sources" / "ut11.toml").write_text("\n".join([*lines, extra]), encoding="utf-8")
    path = folder / "saldo.toml"
    path.write_text(hub, encoding="utf-8")
    return path


def problems(path: Path, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        settings_file.load(path, environ if environ is not None else {"UT_PASSWORD": "x"})
    return str(caught.value)


def test_a_whole_source_is_read(tmp_path: Path) -> None:
    extra = '[limits]\nsessions = 3\n[cadence]\ndocuments = "1h"\n[fields]\n"Catalog_X.Поле" = "Інше"\n'
    settings = settings_file.load(write(tmp_path, extra=extra), {"UT_PASSWORD": "пароль"})
    (source,) = settings.sources
    assert source.base_url == "http://127.0.0.1/ut/odata/standard.odata"
    assert (source.history_from, source.limits.sessions) == (date(2024, 1, 1), 3)
    assert (source.cadence["documents"], source.fields["Catalog_X.Поле"]) == ("1h", "Інше")
    assert source.password.value == "пароль"
    assert "пароль" not in repr(settings)


def test_the_public_address_is_an_address(tmp_path: Path) -> None:
    path = write(tmp_path, HUB + 'public_url = "https://hub.example/saldo/"\n')
    assert settings_file.load(path, {"UT_PASSWORD": "x"}).public_url == "https://hub.example/saldo"
    for wrong in ("hub.example", "ftp://hub.example", "https://", "https://user@hub.example", "https://h/?q"):
        path.write_text(HUB + f'public_url = "{wrong}"\n', encoding="utf-8")
        assert "public_url is not an address" in problems(path)


def test_where_dagster_is_may_come_from_who_starts_it(tmp_path: Path) -> None:
    path = write(tmp_path, HUB + 'dagster_url = "http://dagster.example:3000"\n')
    assert settings_file.load(path, {"UT_PASSWORD": "x"}).dagster_url == "http://dagster.example:3000"
    given = {"UT_PASSWORD": "x", "SALDO_DAGSTER_URL": "http://127.0.0.1:3000"}
    assert settings_file.load(path, given).dagster_url == "http://127.0.0.1:3000"


def test_the_environment_overrides_where_the_data_are(tmp_path: Path) -> None:
    environ = {
        "UT_PASSWORD": "x",
        "SALDO_DATABASE_URL": "postgresql://h/d",
        "SALDO_LANDING_URL": "memory://y",
    }
    settings = settings_file.load(write(tmp_path), environ)
    assert (settings.database_url, settings.landing_url) == ("postgresql://h/d", "memory://y")


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    told = problems(write(tmp_path, hub='[hub]\ncolour = "red"\n', title="", user="", speed="1"), {})
    for piece in ("'colour'", "database_url", "landing_url", "title", "user", "'speed'", "UT_PASSWORD"):
        assert piece in told


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"time_zone": '"Kiev time"'}, "IANA"),
        ({"history_from": '"2024-01-01"'}, "history_from"),
        ({"id": '"the base"'}, "one word"),
        ({"full_load": '"hourly"'}, "full_load"),
        ({"extra": '[cadence]\ndocuments = "weekly"\n'}, "cadence.documents"),
        ({"extra": "[limits]\nthreads = 3\n"}, "threads"),
        ({"extra": "[timeouts]\nread_s = 600\n[orders]\naccept = true\n"}, "settle_after_s"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, change: dict[str, str], named: str) -> None:
    assert named in problems(write(tmp_path, **change))


def test_what_is_no_toml_and_what_is_not_there_are_named(tmp_path: Path) -> None:
    assert "not TOML" in problems(write(tmp_path, hub="[hub"))
    assert "no settings file" in problems(tmp_path / "nowhere.toml")


def test_no_source_at_all_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "saldo.toml").write_text(HUB, encoding="utf-8")
    assert "holds no source" in problems(tmp_path / "saldo.toml")


def test_two_sources_of_one_name_are_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path)
    again = (tmp_path / "sources" / "ut11.toml").read_text(encoding="utf-8")
    (tmp_path / "sources" / "copy.toml").write_text(again, encoding="utf-8")
    assert "two sources are called 'ut11'" in problems(path)
