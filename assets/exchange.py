"""One pass over the exchange plan: take the package, land it, and only then confirm it.

The registration inside 1C is a set, not a queue: asked again with the same number it gives the old and the
new, and a confirmation forgets all of it. So nothing is confirmed that is not committed, nobody else reads the
node meanwhile, and a pass that dies anywhere is simply done again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from assets import alone
from assets.land import Landed, cost, count
from assets.source import Source
from assets.sync import MADE_FROM, Run
from connectors import exchange
from connectors.exchange import Node
from connectors.odata import ODataClient
from schemas.errors import SourceContractError, SourceError
from schemas.source import RawPage
from store import balances, exchange_nodes, landed, landing, leases
from store.engine import Store, Tx
from store.leases import Lease

BLOCKED_AGAIN = timedelta(minutes=15)


@dataclass(slots=True)
class Exchanged:
    """What a pass brought: keys by entity; `blocked` why there was no package, and what to do about it."""

    message_no: int = 0
    landed: Landed = field(default_factory=Landed)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    blocked: SourceError | None = None

    @property
    def found(self) -> int:
        return sum(len(keys) for keys in self.keys.values())


def is_left_over(store: Store, source: Source) -> bool:
    """Whether a pass that died left something landed that no plan will tell again."""
    with store.reading() as tx:
        return _is_left_over(tx, source)


def _is_left_over(tx: Tx, source: Source) -> bool:
    return bool(landed.unmapped(tx, source.id)) or landed.outran_balances(tx, source.id, MADE_FROM)


def has_changes(store: Store, client: ODataClient, source: Source, holder: str) -> bool:
    """Look whether a pass is worth a run.

    False also where somebody is reading right now, and for some minutes after the base could not make a
    package: each such pass reads windows instead.
    """
    with store.reading() as tx:
        before = exchange_nodes.get(tx, source.id)
    if before is not None and before.blocked and datetime.now(UTC) - before.looked_at < BLOCKED_AGAIN:
        return False
    began = datetime.now(UTC)
    with alone.if_free(store, client.source, holder) as lease:
        if lease is None:
            return False
        node = _node(client, source)
        waiting = exchange.has_changes(client, node)
        if not waiting:
            with store.transaction() as tx:
                exchange_nodes.looked(tx, source.id, node.code, node.received_no, at=began)
            note_up_to_date(store, source, began)
    return waiting


def note_up_to_date(store: Store, source: Source, at: datetime) -> None:
    """The plan told everything up to `at`: so long as nothing waits to be mapped, the balances are of then."""
    if not source.balances_by_plan:
        return
    with store.transaction() as tx:
        if not _is_left_over(tx, source):
            balances.still_true(tx, source.id, at)


def land_package(store: Store, client: ODataClient, source: Source, run: Run) -> Exchanged:
    """Land what is registered for the hub's node and confirm it.

    Errors: SourceContractError where the plan has sets that are not published: a confirmation would lose
    what was registered of them. A package that the base cannot make is no error but `blocked`.
    """
    done = Exchanged()
    with alone.reading(store, client.source, run.id) as lease, cost(client, done.landed):
        node = _node(client, source)
        _refuse_unpublished(client, source)
        began = datetime.now(UTC)
        try:
            page = exchange.select_changes(client, node, node.next_no)
        except SourceError as error:
            if error.context.get("reason") != "package":
                raise
            done.blocked = error
            with store.transaction() as tx:
                exchange_nodes.blocked(tx, source.id, node.code, error.message, error.hint)
            return done
        names = exchange.names(page)
        if names:
            done.message_no = node.next_no
            done.keys = _by_entity(source, names)
            _keep(store, client, source, page, done, run, lease)
            _confirm(store, client, node, done.message_no, lease)
        with store.transaction() as tx:
            reached = done.message_no or node.received_no
            exchange_nodes.confirmed(tx, source.id, node.code, reached, at=began)
    return done


def _node(client: ODataClient, source: Source) -> Node:
    return exchange.find_node(client, source.settings.exchange_plan, source.settings.exchange_node)


def _refuse_unpublished(client: ODataClient, source: Source) -> None:
    registered = [*(one.source for one in source.exchanged), *source.settings.exchange_sets]
    missing = exchange.unpublished(client, source.settings.exchange_plan, registered)
    if missing:
        raise SourceContractError(
            f"sets that the exchange plan should bring are not published: {', '.join(missing)}",
            hint="publish them (УстановитьСоставСтандартногоИнтерфейсаOData), or read them by window: [changes_of]",
            source=source.id,
        )


def _by_entity(source: Source, names: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The package's objects by entity; sets that nothing here reads are no concern of the hub."""
    found: dict[str, tuple[str, ...]] = {}
    for entity_set, keys in names.items():
        entity = source.of_set(entity_set)
        if entity is not None and keys:
            found[entity.name] = (*found.get(entity.name, ()), *keys)
    return found


def _keep(
    store: Store, client: ODataClient, source: Source, page: RawPage, done: Exchanged, run: Run, lease: Lease
) -> None:
    """Land the package. A package knows no filter: what a declaration reads only in part is read by key."""
    partly = {name for name in done.keys if source.entity(name).condition}
    whole = {name: keys for name, keys in done.keys.items() if name not in partly}
    if whole:
        landing.save_package(store, source.id, page, whole, run_id=run.id, lease=lease)
        done.landed.units += len(whole)
        done.landed.pages += 1
        done.landed.bytes += len(page.body)
    for name in sorted(partly):
        for unit in client.read_keys(source.entity(name).source_set, done.keys[name], {}):
            landing.save(store, source.id, name, unit, run_id=run.id, lease=lease)
            count(done.landed, unit)


def _confirm(store: Store, client: ODataClient, node: Node, message_no: int, lease: Lease) -> None:
    """Only what is committed is confirmed, and only by who still holds the lease."""
    with store.transaction() as tx:
        leases.check(tx, lease)
    exchange.confirm(client, node, message_no)
