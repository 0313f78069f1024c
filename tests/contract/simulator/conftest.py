"""A small base served over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from simulator.base import Base
from simulator.configuration import TRADE
from simulator.server import Server, running
from simulator.settings import ServerOptions
from tests.contract.simulator.small_base import Client, fill


@pytest.fixture(scope="session")
def shared() -> Iterator[Server]:
    """One server for tests that only read."""
    with closing(Base(TRADE)) as base:
        fill(base)
        with running(base) as server:
            yield server


@pytest.fixture
def client(shared: Server) -> Client:
    return Client(shared, shared.user, shared.password)


@pytest.fixture
def serve() -> Iterator[Callable[..., Client]]:
    """A server of one's own, with options."""
    with ExitStack() as stack:

        def start(**options: object) -> Client:
            base = stack.enter_context(closing(Base(TRADE)))
            fill(base)
            server = stack.enter_context(running(base, ServerOptions(**options)))  # type: ignore[arg-type]
            return Client(server, server.user, server.password)

        yield start
