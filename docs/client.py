"""Write a typed Python client from docs/openapi.json: `make client`, or `python -m docs.client FOLDER`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE / "openapi.json"
SETTINGS = HERE / "client.json"


def write(folder: Path) -> int:
    """Replace `folder` with an installable package `saldo-client`. A gap in it is a failure, not a warning."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    arguments = ["--path", DOCUMENT, "--config", SETTINGS, "--output-path", folder]
    options = ["--meta", "setup", "--overwrite", "--fail-on-warning"]
    command = [sys.executable, "-m", "openapi_python_client", "generate", *map(str, arguments), *options]
    # it formats with ruff, which lies beside this Python
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return subprocess.run(command, check=False, env={**os.environ, "PATH": tools}).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(write(Path(sys.argv[1]).absolute()))
