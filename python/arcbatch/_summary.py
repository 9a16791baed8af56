"""Totals over outcomes."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Backend:
    """Who evaluated, what devices did, and what they left to the processor."""

    asked: str  #: What `evaluate()` was asked for.
    name: str  #: "cpu", "cuda" or "emulated".
    reason: str | None  #: Why "auto" took the processor; None if it did not.
    devices: tuple[str, ...]  #: Their names.
    runs: int  #: Runs that devices decided.
    left: dict[str, int]  #: Runs that they left to the processor, by reason.
    lost: tuple[str, ...]  #: Devices that failed, and why; others have done their work.
    launches: int
    bytes_up: int
    bytes_down: int

    def __str__(self) -> str:
        if self.name == "cpu":
            reason = "" if self.reason is None else f" ({self.reason.partition(': looked')[0]})"
            return f"cpu{reason}"
        left = sum(self.left.values())
        return (
            f"{self.name}, {', '.join(self.devices)}: {self.runs} runs by devices, "
            f"{left} left to the processor"
        )


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
    backend: Backend  #: Who evaluated all runs of the evaluation.

    @classmethod
    def of(cls, totals: dict[str, Any], planned: int, end: str, backend: Backend) -> Summary:
        """The summary of the engine's totals."""
        return cls(planned=planned, end=end, backend=backend, **totals)

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
        lines.append(f"backend   {self.backend}")
        lines.append(f"time      {self.seconds:.3f} s in programs")
        return "\n".join(lines)
