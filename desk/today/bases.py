"""Which data is old, and why; pausing a base and letting it be asked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import get_args

from api.trust import families
from api.web.hub import Hub
from assets import manners
from desk.frame.charts import Age
from desk.frame.filters import ago_text, who_text
from desk.frame.visits import Visit
from desk.today.notices import Notice
from mappings import MAPPINGS
from schemas import freshness
from schemas.settings import Family, SourceSettings
from store import pauses, runs
from store.engine import Tx
from store.pauses import Pause
from store.runs import SyncRun


@dataclass(frozen=True, slots=True)
class Base:
    """One accounting base: how old each family of its data is, and what keeps it from being read."""

    source: SourceSettings
    ages: tuple[tuple[Family, Age], ...]
    paused: Pause | None
    quiet: bool

    @property
    def stale(self) -> tuple[Family, ...]:
        return tuple(family for family, age in self.ages if age.state != "fresh")


def names(text: NullTranslations) -> Mapping[Family, str]:
    return {
        "reference": text.gettext("reference data"),
        "parties": text.gettext("counterparties and contracts"),
        "documents": text.gettext("documents"),
        "settlements": text.gettext("settlements"),
        "prices": text.gettext("prices"),
        "stock": text.gettext("stock"),
    }


def every(tx: Tx, hub: Hub, visit: Visit) -> list[Base]:
    return [
        Base(
            source,
            tuple(_ages(tx, hub, visit, source)),
            pauses.get(tx, source.id),
            manners.in_quiet_hours(source, visit.now),
        )
        for source in hub.settings.sources
    ]


def notices(tx: Tx, hub: Hub, visit: Visit, bases: Sequence[Base]) -> Iterator[Notice]:
    for base in bases:
        if base.stale:
            yield _stale(tx, hub, visit, base)
        elif base.paused:
            yield _paused(visit, base, base.paused)


def _ages(tx: Tx, hub: Hub, visit: Visit, source: SourceSettings) -> Iterator[tuple[Family, Age]]:
    """What the base need not have, and was never read, is not missed."""
    for family in get_args(Family):
        declared = [one for one in MAPPINGS[source.mapping] if one.family == family]
        as_of = families.reading(tx, source, family).as_of
        if not declared or (as_of is None and all(one.optional for one in declared)):
            continue
        target_s = freshness.target_s(source, family, hub.settings.fresh_for_s)
        age_s = freshness.age_s(as_of, visit.now) if as_of else None
        state = freshness.state(as_of, visit.now, target_s)
        yield family, Age(names(visit.text)[family], age_s, target_s, state)


def _stale(tx: Tx, hub: Hub, visit: Visit, base: Base) -> Notice:
    _, source = visit.text.gettext, base.source
    if all(age.state == "never" for _family, age in base.ages):
        text = _("%(base)s: nothing was read yet") % {"base": source.title}
    else:
        told = ", ".join(names(visit.text)[family] for family in base.stale)
        text = _("%(base)s: old data: %(families)s") % {"base": source.title, "families": told}
    dagster = hub.settings.dagster_url if visit.user.may("ops") else ""
    return Notice(
        key=f"stale-{source.id}",
        tone="bad",
        text=text,
        about=_why(tx, visit, base),
        fix=f"{dagster}/locations/saldo/jobs/{source.id}_full_load" if dagster else None,
        label=_("Open in Dagster"),
        resumes=source.id if base.paused else None,
    )


def _why(tx: Tx, visit: Visit, base: Base) -> str:
    _ = visit.text.gettext
    if base.paused:
        return _said_of_pause(visit, base.paused)
    failed = _failed(tx, base)
    if failed is not None:
        said = {"ago": ago_text(failed.finished_at or failed.started_at, visit.now, visit.language)}
        told = _("The last reading failed %(ago)s; it is tried again by itself.") % said
        return f"{told} {failed.error}" if visit.user.may("ops") and failed.error else told
    if base.quiet:
        return _("These are its quiet hours: nothing is read by itself.")
    return _("No reading has failed. Ask an operator whether the services of the hub run.")


def _failed(tx: Tx, base: Base) -> SyncRun | None:
    """The newest reading of what is old, where it failed."""
    wanted = {one for family in base.stale for one in families.entities(base.source, family)}
    newest = next((one for one in runs.latest(tx, base.source.id, limit=50) if one.entity in wanted), None)
    return newest if newest is not None and newest.state == "failed" else None


def _paused(visit: Visit, base: Base, paused: Pause) -> Notice:
    text = visit.text.gettext("%(base)s is paused") % {"base": base.source.title}
    about = _said_of_pause(visit, paused)
    return Notice(key=f"paused-{base.source.id}", tone="warn", text=text, about=about, resumes=base.source.id)


def _said_of_pause(visit: Visit, paused: Pause) -> str:
    return visit.text.gettext("%(who)s paused it %(ago)s: %(reason)s") % {
        "who": who_text(paused.paused_by, visit.text),
        "ago": ago_text(paused.paused_at, visit.now, visit.language),
        "reason": paused.reason,
    }
