"""The brake: a run that would delete or change a large share of a table stops before it does, and asks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, func, select

from schemas.errors import BrakeError
from store.engine import Tx


@dataclass(slots=True)
class Brake:
    """What one run may do to one entity: delete or change `percent` of its living rows, if it has `rows` or more.

    It carries what the run did so far; make a new one for each run and entity. New rows are no harm, nor are
    changed ones of a table that changes as a whole: then only deletions count.
    """

    percent: int
    rows: int
    of_changes: bool = True
    done: int = 0
    gone: int = 0
    lived: int | None = None

    def hold(self, tx: Tx, table: Table, source: str, entity: str, *, changed: int, gone: int) -> None:
        """Add what a unit did; raises BrakeError where that is too much in all."""
        if not self.of_changes:
            changed = 0
        if changed + gone == 0:
            return
        done, all_gone = self.done + changed + gone, self.gone + gone
        is_worth_counting = done * 100 > self.percent * self.rows  # else too few for any table it watches
        if is_worth_counting and self.lived is None:
            self.lived = _living(tx, table, source, entity) + all_gone
        if self.lived is not None and self.lived >= self.rows and done * 100 > self.percent * self.lived:
            raise BrakeError(
                f"{done} of {self.lived} living {entity} records would be deleted ({gone} in this unit) or changed",
                hint="look at the base: was it restored, or is it another one? If this is right, materialize"
                f" {source}/site/{entity} in Dagster with allow_mass_change: true in the launchpad",
                source=source,
                entity=entity,
            )
        self.done, self.gone = done, all_gone


def _living(tx: Tx, table: Table, source: str, entity: str) -> int:
    mine = (table.c.source == source, table.c.entity == entity, table.c.gone_at.is_(None))
    return int(tx.connection.execute(select(func.count()).select_from(table).where(*mine)).scalar_one())
