"""Events and parties for tests of webhooks, written as those who tell write them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from schemas.settings import HubSettings, Secret, SourceSettings
from store import deliveries, webhooks
from store.engine import Store, Tx
from store.tables_of_news import DELIVERY, EVENT
from tests.unit.api.books import Books, guid, record

HEAD, BRANCH, OTHER = guid(1), guid(2), guid(3)
SOURCE = SourceSettings(
    id="ut11",
    title="УТ",
    base_url="http://127.0.0.1:1/odata",
    user="x",
    password=Secret("x"),
    time_zone=ZoneInfo("Europe/Moscow"),
    history_from=date(2026, 1, 1),
)


@dataclass
class News:
    """Makes things happen in a store, and tells who was to hear of them."""

    store: Store
    count: int = 0

    def parties(self, *heads: tuple[str, str]) -> None:
        """A head office with a branch, and a company of its own; `heads` are (counterparty, its head office)."""
        books = Books(self.store, HubSettings("", "", (SOURCE,)))
        above = {BRANCH: HEAD, **dict(heads)}
        rows = [record("counterparty", id=one, head_id=above.get(one)) for one in (HEAD, BRANCH, OTHER)]
        books.put("counterparty", rows)

    def happen(self, *types: str, party: str | None = OTHER, source: str = "ut11") -> list[str]:
        """Events of these types in one transaction; gives their ids."""
        with self.store.transaction() as tx:
            return self.happen_in(tx, *types, party=party, source=source)

    def happen_in(
        self, tx: Tx, *types: str, party: str | None = OTHER, source: str = "ut11", at: datetime | None = None
    ) -> list[str]:
        webhooks.in_order(tx)
        last = int(tx.connection.execute(select(func.coalesce(func.max(EVENT.c.id), 0))).scalar_one())
        ids = []
        for one in types:
            self.count += 1
            ids.append(f"evt_{self.count}")
            row: dict[str, Any] = {
                "event_id": ids[-1],
                "type": one,
                "source": source,
                "counterparty_id": party,
                "subject_id": party or source,
                "version": self.count,
                "at": at or tx.now,
                "data": json.dumps({"id": f"{source}:{party}"}),
            }
            tx.connection.execute(insert(EVENT).values(**row))
        deliveries.queue(tx, last)
        return ids

    def queued(self, webhook_id: str, state: str = "pending") -> list[str]:
        """Ids of the events that are queued for a webhook, in order."""
        wanted = select(EVENT.c.event_id).join(DELIVERY, DELIVERY.c.event_number == EVENT.c.id)
        wanted = wanted.where(DELIVERY.c.webhook_id == webhook_id, DELIVERY.c.state == state)
        with self.store.reading() as tx:
            return list(tx.connection.execute(wanted.order_by(EVENT.c.id)).scalars())

    def webhook(self, url: str = "https://shop.example/hook", **given: Any) -> str:
        return self.webhook_with_secret(url, **given)[0]

    def webhook_with_secret(self, url: str, **given: Any) -> tuple[str, str]:
        with self.store.transaction() as tx:
            made, secret = webhooks.create(
                tx, url=url, **{"own_hosts": ("127.0.0.1",), "by": "test", **given}
            )
        return made.id, secret.value
