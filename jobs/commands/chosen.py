"""What commands about sources share: which of them are meant, and a bar that shows how far they are."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, tzinfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from assets.source import Source, sources
from schemas.errors import ConfigurationError
from schemas.settings import HubSettings

Step = Callable[[str, int, int], None]  # what is being done, how much of it, of how much


def of(known: HubSettings, names: Sequence[str]) -> list[Source]:
    """The sources of these ids; all of them where none is given."""
    every = sources(known)
    if unknown := set(names) - {source.id for source in every}:
        raise ConfigurationError(
            f"no source is called {' or '.join(sorted(unknown))}", hint="`saldo sources` lists them."
        )
    return [source for source in every if not names or source.id in names]


def one(known: HubSettings, name: str) -> Source:
    return of(known, [name])[0]


def instant(text: str, source: Source) -> datetime:
    """A moment as a person writes it: without an offset it is by the base's clock."""
    return moment(text, source.settings.time_zone)


def moment(text: str, zone: tzinfo | None) -> datetime:
    """The same by the clock of `zone`; without one the offset must be there."""
    hint = "Write it as 2026-03-03T10:00+03:00."
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no moment", hint=hint) from error
    if found.tzinfo is None and zone is None:
        raise ConfigurationError(f"{text!r} is another moment in every time zone", hint=hint)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no day", hint="Write it as 2026-03-31.") from error


def new_run() -> str:
    """The name of a run that Dagster knows nothing of."""
    return str(uuid.uuid4())


@contextmanager
def bar(console: Console) -> Iterator[Step]:
    """A bar for each thing that is done, as many as are told of."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)

        yield told
