"""Totals over outcomes."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._outcomes import Outcome


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
    fallbacks: dict[str, int]  #: Runs that CPython did, by the reason of the engine's refusal.

    @classmethod
    def of(
        cls,
        totals: dict[str, Any],
        planned: int,
        end: str,
        backend: Backend,
        fallbacks: dict[str, int],
    ) -> Summary:
        """The summary of the engine's totals."""
        return cls(planned=planned, end=end, backend=backend, fallbacks=fallbacks, **totals)

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
            ("in Python", self.fallbacks),
        ):
            if counts:
                ranked = sorted(counts.items(), key=lambda item: -item[1])
                lines.append(f"{title:9} " + ", ".join(f"{n} {name}" for name, n in ranked[:8]))
        lines.append(f"backend   {self.backend}")
        lines.append(f"time      {self.seconds:.3f} s in programs")
        return "\n".join(lines)


def totals_of(outcomes: list[Outcome]) -> dict[str, Any]:
    """The totals that what CPython did changes."""
    statuses = collections.Counter(o.status for o in outcomes)
    order = ("value", "error", "limit", "resource", "unsupported")
    known = [o for o in outcomes if o.expected is not None and not o.compared]
    missed: dict[str, set[tuple[int, str]]] = {}  # by task: the functions that do not match it
    ran: dict[str, set[tuple[int, str]]] = {}
    for o in known:
        key = (o.source, o.program)
        ran.setdefault(o.task or "", set()).add(key)
        if not o.match:
            missed.setdefault(o.task or "", set()).add(key)
    reasons = {
        status: dict(collections.Counter(o.reason or "" for o in outcomes if o.status in status))
        for status in (("limit", "resource"), ("unsupported",))
    }
    return {
        "matched": sum(o.match is True for o in known),
        "tasks_solved": sum(bool(all_ - missed.get(task, set())) for task, all_ in ran.items()),
        "seconds": sum(o.seconds for o in outcomes),
        "statuses": {name: statuses[name] for name in order},
        "errors": dict(collections.Counter(o.error for o in outcomes if o.status == "error")),
        "limits": reasons["limit", "resource"],
        "unsupported": reasons[("unsupported",)],
    }
