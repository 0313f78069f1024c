"""What docs/orders.md says of orders is so."""

from __future__ import annotations

import re
from pathlib import Path

from assets.report_unknown_orders import KNOWN
from jobs import cli
from schemas.submissions import STATES, STATUSES, STEPS, WHYS
from store.outbox_waits import pause

PAGE = (Path(__file__).parents[2] / "docs/orders.md").read_text(encoding="utf-8")


def test_the_diagram_is_the_state_machine() -> None:
    (diagram,) = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", PAGE, re.S)
    drawn = re.findall(r"^    (\w+) --> (\w+)", diagram, re.M)
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == {(before, after) for before, afters in STEPS.items() for after in afters}
    assert "[*] --> draft" in diagram


def test_every_state_is_explained_and_every_word_in_the_tables_is_known() -> None:
    rows = re.findall(r"^\| (`[^|]*) \|", PAGE, re.M)
    named = {word for row in rows for word in re.findall(r"`(\w+)`", row)}
    assert set(STATES) <= named | {"approved"}
    settings = {"over_limit", "overdue", "over_stock"}
    assert named <= {*STATES, *STATUSES, *WHYS, *settings}
    (way_back,) = re.findall(r"^## The way back\n(.*?)^## ", PAGE, re.S | re.M)
    assert set(re.findall(r"^\| `(\w+)` \|", way_back, re.M)) == set(STATUSES)


def test_the_commands_of_the_page_exist() -> None:
    told = set(re.findall(r"`saldo orders (\w+)", PAGE))
    takes = {"list": [], "show": ["1"], "found": ["1", "key", "--reason", "x"]}
    for name in told:
        cli.parser().parse_args(["orders", name, *takes.get(name, ["1", "--reason", "x"])])
    assert {"again", "found", "absent", "show", "list"} <= told


def test_the_pauses_are_those_of_the_code() -> None:
    (first, most) = re.findall(r"rests for ([\d, ]+) \.\.\. (\d+) s", PAGE)[0]
    assert [int(one) for one in first.split(",")] == [pause(n).total_seconds() for n in (1, 2, 3)]
    assert int(most) == pause(99).total_seconds()
    assert KNOWN in PAGE
