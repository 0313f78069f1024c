"""A tiny accounting system for one worker: what each request to it meets is said beforehand."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.writing import Answer
from schemas.errors import AlreadyThereError, NotReceivedError, SourceRefusedError, UnclearAnswerError
from schemas.outgoing import Difference
from schemas.source import RawPage

LOOKED = ("dies_before", "not_received", "overtaken")  # what a mere look may meet
OUTCOMES = ("done", "refused", "answer_lost", "never_came", "late", "dies_after", *LOOKED)
Row = dict[str, Any]


class DiedError(BaseException):
    """The worker's process ended: nothing more is done, and nothing is released."""


@dataclass
class Papers:
    """A tiny accounting system: documents by their key, requests that it works on late, and what each meets."""

    keeps_keys: bool
    documents: dict[str, Row] = field(default_factory=dict)
    late: list[Row] = field(default_factory=list)
    fates: list[str] = field(default_factory=list)
    gate: Callable[[], None] = lambda: None
    overtake: Callable[[], None] = lambda: None
    on_create: Callable[[Row], None] = lambda _: None

    def find(self, entity_set: str, sought: str) -> Answer:
        return self._looked(lambda: [row for row in self.documents.values() if row["id"] == sought])

    def read(self, entity_set: str, key: str) -> Answer:
        return self._looked(lambda: [self.documents[key]] if key in self.documents else [])

    def create(self, entity_set: str, content: Row) -> Answer:
        return self._written(lambda: self._create(content), content)

    def change(self, entity_set: str, key: str, content: Row) -> Answer:
        return self._written(lambda: self.documents[key].update(content))

    def post(self, entity_set: str, key: str) -> Answer:
        return self._written(lambda: self.documents[key].update(posted=True))

    def unpost(self, entity_set: str, key: str) -> Answer:
        return self._written(lambda: self.documents[key].update(posted=False))

    def mark_for_deletion(self, entity_set: str, key: str) -> Answer:
        return self._written(lambda: self.documents[key].update(marked=True))

    def arrive(self) -> None:
        """What was sent long ago is worked on now."""
        content = self.late.pop()
        if not (self.keeps_keys and content["Ref_Key"] in self.documents):
            self._create(content)

    def _create(self, content: Row) -> Row:
        key = content.get("Ref_Key") if self.keeps_keys else str(uuid.uuid4())
        assert key is not None
        if key in self.documents:
            raise AlreadyThereError("it is there", hint="look", words="")
        self.on_create(content)
        self.documents[key] = row = {**content, "Ref_Key": key, "posted": False, "marked": False}
        return row

    def _looked(self, find: Callable[[], list[Row]]) -> Answer:
        self._meet(LOOKED)
        return Answer(tuple(map(dict, find())), _page())

    def _written(self, work: Callable[[], Row | None], created: Row | None = None) -> Answer:
        fate = self._meet(OUTCOMES)
        if fate == "refused":
            raise SourceRefusedError("no", hint="", words="Период закрыт")
        if fate == "never_came" or (fate == "late" and created is None):
            raise UnclearAnswerError("no answer", hint="")
        if fate == "late" and created is not None:
            self.late.append(created)
            raise UnclearAnswerError("no answer", hint="")
        done = work()
        if fate == "answer_lost":
            raise UnclearAnswerError("no answer", hint="")
        if fate == "dies_after":
            raise DiedError
        return Answer((dict(done),) if done else (), _page())

    def _meet(self, known: tuple[str, ...]) -> str:
        """What happens to this request: before it, another worker may come, and the fence is looked at."""
        fate = self.fates.pop(0) if self.fates else "done"
        fate = fate if fate in known else "done"
        if fate == "overtaken":
            self.overtake()
        self.gate()
        if fate == "dies_before":
            raise DiedError
        if fate == "not_received":
            raise NotReceivedError("away", hint="")
        return fate


def _page() -> RawPage:
    return RawPage("", b"", datetime.now(UTC), 0.0, "")


@dataclass(frozen=True)
class Kind:
    """How a document is known; an order is its own content here."""

    entity_set: str = "Orders"
    posts: bool = True

    def ref_key(self, id: str) -> str:
        return id

    def looked_for(self, sent: Row) -> str:
        return str(sent["id"])

    def is_ours(self, row: Row, id: str) -> bool:
        return bool(row["id"] == id)

    def differences(self, sent: Row, row: Row, *, later: bool = False) -> tuple[Difference, ...]:
        return (
            () if row["body"] == sent["body"] else (Difference("body", str(sent["body"]), str(row["body"])),)
        )

    def number_of(self, row: Row) -> str:
        return f"N-{row['Ref_Key'][:8]}"

    def moment_of(self, row: Row) -> None:
        return None

    def is_posted(self, row: Row) -> bool:
        return bool(row["posted"])

    def is_marked(self, row: Row) -> bool:
        return bool(row["marked"])
