"""Totals over outcomes."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Summary:
    """Totals over runs. `str()` of it is a short table."""

    planned: int  #: Runs that `evaluate()` was asked for.
    end: str  #: "finished", "time limit" or "interrupted".
    runs: int  #: Runs that these totals are of.
    expected: int  #: Runs whose expected output is known.
    matched: int  #: Runs that returned it.
    tasks_tried: int  #: Tasks with a run.
    tasks_solved: int  #: Tasks of which one function matched every known output.
    seconds: float  #: Wall-clock time in the runs themselves, over all workers.
    statuses: dict[str, int]  #: Runs by status.
    errors: dict[str, int]  #: Runs by class of exception.
    limits: dict[str, int]  #: Runs by reason of a limit or of a lack of resources.
    unsupported: dict[str, int]  #: Runs by reason of a refusal.

    @classmethod
    def of(cls, totals: dict[str, Any], planned: int, end: str) -> Summary:
        """The summary of the engine's totals."""
        return cls(planned=planned, end=end, **totals)

    def __str__(self) -> str:
        lines = []
        if self.end != "finished":
            lines.append(f"{self.end} after {self.runs} of {self.planned} runs")
        lines.append(f"tasks     {self.tasks_solved} of {self.tasks_tried} solved")
        lines.append(f"runs      {self.matched} of {self.expected} match; {self.runs} in all")
        statuses = [f"{n} {name}" for name, n in self.statuses.items() if n]
        lines.append("outcomes  " + (", ".join(statuses) or "none"))
        for title, counts in (
            ("errors", self.errors),
            ("limits", self.limits),
            ("refused", self.unsupported),
        ):
            if counts:
                ranked = sorted(counts.items(), key=lambda item: -item[1])
                lines.append(f"{title:9} " + ", ".join(f"{n} {name}" for name, n in ranked[:8]))
        lines.append(f"time      {self.seconds:.3f} s in programs")
        return "\n".join(lines)
