"""`make vendor`: fetch again what desk/frame/static has from packages of the npm registry, and compare.

Files that differ from what vendor.json says are not written: another version is a change of that file first.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parents[1] / "desk" / "frame" / "static"


def integrity(body: bytes) -> str:
    return f"sha512-{base64.b64encode(hashlib.sha512(body).digest()).decode()}"


def packed(package: str, version: str, into: Path) -> bytes:
    """The package as the registry has it, fetched by its ordinary client."""
    command = ["npm", "pack", f"{package}@{version}", "--silent", "--pack-destination", str(into)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 our own words
    return (into / done.stdout.strip().splitlines()[-1]).read_bytes()


def fetched(told: dict[str, Any]) -> dict[str, bytes]:
    """The members that are kept, by the names they are kept under. Errors: SystemExit where a hash differs."""
    with tempfile.TemporaryDirectory() as folder:
        body = packed(told["package"], told["version"], Path(folder))
        if integrity(body) != told["package_integrity"]:
            raise SystemExit(f"{told['package']} {told['version']} is not what vendor.json says")
        archive = Path(folder) / "package.tgz"
        archive.write_bytes(body)
        with tarfile.open(archive) as opened:
            members = (told["path"], told["licence_path"])
            found = [opened.extractfile(member) for member in members]
            return {Path(name).name: file.read() for name, file in zip(members, found, strict=True) if file}


def main() -> None:
    for name, told in json.loads((STATIC / "vendor.json").read_text(encoding="utf-8")).items():
        found = fetched(told)
        if integrity(found[name]) != told["sha512"]:
            raise SystemExit(f"{name} is not what vendor.json says")
        (STATIC / name).write_bytes(found[name])
        (STATIC / told["licence_file"]).write_bytes(found[Path(told["licence_path"]).name])
        sys.stdout.write(f"{name}: {told['package']} {told['version']}\n")


if __name__ == "__main__":
    main()
