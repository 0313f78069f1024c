"""A running simulator, for tests and for the command line."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import uvicorn

from simulator.app import App
from simulator.base import Base
from simulator.control import Control
from simulator.faults import Faults
from simulator.settings import ServerOptions


class _Uvicorn(uvicorn.Server):
    async def main_loop(self) -> None:
        """Look for the end more often than ten times a second: tests start and stop many servers."""
        while not self.should_exit:
            await asyncio.sleep(0.01)


class Server:
    def __init__(self, base: Base, options: ServerOptions) -> None:
        self.base = base
        self.app = App(base, options)
        self._socket = socket.create_server((options.host, options.port))
        self.control = Control(self, options.control_port) if options.control else None
        config = uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,
        )
        self._uvicorn = _Uvicorn(config)

    @property
    def options(self) -> ServerOptions:
        return self.app.settings

    @property
    def url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://{host}:{port}/{self.options.name}/odata/standard.odata"

    @property
    def user(self) -> str:
        return self.options.user

    @property
    def password(self) -> str:
        return self.options.password

    @property
    def faults(self) -> Faults:
        return self.app.faults

    @property
    def requests(self) -> list[tuple[str, str, int]]:
        """What was asked: method, decoded address, status."""
        return self.app.requests

    @property
    def peak_concurrency(self) -> int:
        return self.app.peak_concurrency

    def change(self, **options: Any) -> None:
        """Set the installation up anew while it runs: `server.change(locked=True)`."""
        self.app.configure(replace(self.options, **options))

    def serve(self) -> None:
        """Serve until a signal or `stop`."""
        if self.control:
            self.control.start()
        self._uvicorn.run(sockets=[self._socket])

    def stop(self) -> None:
        """End at once: whoever still keeps a connection open is not waited for."""
        self._uvicorn.force_exit = True
        self._uvicorn.should_exit = True

    @property
    def started(self) -> bool:
        return self._uvicorn.started

    def close(self) -> None:
        if self.control:
            self.control.close()
        self.app.close()
        self._socket.close()


@contextmanager
def running(base: Base, options: ServerOptions | None = None) -> Iterator[Server]:
    """A server in a thread of this process, on a free port."""
    server = Server(base, options or ServerOptions())
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        yield server
    finally:
        server.stop()
        thread.join(timeout=10)
        server.close()
