"""One store with the papers for a whole test module, on each database; tests that change it put it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from tests import postgres
from tests.unit.api import papers
from tests.unit.api.books import Books


@dataclass
class Shelf:
    books: Books
    client: TestClient[Litestar]

    def ask(self, address: str, key: str | None = None, **asked: Any) -> Response:
        """Ask with a key, else with one that may do everything."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.client.get(address, params=asked or None, headers=headers)

    def get(self, address: str, key: str | None = None, **asked: Any) -> dict[str, Any]:
        answer = self.ask(address, key, **asked)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def ids(self, address: str, key: str | None = None, **asked: Any) -> list[str]:
        """The references of a list's rows."""
        return [row["id"].partition(":")[2] for row in self.get(address, key, **asked)["items"]]


def opened(request: Any, folder: Path) -> Iterator[Shelf]:
    """What a module's fixture gives, with `params=["sqlite", "postgresql"]`."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'store.db'}"
        if request.param == "postgresql":
            url = stack.enter_context(postgres.database(request.getfixturevalue("postgres_server")))
        books = Books.open(url, folder / "landing")
        stack.callback(books.store.close)
        papers.papers(books)
        yield Shelf(books, stack.enter_context(books.client()))
