"""Bytes by their content: `<aa>/<sha256>.zst` on any fsspec location."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import fsspec
import zstandard
from fsspec.implementations.local import LocalFileSystem

from schemas.errors import ConfigurationError, LineageError

_LEVEL = 1  # JSON shrinks to a tenth already; higher levels cost more time than the disk they save


@dataclass(frozen=True, slots=True)
class Blob:
    sha256: str
    size: int
    stored_size: int


@dataclass(frozen=True, slots=True)
class Blobs:
    files: Any
    root: str

    @classmethod
    def open(cls, landing_url: str) -> Self:
        try:
            files, root = fsspec.core.url_to_fs(landing_url)
        except (ValueError, ImportError) as error:
            raise ConfigurationError(
                "landing_url names a location that cannot be opened",
                hint="Set landing_url to a location fsspec knows, such as file:///var/lib/saldo/landing",
            ) from error
        return cls(files, root.rstrip("/"))

    def write(self, body: bytes) -> Blob:
        """Keep `body`; bytes already kept are not written again. A reader never sees half a file.

        On local files they are on the disk when this returns: an exchange package is confirmed after it, and
        no power cut may take it back.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        path = self._path(sha256)
        if self.files.exists(path):
            return Blob(sha256, len(body), self.files.size(path))
        packed = zstandard.ZstdCompressor(level=_LEVEL).compress(body)
        self.files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        with self.files.open(path, "wb", autocommit=False) as file:
            file.write(packed)
            if isinstance(self.files, LocalFileSystem):
                file.flush()
                os.fsync(file.fileno())
        file.commit()
        if isinstance(self.files, LocalFileSystem):
            folder = path.rsplit("/", 1)[0]
            _sync_folder(folder)
            _sync_folder(folder.rsplit("/", 1)[0])  # the folder's own name may be new
        return Blob(sha256, len(body), len(packed))

    def beside(self, folder: str) -> Blobs:
        """Other bytes in a folder of their own: what is done about these never touches them."""
        return Blobs(self.files, f"{self.root}/{folder}")

    def read(self, sha256: str, *, page: int) -> bytes:
        """Give the bytes of a landed page, whose hash is `sha256`, proven."""
        try:
            return self.proven(sha256)
        except ValueError as error:
            raise LineageError(
                f"The file of landing page {page} {error}",
                hint="Restore it from a backup of the landing, or delete it and fetch the same period again",
                landing=page,
                file=name(sha256),
            ) from error

    def proven(self, sha256: str) -> bytes:
        """Give the bytes whose hash it is. Errors: ValueError that says what is wrong with their file."""
        try:
            body = zstandard.ZstdDecompressor().decompress(self.files.cat_file(self._path(sha256)))
        except FileNotFoundError as error:
            raise ValueError("is not there") from error
        except zstandard.ZstdError as error:
            raise ValueError("cannot be unpacked") from error
        if hashlib.sha256(body).hexdigest() != sha256:
            raise ValueError("is not what was written")
        return body

    def delete(self, sha256: str, *, written_before: datetime) -> bool:
        """Delete the file of these bytes if it is that old; tells whether."""
        path = self._path(sha256)
        try:
            if self.files.modified(path) >= written_before:
                return False
            self.files.rm_file(path)
        except FileNotFoundError:
            return False
        return True

    def _path(self, sha256: str) -> str:
        return f"{self.root}/{name(sha256)}"


def name(sha256: str) -> str:
    """Where the bytes are, below the root."""
    return f"{sha256[:2]}/{sha256}.zst"


def _sync_folder(folder: str) -> None:
    """A new name is durable when its folder is; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
