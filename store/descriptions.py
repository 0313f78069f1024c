"""What web services say of themselves, each as it last did: what is not here is asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from store.engine import Store

FOLDER = "wsdl"  # below the landing's root; what is landed lies in folders of two digits


@dataclass(frozen=True, slots=True)
class Descriptions:
    """A file for each service, by a name of letters and digits."""

    files: Any
    root: str

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.blobs.files, f"{store.blobs.root}/{FOLDER}")

    def get(self, name: str, younger_than_s: float) -> bytes | None:
        path = self._path(name)
        try:
            if self.files.modified(path) < datetime.now(UTC) - timedelta(seconds=younger_than_s):
                return None
            return bytes(self.files.cat_file(path))
        except FileNotFoundError:
            return None

    def put(self, name: str, body: bytes) -> None:
        """A reader never sees half of it."""
        self.files.makedirs(self.root, exist_ok=True)
        with self.files.open(self._path(name), "wb", autocommit=False) as file:
            file.write(body)
        file.commit()

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}.wsdl"
