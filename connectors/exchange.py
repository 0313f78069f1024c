"""The exchange plan of a base: which objects changed since this node last confirmed a package.

Registrations are a set, not a queue: asking with the same number again brings the old and the new, and a
confirmation forgets everything up to its number. So a package is confirmed only once it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from connectors import addresses
from connectors.answers import POISON
from connectors.decoded import not_a_page
from connectors.error_shapes import without_bom
from connectors.package_refusal import package_refused
from connectors.packages import Entry, entries, names, recorder_sets
from connectors.reception import Enough
from schemas.errors import SourceContractError, SourceError, SourceRefusedError
from schemas.source import RawPage

if TYPE_CHECKING:
    from connectors.odata import ODataClient

__all__ = [
    "Entry",
    "Node",
    "confirm",
    "entries",
    "find_node",
    "has_changes",
    "names",
    "recorder_sets",
    "select_changes",
    "unpublished",
]

PREFIX = "ExchangePlan_"
RECORDS = "_RecordType"
CONFIRM_S = 30.0  # a confirmation reads nothing: it must not outlive the lease of the node
UNPACKABLE = POISON | {"memory", "size"}


@dataclass(frozen=True, slots=True)
class Node:
    """The hub's node in a plan. Its next package has the number `received_no + 1`."""

    plan: str
    code: str
    ref: str
    url: str
    sent_no: int
    received_no: int
    description: str = ""


class _Node(msgspec.Struct):
    Ref_Key: str
    Code: str
    SentNo: int
    ReceivedNo: int
    Description: str = ""
    ThisNode: bool = False


class _Nodes(msgspec.Struct):
    value: list[_Node]


NODES = msgspec.json.Decoder(_Nodes, strict=False)


def find_node(client: ODataClient, plan: str, code: str) -> Node:
    """The node with this code, as it stands now.

    Errors: SourceRefusedError where the plan is not published, has no such node, or it is the base's own.
    """
    entity_set = _set_of(plan)
    found = _nodes(client, entity_set)
    node = next((one for one in found if one.Code.strip() == code.strip()), None)
    if node is None:
        there = ", ".join(sorted(one.Code.strip() or "(empty)" for one in found if not one.ThisNode))
        raise SourceRefusedError(
            "the exchange plan has no such node",
            hint=f"create a node for the hub in 1C, or set exchange_node to one of: {there or 'none yet'}",
            source=client.source.id, set=entity_set, node=code, reason="node",
        )  # fmt: skip
    if node.ThisNode:
        raise SourceRefusedError(
            "this node of the exchange plan is the base itself",
            hint="create a node for the hub in 1C and name its code in exchange_node",
            source=client.source.id, set=entity_set, node=code, reason="node",
        )  # fmt: skip
    ref = node.Ref_Key.lower()
    url = f"{unquote(client.source.base_url.rstrip('/'))}/{entity_set}({client.dialect.guid_literal(ref)})"
    return Node(entity_set, code, ref, url, node.SentNo, node.ReceivedNo, node.Description)


def select_changes(client: ODataClient, node: Node, message_no: int) -> RawPage:
    """The package of everything registered for the node and not confirmed: an Atom feed, whole.

    Errors: SourceContractError with reason "package" where the base cannot make it or it is over the cap: as
    long as the cause stays, changes must be learnt in another way.
    """
    return _package(client, node, message_no, None)


def has_changes(client: ODataClient, node: Node) -> bool:
    """Whether anything is registered. Reads as far as the first entry; a package that cannot be made is one."""
    try:
        page = _package(client, node, node.received_no + 1, _tells)
    except SourceContractError as error:
        if error.context.get("reason") != "package":
            raise
        return True
    if not _tells(page.body):
        raise not_a_page(page.body, cut=True)
    return _has_entry(page.body)


def confirm(client: ODataClient, node: Node, message_no: int) -> None:
    """Let the base forget everything up to `message_no`.

    An error may stand for a confirmation that was done and whose answer was lost: the node tells.
    """
    target = _target("NotifyChangesReceived", node, message_no)
    try:
        client.transport.post(target, expect="nothing", wait_s=CONFIRM_S)
    except SourceError as error:
        if not _is_confirmed(client, node, message_no):
            raise error


def unpublished(client: ODataClient, plan: str, wanted_sets: Sequence[str]) -> tuple[str, ...]:
    """Those of the wanted sets, and the plan, that are not published: a confirmation would lose their changes.

    What else the plan registers cannot be asked over OData: it is nowhere in the metadata, and a package says
    nothing of what it leaves out. So `wanted_sets` has to name all that matters.
    """
    published = set(client.service_document())
    wanted = dict.fromkeys([_set_of(plan), *(name.removesuffix(RECORDS) for name in wanted_sets)])
    return tuple(name for name in wanted if name not in published)


def _set_of(plan: str) -> str:
    return plan if plan.startswith(PREFIX) else PREFIX + plan


def _nodes(client: ODataClient, entity_set: str) -> list[_Node]:
    try:
        page = client.get(entity_set)
    except SourceRefusedError as error:
        if error.context.get("code") != "8":
            raise
        raise SourceRefusedError(
            "the exchange plan is not published",
            hint="include it in the composition of the OData interface, or correct exchange_plan",
            received=error.received, source=client.source.id, set=entity_set, reason="plan",
        ) from error  # fmt: skip
    try:
        return NODES.decode(without_bom(page.body)).value
    except msgspec.MsgspecError as error:
        raise SourceContractError(
            "the exchange plan does not list its nodes with their numbers",
            hint="see the kept answer: Ref_Key, Code, SentNo and ReceivedNo are needed",
            received=page.body, source=client.source.id, request=page.request,
        ) from error  # fmt: skip


def _package(client: ODataClient, node: Node, message_no: int, enough: Enough | None) -> RawPage:
    """1C builds the package wholly before it sends a byte: it waits as long as for totals."""
    target = _target("SelectChanges", node, message_no)
    try:
        return client.transport.post(
            target, expect="atom", wait_s=client.source.timeouts.totals_s, enough=enough
        )
    except SourceError as error:
        told = error.context
        is_exception = told.get("status") == 400 and not told.keys() & {"code", "reason"}
        if told.get("reason") in UNPACKABLE or is_exception:
            raise package_refused(error, client.source.id) from error
        raise


def _is_confirmed(client: ODataClient, node: Node, message_no: int) -> bool:
    try:
        return find_node(client, node.plan, node.code).received_no >= message_no
    except SourceError:
        return False


def _target(function: str, node: Node, message_no: int) -> str:
    return addresses.target(
        function, [("DataExchangePoint", f"'{node.url}'"), ("MessageNo", str(message_no))]
    )


def _has_entry(body: bytes) -> bool:
    return b"<entry" in body or b"deleted-entry" in body


def _tells(body: bytes) -> bool:
    return _has_entry(body) or b"</feed>" in body
