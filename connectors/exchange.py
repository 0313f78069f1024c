"""The exchange plan of a base: which objects changed since this node last confirmed a package.

Registrations are a set, not a queue: asking with the same number again brings the old and the new, and a
confirmation forgets everything up to its number. So a package is confirmed only once it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectors import addresses, nodes
from connectors.answers import POISON
from connectors.decoded import not_a_page
from connectors.nodes import Node
from connectors.nodes import find as find_node
from connectors.package_refusal import package_refused
from connectors.packages import Entry, entries, names, recorder_sets
from connectors.reception import Enough
from schemas.errors import SourceContractError, SourceError
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

RECORDS = "_RecordType"
CONFIRM_S = 30.0
UNPACKABLE = POISON | {"memory", "size"}


def select_changes(client: ODataClient, node: Node, message_no: int) -> RawPage:
    """The package of everything registered for the node and not confirmed: an Atom feed, whole.

    Errors: SourceContractError with reason "package" where the base cannot make it or it is over the cap: as
    long as the cause stays, changes must be learnt in another way.
    """
    return _package(client, node, message_no, None)


def has_changes(client: ODataClient, node: Node) -> bool:
    """Whether anything is registered. Reads as far as the first entry; a package that cannot be made is one."""
    try:
        page = _package(client, node, node.next_no, _tells)
    except SourceContractError as error:
        if error.context.get("reason") != "package":
            raise
        return True
    if not _tells(page.body):
        raise not_a_page(page.body, cut=True)
    return _has_entry(page.body)


def confirm(client: ODataClient, node: Node, message_no: int) -> None:
    """Let the base forget everything up to `message_no`.

    Sent once and waited for briefly: a confirmation that is done after another reader has taken over the node
    forgets what that one was just given. Whether it was done although its answer is lost, the node tells.
    """
    target = _target("NotifyChangesReceived", node, message_no)
    wait_s = min(CONFIRM_S, client.source.limits.lease_s / 2)
    try:
        client.transport.post(target, expect="nothing", wait_s=wait_s, attempts=1)
    except SourceError as error:
        if not _is_confirmed(client, node, message_no):
            raise error


def unpublished(client: ODataClient, plan: str, wanted_sets: Sequence[str]) -> tuple[str, ...]:
    """Those of the wanted sets, and the plan, that are not published: a confirmation would lose their changes.

    What else the plan registers cannot be asked over OData: it is nowhere in the metadata, and a package says
    nothing of what it leaves out. So `wanted_sets` has to name all that matters.
    """
    published = set(client.service_document())
    wanted = dict.fromkeys([nodes.set_of(plan), *(name.removesuffix(RECORDS) for name in wanted_sets)])
    return tuple(name for name in wanted if name not in published)


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
        return nodes.find(client, node.plan, node.code).received_no >= message_no
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
