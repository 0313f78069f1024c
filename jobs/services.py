"""Dagster's three services, the worker and the API, started in the order that is safe and watched until they stop."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from jobs.processes import Family, free_port

START_S = 120.0
LOCATION = "saldo"
API = "desk.app:create_app"  # the desk stands beside the API


@dataclass(frozen=True, slots=True)
class Addresses:
    dagster: str
    api: str


def start(family: Family, home: Path, *, host: str, dagster_port: int, api_port: int) -> Addresses:
    """Start code server, webserver, daemon, worker and API. `home` must be initialised.

    The other two come after the code server answers: they give up on one that is not there yet.
    """
    code_port = free_port()
    workspace = home / "workspace.yaml"
    workspace.write_text(
        f"load_from:\n  - grpc_server: {{host: 127.0.0.1, port: {code_port}, location_name: {LOCATION}}}\n",
        encoding="utf-8",
    )
    code = ["-m", "dagster", "api", "grpc", "-m", "jobs.definitions", "--host", "127.0.0.1"]
    family.start("code-server", [*code, "--port", str(code_port), "--location-name", LOCATION])
    addresses = Addresses(f"http://{host}:{dagster_port}", f"http://{host}:{api_port}")
    family.start("api", api_command(API, host, api_port), {"SALDO_DAGSTER_URL": addresses.dagster})
    family.wait_for("the code server", lambda: listens(code_port), START_S)
    web = ["-m", "dagster_webserver", "-w", str(workspace), "-h", host, "-p", str(dagster_port)]
    family.start("dagster-webserver", [*web, "--log-level", "warning"])
    family.start("dagster-daemon", ["-m", "dagster._daemon", "run", "-w", str(workspace)])
    family.start("worker", ["-m", "jobs.worker"])
    return addresses


def api_command(application: str, host: str, port: int) -> list[str]:
    """Arguments of Python that serve it: uvicorn's fastest parser and loop come with its own extra."""
    command = ["-m", "uvicorn", "--factory", application, "--host", host, "--port", str(port)]
    return [*command, "--no-access-log"]


def wait(family: Family, addresses: Addresses) -> None:
    """Wait until both answer."""
    family.wait_for("the API", lambda: answers(f"{addresses.api}/healthz"), START_S)
    family.wait_for("Dagster", lambda: answers(f"{addresses.dagster}/server_info"), START_S)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
