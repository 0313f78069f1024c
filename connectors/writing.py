"""Writing into one accounting base: one attempt each, and an outcome for whatever comes of it.

Errors of every write: SourceRefusedError (AlreadyThereError where an object has that key), NotReceivedError,
UnclearAnswerError. Each has the answer's bytes, if there were any, in `received`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from connectors import addresses, queries, writing_outcomes
from connectors.asking import Ask
from connectors.dialects import Dialect
from connectors.error_shapes import without_bom
from connectors.lane import Carried, Message, Method
from connectors.odata import ODataClient
from connectors.reception import Expected
from schemas.errors import (
    NotReceivedError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
    UnclearAnswerError,
)
from schemas.outgoing import Row, Sought
from schemas.source import RawPage

NO_SUCH_OBJECT = "9"
JSON = (("Content-Type", "application/json; charset=utf-8"), ("Accept", "application/json"))
# Documents are posted as they are dated: 1C's operational posting would move them to the current second.
POSTING = (("PostingModeOperational", "false"),)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, and the objects in it: none where there is none, or where a function was called."""

    rows: tuple[Row, ...]
    page: RawPage

    @property
    def row(self) -> Row | None:
        return self.rows[0] if self.rows else None


class Writing:
    """Over the lanes of a client, under its governor and its gate. What only looks insists as ever."""

    def __init__(self, client: ODataClient) -> None:
        self._client = client

    def find(self, entity_set: str, sought: Sequence[Sought]) -> Answer:
        """Every object in which all of this stands, whole. What stands in everything is not looked for."""
        if not sought:
            raise ValueError(f"{entity_set}: nothing is looked for")
        terms = [_term(one, self._client.dialect) for one in sought]
        page = self._client.get(entity_set, queries.condition(terms))
        return Answer(_rows(page, self._client.dialect), page)

    def read(self, entity_set: str, key: str) -> Answer:
        """One object, or none."""
        try:
            page = self._client.get(self._address(entity_set, key))
        except SourceRefusedError as error:
            if error.context.get("code") != NO_SUCH_OBJECT:
                raise
            request = str(error.context.get("request", ""))
            return Answer((), RawPage(request, error.received or b"", datetime.now(UTC), 0.0, ""))
        return Answer((_object(page.body, page.request, self._client.source.id),), page)

    def newest(self, entity_set: str) -> Answer:
        """The posted document of the latest date, if there is any."""
        standing = queries.condition(["Posted eq true", "DeletionMark eq false"])
        page = self._client.get(entity_set, [*standing, ("$orderby", "Date desc"), ("$top", "1")])
        return Answer(_rows(page, self._client.dialect), page)

    def create(self, entity_set: str, content: Row) -> Answer:
        return self._written("POST", entity_set, content)

    def change(self, entity_set: str, key: str, content: Row, *, version: str = "") -> Answer:
        """Let these fields be these; a tabular part is replaced as a whole.

        `version` is the DataVersion that was read: 1C should refuse where it is another, and live bases do not look.
        """
        return self._written("PATCH", self._address(entity_set, key), content, version)

    def mark_for_deletion(self, entity_set: str, key: str) -> Answer:
        return self.change(entity_set, key, {"DeletionMark": True})

    def post(self, entity_set: str, key: str) -> Answer:
        return self._called(entity_set, key, "Post", POSTING)

    def unpost(self, entity_set: str, key: str) -> Answer:
        return self._called(entity_set, key, "Unpost", ())

    def _written(self, method: Method, path: str, content: Row, version: str = "") -> Answer:
        target = addresses.target(path, self._client.dialect.format_query)
        page = self._send(method, target, _ENCODER.encode(content), "json", version)
        try:
            return Answer((_object(page.body, page.request, self._client.source.id),), page)
        except SourceContractError as error:
            raise writing_outcomes.unclear(error) from error

    def _called(self, entity_set: str, key: str, function: str, query: addresses.Query) -> Answer:
        target = addresses.target(f"{self._address(entity_set, key)}/{function}", query)
        return Answer((), self._send("POST", target, b"", "nothing"))

    def _send(self, method: Method, target: str, body: bytes, expect: Expected, version: str = "") -> RawPage:
        """Errors: those of the module, and what the client's gate raises."""
        carried = Carried(body) if body else None
        headers = (*JSON, ("If-Match", version)) if version else JSON
        message = Message(method, body, headers, carried)
        wait_s, manners = self._client.source.timeouts.read_s, writing_outcomes.manners(carried)
        ask = Ask(target, expect, wait_s, method, message=message, manners=manners)
        try:
            return self._client.transport.send(ask)
        except (NotReceivedError, SourceRefusedError, UnclearAnswerError):
            raise
        except SourceUnavailableError as error:  # the client is being closed
            raise writing_outcomes.not_received(error) from error
        except SourceContractError as error:  # an answer that broke off, or is too large
            raise writing_outcomes.unclear(error) from error

    def _address(self, entity_set: str, key: str) -> str:
        return f"{entity_set}({self._client.dialect.guid_literal(key)})"


def _term(sought: Sought, dialect: Dialect) -> str:
    match sought.type:
        case "guid":
            literal = dialect.guid_literal(sought.value)
        case "moment":
            literal = dialect.moment_literal(sought.value)
        case "text":
            literal = dialect.text_literal(sought.value)
        case _:
            literal = sought.value
    return f"{sought.field} eq {literal}"


def _rows(page: RawPage, dialect: Dialect) -> tuple[Row, ...]:
    answer = _decoded(page.body)
    for name in dialect.rows_in:
        answer = answer.get(name) if isinstance(answer, dict) else answer
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise SourceContractError(
            "the answer is no list of objects",
            hint="see the kept answer; base_url must lead to an OData service of the set dialect",
            received=page.body, request=page.request,
        )  # fmt: skip
    return tuple(answer)


def _object(body: bytes, request: str, source: str) -> Row:
    """One object with a key."""
    found = _decoded(body)
    if isinstance(found, dict) and isinstance(found.get("Ref_Key"), str):
        return found
    raise SourceContractError(
        "the answer is no object with a key",
        hint="see the kept answer; base_url must lead to an OData service of the set dialect",
        received=body, source=source, request=request,
    )  # fmt: skip


def _decoded(body: bytes) -> Any:
    try:
        return _DECODER.decode(without_bom(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
