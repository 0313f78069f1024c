"""Which sources a command is about: one that nobody configured is refused, never left out in silence."""

from __future__ import annotations

import pytest

from tests.unit.jobs.test_site_commands import Desk
from tests.unit.jobs.test_site_commands import desk as desk


@pytest.mark.parametrize("command", ["sync", "sources", "check", "check agreement"])
def test_a_source_that_nobody_configured_is_refused(desk: Desk, command: str) -> None:
    said = desk.refused(*command.split(), "nowhere")
    assert "no source is called nowhere" in said
    assert "saldo sources" in said


def test_all_sources_are_meant_where_none_is_named(desk: Desk) -> None:
    assert "ut11: Test base" in desk.does("sources")
