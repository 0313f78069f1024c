"""`python -m simulator`: serve a made-up trading company as a 1C base would."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from types import FrameType
from typing import NoReturn
from zoneinfo import available_timezones

from simulator.base import Base
from simulator.company import CompanyOptions, build, totals
from simulator.company.ground import Scale
from simulator.configuration import TRADE
from simulator.server import Server
from simulator.settings import DEFAULT_PASSWORD, DEFAULT_USER, ServerOptions

_QUIET_SIZES = ("tiny", "small", "demo")


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    options = _options(given)
    try:
        Scale.of(_size(given.size))
    except ValueError as error:
        _refuse(f"--size: {error}")
    base = _base(given)
    try:
        return _print_totals(base, given.json) if given.command == "totals" else _serve(base, options)
    finally:
        base.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m simulator", description=__doc__)
    parser.add_argument("command", nargs="?", choices=("serve", "totals"), default="serve")
    company = parser.add_argument_group("the company")
    company.add_argument("--size", default="demo", help="tiny, small, demo, or a number of documents")
    company.add_argument("--seed", type=int, default=1)
    company.add_argument("--currency", default="RUB", help="of the books; UAH makes a Ukrainian company")
    company.add_argument("--today", type=date.fromisoformat, help="the last day of the books; the real one")
    company.add_argument("--data", metavar="FILE", help="keep the base here, and use it again next time")
    company.add_argument("--json", action="store_true", help="totals of every contract, for programs")
    server = parser.add_argument_group("the installation")
    server.add_argument("--host", default="127.0.0.1")
    server.add_argument("--port", type=int, default=0, help="0 takes a free one")
    server.add_argument("--name", default="ut11", help="of the base, in its address")
    server.add_argument("--user", default=DEFAULT_USER)
    server.add_argument("--password", default=DEFAULT_PASSWORD)
    server.add_argument("--time-zone", default="Europe/Moscow", help="of the base's wall clock")
    server.add_argument("--sessions", type=int, default=10, help="how many requests may run at once")
    server.add_argument("--latency-ms", type=int, default=0)
    server.add_argument("--locked", action="store_true", help="refuse everybody, as during maintenance")
    server.add_argument("--read-only", action="store_true", help="the user may not write")
    server.add_argument(
        "--controls-stock", action="store_true", help="no order is posted for more than is free"
    )
    server.add_argument("--controls-limit", action="store_true", help="no order is posted over a debt limit")
    server.add_argument(
        "--control",
        type=int,
        metavar="PORT",
        help="for tests: a port that makes things happen; 0: a free one",
    )
    server.add_argument(
        "--rename", action="append", default=[], metavar="SET.FIELD=NAME", help="a field under another name"
    )
    return parser


def _size(text: str) -> str | int:
    return int(text) if text.isdigit() else text


def _base(given: argparse.Namespace) -> Base:
    base = Base(TRADE, given.data)
    today: date = given.today or datetime.now().date()
    wanted = {"seed": str(given.seed), "size": str(given.size), "currency": given.currency}
    if base.meta.get("complete") == "yes":
        kept = {key: base.meta.get(key, "") for key in wanted}
        if kept != wanted or (given.today and base.meta.get("today") != str(given.today)):
            _refuse(f"{given.data} holds another company ({kept}): delete it, or name another file")
        return base
    if len(base.meta):
        _refuse(f"{given.data} was left half made: delete it and start again")
    base.meta.update({**wanted, "today": str(today)})
    options = CompanyOptions(seed=given.seed, size=_size(given.size), currency=given.currency, today=today)
    build(base, options, None if given.size in _QUIET_SIZES else _Progress())
    base.settle()
    base.meta["complete"] = "yes"
    return base


def _refuse(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    raise SystemExit(2)


class _Progress:
    """A line that counts on a terminal; elsewhere a line for every tenth of the way."""

    def __init__(self) -> None:
        self._tenths = 0

    def __call__(self, done: int, of: int) -> None:
        told = f"documents made: {done:,} of {of:,}"
        if sys.stderr.isatty():
            print(f"\r{told}", end="\n" if done >= of else "", file=sys.stderr, flush=True)
        elif done * 10 // of > self._tenths:
            self._tenths = done * 10 // of
            print(told, file=sys.stderr, flush=True)


def _options(given: argparse.Namespace) -> ServerOptions:
    if given.time_zone not in available_timezones():
        _refuse(f"--time-zone {given.time_zone}: give an IANA name such as Europe/Moscow")
    return ServerOptions(
        host=given.host,
        port=given.port,
        name=given.name,
        user=given.user,
        password=given.password,
        latency_ms=given.latency_ms,
        pool_size=given.sessions,
        locked=given.locked,
        read_only=given.read_only,
        controls_stock=given.controls_stock,
        controls_limit=given.controls_limit,
        time_zone=given.time_zone,
        rename=dict(_rename(one) for one in given.rename),
        control=given.control is not None,
        control_port=given.control or 0,
    )


def _serve(base: Base, options: ServerOptions) -> int:
    try:
        server = Server(base, options)
    except OSError as error:
        ports = " and ".join(str(one) for one in (options.port, options.control_port) if one)
        _refuse(f"port {ports} of {options.host}: {error.strerror}; give other ports, or none")
    print(f"base: {server.url}\nuser: {server.user}\npassword: {server.password}", flush=True)
    if server.control:
        print(f"control: {server.control.url}", flush=True)
    signal.signal(signal.SIGTERM, _leave)  # uvicorn raises the signal again once it has stopped
    try:
        server.serve()
    except KeyboardInterrupt:
        return 0
    finally:
        server.close()
    return 0


def _rename(text: str) -> tuple[str, str]:
    field, equals, name = text.partition("=")
    if not equals or "." not in field:
        _refuse(f"--rename {text}: write it as Catalog_X.Field=NameHere")
    return field, name


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _print_totals(base: Base, as_json: bool) -> int:
    """Per currency: contracts, owed, paid ahead and the balance; as JSON, every contract."""
    found = sorted(totals(base), key=lambda one: one.currency)
    names = {one["Ref_Key"]: one["Description"] for one in base.iterate("Catalog_Валюты")}
    if as_json:
        rows = [{**asdict(one), "currency": names[one.currency], "amount": str(one.amount)} for one in found]
        print(json.dumps(rows))
        return 0
    for currency, group in groupby(found, key=lambda one: one.currency):
        amounts = [one.amount for one in group]
        owed = sum((a for a in amounts if a > 0), Decimal())
        ahead = sum((a for a in amounts if a < 0), Decimal())
        print(
            f"{names.get(currency, currency)}: contracts {len(amounts)}, owed {owed:.2f},"
            f" paid ahead {-ahead:.2f}, balance {owed + ahead:.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
