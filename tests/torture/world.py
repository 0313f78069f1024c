"""One tortured hub: its store, the books it follows, its workers, and what was counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from schemas import TABLES
from store import migrations, notifications
from store.engine import Store
from store.record_tables import STORED
from tests.torture import ways
from tests.torture.books import Books
from tests.torture.crew import Crew, Worker
from tests.torture.figures import Figures
from tests.torture.worker import Done, Job, main


@dataclass(slots=True)
class World:
    home: Path
    database_url: str
    seed: int
    random: Random = field(init=False)
    books: Books = field(init=False)
    crew: Crew = field(default_factory=lambda: Crew(main))
    store: Store = field(init=False)
    figures: Figures = field(default_factory=Figures)
    workers: list[Worker] = field(default_factory=list)
    _runs: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.books = Books(self.home, self.seed)
        migrations.upgrade(self.database_url)
        self.store = Store.open(self.database_url, self.landing_url)

    @property
    def landing_url(self) -> str:
        return f"file://{self.home / 'landing'}"

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.store.close()
        self.books.close()

    def job(self, command: str, *, brake_rows: int = 200, **given: Any) -> Job:
        self._runs += 1
        source = ways.settings(self.books.server.url, overlap=self.books.overlap, brake_rows=brake_rows)
        where = {"database_url": self.database_url, "landing_url": self.landing_url, **given}
        return Job(command, f"run-{self._runs}", source=source, ahead=self.books.ahead, **where)

    def start(self, command: str, **given: Any) -> Worker:
        worker = self.crew.start(self.job(command, **given))
        self.workers.append(worker)
        self.figures.add("passes" if command == "pass" else "other steps")
        return worker

    def finish(self, worker: Worker) -> Done | None:
        """Wait for what it says, and count what it met. None where it was killed."""
        done = worker.wait()
        self.workers.remove(worker)
        if done is None:
            if not worker.killed:
                self.figures.find("crashes", f"{worker.job.command} ended without a word")
            return None
        if done.error:
            self.figures.errors[done.error] += 1
        if done.crash:
            self.figures.find("crashes", f"{done.command}: {done.crash}")
        if done.command == "agree" and done.facts:
            self.figures.add("comparisons")
            self._judge(done)
        return done

    def run(self, command: str, **given: Any) -> Done | None:
        return self.finish(self.start(command, **given))

    def kill(self, worker: Worker) -> None:
        worker.kill()
        self.figures.add("kills", int(worker.killed))

    def pause(self, worker: Worker) -> None:
        worker.pause()
        self.figures.add("pauses", int(worker.paused))

    def notify(self, named: list[tuple[str, str]]) -> None:
        """1C names records, by the hub's word or by its own."""
        self._runs += 1
        with self.store.transaction() as tx:
            notifications.add(tx, ways.SOURCE, f"message-{self._runs}", named)
        self.figures.add("notifications", len(named))

    def count(self) -> None:
        self.figures.counts["events"] = self.books.events
        self.figures.counts["faults"] = self.books.server.faults.struck.total()
        self.figures.counts["requests"] = self.books.requests

    def lives(self, table: str, ref: str) -> bool:
        stored = STORED[TABLES[table]].c
        wanted = select(stored.id).where(stored.id == ref, stored.gone_at.is_(None))
        with self.store.reading() as tx:
            return tx.connection.execute(wanted).first() is not None

    def memo(self, ref: str) -> str | None:
        """The comment of a document that lives in the hub."""
        stored = STORED[TABLES["document"]].c
        wanted = select(stored.internal_memo).where(stored.id == ref, stored.gone_at.is_(None))
        with self.store.reading() as tx:
            return tx.connection.execute(wanted).scalar_one_or_none()

    def names(self, table: str, refs: list[str]) -> dict[str, str]:
        stored = STORED[TABLES[table]].c
        wanted = select(stored.id, stored.name).where(stored.id.in_(refs))
        with self.store.reading() as tx:
            return {row.id: row.name for row in tx.connection.execute(wanted)}

    def _judge(self, done: Done) -> None:
        """An alarm about a document that is as everybody was told it is, is false."""
        for ref in set(done.facts["named"]) - self.books.troubled:
            self.figures.find("false alarms", f"{done.facts['verdicts'][ref]} {ref} in the midst of work")
        if done.facts["alarm"] and not done.facts["named"] and not self.books.troubled:
            self.figures.find("false alarms", "an alarm that names no document")
