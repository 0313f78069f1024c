"""Pull now: a real Dagster run in this process, seen in the UI like any other."""

from __future__ import annotations

import argparse
import os
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from assets.source import Source
from jobs import home as homes
from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas.errors import ConfigurationError
from schemas.settings import Family
from store import migrations

if TYPE_CHECKING:
    import dagster as dg

NAME = "sync"
HELP = "pull what is new, or everything, from the configured bases"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="*", help="ids of sources; all of them if none is given")
    command.add_argument("--full", action="store_true", help="read everything again, not only what is new")
    command.add_argument("--family", choices=get_args(Family), help="only this data")
    command.add_argument("--home", type=Path, default=Path(".saldo"), help="where Dagster's state is")


def run(chosen: argparse.Namespace, console: Console) -> int:
    """0 when every run succeeded."""
    known = settings.load()
    wanted = choosing.of(known, chosen.source)
    if chosen.full and chosen.family:
        raise ConfigurationError("--full reads all families", hint="Leave out --family or --full.")
    os.environ[homes.HOME_VARIABLE] = str(homes.dagster_home(os.environ, chosen.home / "dagster"))
    with console.status("Loading Dagster"):
        import dagster as dg

        from jobs.definitions import defs

        migrations.upgrade(known.database_url)
        definitions = defs()
    succeeded = True
    with dg.DagsterInstance.get() as instance:
        for source in wanted:
            for name in job_names(source, full=chosen.full, family=chosen.family):
                succeeded &= _run(definitions.resolve_job_def(name), instance, chosen.home / "logs", console)
    return 0 if succeeded else 1


def job_names(source: Source, *, full: bool, family: str | None) -> list[str]:
    """Every way by which this source's changes are learnt, the exchange plan first."""
    if full:
        return [f"{source.id}_full_load"]
    plan = any(family in (None, entity.family) for entity in source.exchanged)
    windows = [name for name in source.by_window() if family in (None, name)]
    return [*([f"{source.id}_changes"] if plan else []), *(f"{source.id}_refresh_{name}" for name in windows)]


def _run(job: dg.JobDefinition, instance: dg.DagsterInstance, logs: Path, console: Console) -> bool:
    """Run a job here. Dagster's own log goes to a file: on the terminal it would hide the progress."""
    from dagster._core.utils import make_new_run_id

    run_id = make_new_run_id()
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"sync-{run_id[:8]}.log"
    with _progress(console) as progress, log.open("w", encoding="utf-8") as sink, redirect_stderr(sink):
        task = progress.add_task(job.name, total=len(job.nodes), step="")

        def seen(event: dg.EventLogEntry, _cursor: object = None) -> None:
            done = event.dagster_event and event.dagster_event.is_step_success
            progress.update(task, advance=1 if done else 0, step=event.step_key or "")

        instance.add_event_listener(run_id, seen)
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            tags={".dagster/repository": "__repository__@saldo"},
        )
    mark = "✓" if result.success else "✗"
    console.print(f"{mark} {job.name} (run {run_id[:8]})")
    if not result.success:
        _explain(result, console)
        console.print(f"  The whole log is in {log}.")
    return bool(result.success)


def _progress(console: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[step]}"),
    )
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def _explain(result: dg.ExecuteInProcessResult, console: Console) -> None:
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            said = failure.user_failure_data.description if failure.user_failure_data else None
            console.print(f"  {event.step_key}: {said or failure.error_display_string}", highlight=False)
