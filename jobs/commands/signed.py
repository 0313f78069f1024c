"""What commands share that change what is set on the site: who says so and why, and what was said before."""

from __future__ import annotations

import argparse
import getpass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.table import Table

from store.site_rows import SiteRow

TITLES = ("set", "by", "reason")
ENDED = "ended"


def arguments(part: argparse.ArgumentParser) -> None:
    part.add_argument("--reason", required=True, help="why, for whoever asks later; it never leaves the hub")
    part.add_argument("--by", default=None, help="who says so; your login if not given")


def listings(what: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`list` and `history`, the same for every kind of row."""
    for name, told in (
        ("list", "what nobody has ended"),
        ("history", "everything that ever was, ended or not"),
    ):
        part = what.add_parser(name, help=told)
        part.add_argument(
            "--source", action="append", default=[], help="id of a source; all if none is given"
        )


def by(chosen: argparse.Namespace) -> str:
    return str(chosen.by or getpass.getuser())


def table(title: str, *titles: str, ended: bool) -> Table:
    """A table of rows: their number, what they say, who said it, and with `ended` what ended them."""
    return Table("number", *titles, *TITLES, *((ENDED,) if ended else ()), title=title)


def row(one: SiteRow, *cells: str, zone: ZoneInfo, ended: bool) -> list[str]:
    told = [str(one.id), *cells, moment(one.set_at, zone), one.set_by, one.reason]
    if not ended:
        return told
    if one.ended_at is None:
        return [*told, "-"]
    return [*told, f"{moment(one.ended_at, zone)} by {one.ended_by}: {one.ended_reason}"]


def moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(" ", "minutes")
