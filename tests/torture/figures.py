"""What a torture counts, and how it says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

DEADLY = ("lost", "wrong", "false alarms", "undetected", "stuck", "crashes")
SHOWN = 12  # findings, of each kind


@dataclass(slots=True)
class Figures:
    """`findings` are told word by word; a run with any of them has failed.

    lost: the books have a row and the store has not. wrong: other content, or a row too many. false alarms: a
    document was named that nobody changed. undetected: what had to be named was not. stuck: something was
    left in an intermediate state. crashes: a step ended in something else than one of the hub's own errors.
    """

    counts: Counter[str] = field(default_factory=Counter)
    scenarios: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    findings: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in DEADLY})
    _news: list[str] = field(default_factory=list)

    def add(self, name: str, count: int = 1) -> None:
        self.counts[name] += count

    def find(self, name: str, what: str) -> None:
        self.findings[name].append(what)
        self._news.append(f"! {name}: {what}")

    def news(self) -> list[str]:
        """What was found since this was asked last."""
        found, self._news = self._news, []
        return found

    @property
    def failed(self) -> bool:
        return any(self.findings.values())

    def line(self) -> str:
        told = ("events", "faults", "kills", "pauses", "passes", "comparisons", "nights")
        bad = ", ".join(f"{len(self.findings[name])} {name}" for name in DEADLY if self.findings[name])
        return ", ".join(f"{self.counts[name]} {name}" for name in told) + f"; {bad or 'nothing wrong'}"

    def table(self, title: str) -> str:
        told = (*sorted(self.counts.items()), *((name, len(self.findings[name])) for name in DEADLY))
        lines = [title, *(f"  {name:<22}{count:>8}" for name, count in told)]
        for heading, counts in (("scenarios", self.scenarios), ("errors met", self.errors)):
            lines += [
                f"  {heading}: {', '.join(f'{name} {count}' for name, count in sorted(counts.items()))}"
            ]
        for name, found in self.findings.items():
            lines += [f"  {name.upper()}: {one}" for one in found[:SHOWN]]
            if len(found) > SHOWN:
                lines.append(f"  {name.upper()}: and {len(found) - SHOWN} more")
        return "\n".join(lines)
