"""What the torture of orders counts, and how it says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

DEADLY = (
    "duplicates",
    "lost",
    "half-posted unnoticed",
    "pushed without approval",
    "pushed other than approved",
    "stuck",
    "wrong answers",
    "crashes",
)
SHOWN = 4  # findings of each kind, with the timeline of the order


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    timeline: str = ""


@dataclass(slots=True)
class Figures:
    """`findings` are told word by word; a run with any of them has failed.

    duplicates: the books have an order twice. lost: it was accepted, and neither the books have it nor does the hub
    say why not. half-posted unnoticed: it is in the books and moves nothing, or moves something and should not, and
    the hub says nothing of it. stuck: quiet was let come, and it still is on its way. wrong answers: the API
    answered what it must not. crashes: a worker ended in something else than one of the hub's own errors.
    """

    counts: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)  # into which state, and why
    deaths: Counter[str] = field(default_factory=Counter)  # by where: the state of the order, and the point
    states: Counter[str] = field(default_factory=Counter)  # of the orders in the end
    reasons: Counter[str] = field(default_factory=Counter)  # of those that are not confirmed
    faults: Counter[str] = field(default_factory=Counter)
    scenarios: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    findings: dict[str, list[Finding]] = field(default_factory=lambda: {name: [] for name in DEADLY})
    _news: list[str] = field(default_factory=list)

    def add(self, name: str, count: int = 1) -> None:
        self.counts[name] += count

    def find(self, name: str, what: str, timeline: str = "") -> None:
        self.findings[name].append(Finding(what, timeline))
        self._news.append(f"! {name}: {what}")

    def news(self) -> list[str]:
        """What was found since this was asked last."""
        found, self._news = self._news, []
        return found

    @property
    def failed(self) -> bool:
        return any(self.findings.values())

    def line(self) -> str:
        told = ("accepted", "kills", "takeovers", "faults", "duplicate deliveries", "restored backups")
        bad = ", ".join(f"{len(found)} {name}" for name, found in self.findings.items() if found)
        return ", ".join(f"{self.counts[name]} {name}" for name in told) + f"; {bad or 'nothing wrong'}"

    def table(self, title: str) -> str:
        told = (*sorted(self.counts.items()), *((name, len(found)) for name, found in self.findings.items()))
        lines = [title, *(f"  {name:<28}{count:>8}" for name, count in told)]
        for heading, counts in (
            ("orders in the end", self.states),
            ("their reasons", self.reasons),
            ("steps", self.steps),
            ("deaths", self.deaths),
            ("faults", self.faults),
            ("scenarios", self.scenarios),
            ("errors met", self.errors),
        ):
            lines.append(
                f"  {heading}: {', '.join(f'{name} {count}' for name, count in sorted(counts.items()))}"
            )
        for name, found in self.findings.items():
            for one in found[:SHOWN]:
                lines += [
                    f"  {name.upper()}: {one.what}",
                    *(f"      {row}" for row in one.timeline.splitlines()),
                ]
            if len(found) > SHOWN:
                lines.append(f"  {name.upper()}: and {len(found) - SHOWN} more")
        lines.append(f"  {', '.join(f'{len(self.findings[name])} {name}' for name in DEADLY[:4])}")
        return "\n".join(lines)
