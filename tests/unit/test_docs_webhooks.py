"""What docs/webhooks.md says of webhooks is so."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from schemas.events import EVENT_TYPES
from schemas.settings import Secret
from schemas.signing import HEADERS, sign
from schemas.webhooks import WAITS_S

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")
SECRET = "whsec_" + "A" * 32


def message(**told: Any) -> tuple[dict[str, str], bytes]:
    body, sent = json.dumps(told).encode(), str(int(time.time()))
    signature = f"v1,{sign('evt_1', sent, body, Secret(SECRET))}"
    return dict(zip(HEADERS, ("evt_1", sent, signature), strict=True)), body


def test_every_type_is_documented_and_no_other() -> None:
    first = PAGE.partition("## What is told")[2].partition("###")[0]
    assert sorted(re.findall(r"^\| `([a-z._]+)` \|", first, re.M)) == sorted(EVENT_TYPES)


def test_the_waits_are_those_of_the_code() -> None:
    units = {"s": 1, "min": 60, "h": 3_600}
    (row,) = re.findall(r"tried again after ([^;]*?), each", PAGE)
    assert [int(number) * units[unit] for number, unit in re.findall(r"(\d+) (s|min|h)", row)] == list(
        WAITS_S
    )


def test_the_receiver_of_the_page_keeps_the_latest_and_refuses_strangers() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    page: dict[str, Any] = {}
    exec(code, page)
    party = {"counterparty_id": "ut11:1", "contracts": []}
    for version in (1, 3, 2):
        page["receive"](SECRET, *message(type="balance.changed", data={**party, "version": version}))
    page["receive"](SECRET, *message(type="access.changed", data={**party, "version": 1}))
    page["receive"](SECRET, *message(type="sync.degraded", data={"source": "ut11", "version": 1}))
    assert {subject: one["version"] for subject, one in page["kept"].items()} == {
        "balance ut11:1": 3,
        "access ut11:1": 1,
        "sync ut11": 1,
    }
    with pytest.raises(Exception, match="No matching signature"):
        page["receive"]("whsec_" + "B" * 32, *message(type="balance.changed", data={**party, "version": 9}))
