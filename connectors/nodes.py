"""The nodes of an exchange plan: who gets the changes, and how far each has confirmed them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from connectors.error_shapes import without_bom
from schemas.errors import SourceContractError, SourceRefusedError

if TYPE_CHECKING:
    from connectors.odata import ODataClient

PREFIX = "ExchangePlan_"


@dataclass(frozen=True, slots=True)
class Node:
    """The hub's node in a plan."""

    plan: str
    code: str
    ref: str
    url: str
    sent_no: int
    received_no: int
    description: str = ""

    @property
    def next_no(self) -> int:
        """The number of the next package: one that nobody has used.

        A confirmation of somebody who died may still be under way. It forgets everything up to its number, so
        what is selected after it was sent must have a higher one.
        """
        return max(self.sent_no, self.received_no) + 1


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


def find(client: ODataClient, plan: str, code: str) -> Node:
    """The node with this code, as it stands now.

    Errors: SourceRefusedError where the plan is not published, has no such node, or it is the base's own. A
    base that does not tell its own node (`ThisNode` is not in every release) refuses its package instead.
    """
    entity_set = set_of(plan)
    found = _read(client, entity_set)
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


def set_of(plan: str) -> str:
    return plan if plan.startswith(PREFIX) else PREFIX + plan


def _read(client: ODataClient, entity_set: str) -> list[_Node]:
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
