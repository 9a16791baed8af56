"""Batt files: generated functions batt(task_id, S, I, C, log_path) on the examples of tasks."""

from __future__ import annotations

import json
import logging
import math
import os
import tempfile
from collections.abc import Iterable
from typing import Any, Literal, Union

from . import _core
from ._errors import TaskError
from ._tasks import TasksLike, load_tasks

logger = logging.getLogger("arcbatch")

BattLike = Union[str, "os.PathLike[str]"]

#: What a repr of the engine's values may name.
_NAMES = {"__builtins__": {}, "frozenset": frozenset, "nan": math.nan, "inf": math.inf}


def run_batt(
    files: BattLike | Iterable[BattLike],
    tasks: TasksLike = None,
    *,
    c: Literal["output"] | None = None,
    function: str = "batt",
    dialect: str = "tokpidjin",
    jobs: int | None = None,
    max_steps: int | None = None,
    max_bytes: int | None = None,
    max_seconds: float | None = None,
) -> Any:
    """Calls batt functions on the examples of tasks, and returns what they appended to `o` and `s`.

    files
        The path of a batt file, or its source text (which has a newline). Of a list of them a list
        of results is returned.
    tasks
        Anything that `load_tasks()` takes.
    c
        What the functions get as `C`: None, or "output" for the known output of the example.
        Examples without one are left out then.
    function, dialect
        The function's name, and the dialect that the files are written in.
    jobs
        Threads; None stands for one a core.
    max_steps, max_bytes, max_seconds
        What a call may take, as in `evaluate()`.

    A result is what the coordinator of generated files returns:

        {task: {"demo" | "test": {index: {"o": [(t, mutated, origin, value), ...],
                                          "s": [(t, solver, differ, value), ...]}}}}

    Values are Python's own; functions are shown by a text, and `...` stands for a value that
    depends on addresses in CPython. A call that raises, or meets a limit, has empty lists, and is
    logged as a warning. Raises ValueError for a file that cannot be used.
    """
    if c not in (None, "output"):
        raise ValueError(f"c is None or 'output', not {c!r}")
    is_one = isinstance(files, (str, os.PathLike))
    given = [files] if is_one else list(files)  # type: ignore[list-item]
    loaded = load_tasks(tasks)
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="arcbatch-") as folder:
        task_paths = _write_tasks(folder, loaded)
        for number, file in enumerate(given):
            path = os.fspath(file)
            if "\n" in path:
                text, path = path, os.path.join(folder, f"batt_{number}.py")
                _write(path, text)
            out = os.path.join(folder, "lines.jsonl")
            arguments = ["batt", path, "--function", function, "--dialect", dialect, "--out", out]
            for option, value in (("--jobs", jobs), ("--max-steps", max_steps),
                                  ("--max-bytes", max_bytes), ("--max-seconds", max_seconds)):
                if value is not None:
                    arguments += [option, str(value)]
            _core.run_command_line(["arcbatch", *arguments, "--tasks", *task_paths])
            if not os.path.exists(out):
                raise ValueError(f"the batt file {path!r} cannot be used; its messages are on stderr")
            results.append(_read(out, "None" if c is None else "output", loaded.ids))
            os.remove(out)
    return results[0] if is_one else results


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(text)


def _write_tasks(folder: str, tasks: Any) -> list[str]:
    """The tasks as files, whose names are their ids."""
    paths = []
    for task in tasks:
        name = task["id"]
        if not name or os.path.basename(name) != name or name in (".", ".."):
            raise TaskError([f"the id {name!r} of a task is not the name of a file"])
        path = os.path.join(folder, "tasks", f"{name}.json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _write(path, json.dumps({split: [{k: [list(row) for row in grid]
                                          for k, grid in pair.items()} for pair in task[split]]
                                 for split in ("train", "test")}))
        paths.append(path)
    return paths


def _read(path: str, c: str, ids: list[str]) -> dict[str, Any]:
    """The result of the lines of one pass."""
    result: dict[str, Any] = {name: {"demo": {}, "test": {}} for name in ids}
    with open(path, encoding="utf-8") as handle:
        for text in handle:
            line = json.loads(text)
            if line["C"] != c:
                continue
            if line["status"] != "value":
                logger.warning("batt on %s, %s %d: %s (%s)", line["task"], line["kind"],
                               line["index"], line["status"], line.get("reason"))
            result[line["task"]][line["kind"]][line["index"]] = {
                name: [_entry(entry) for entry in line.get(name, ())] for name in ("o", "s")}
    return result


def _entry(entry: Any) -> Any:
    if not isinstance(entry, list):
        return entry
    return (*entry[:-1], _value(entry[-1]))


def _value(text: str | None) -> Any:
    """The value that the engine shows by a repr."""
    if text is None:
        return ...
    try:
        return eval(text, dict(_NAMES))  # noqa: S307  (a repr of the engine's own)
    except (SyntaxError, NameError):
        return text  # it holds a function
