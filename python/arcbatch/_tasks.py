"""Tasks: from files, and from Python's own objects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Union

from . import _core
from ._errors import TaskError
from ._grid import Grid

TasksLike = Union[
    str, "os.PathLike[str]", Mapping[str, Any], "Tasks", Iterable[Any], None
]


class Tasks(Sequence[dict[str, Any]]):
    """Tasks that `load_tasks()` has read and checked: a sequence of ARC's own form.

    An item is a dict with `id`, and with `train` and `test` as lists of dicts of `input` and, if
    it is known, `output`, which are Grids. Items can be asked for by number or by id.
    """

    __slots__ = ("_core", "ids")

    #: The ids, in order.
    ids: list[str]

    def __init__(self, core: _core.TaskList):
        self._core = core
        self.ids = core.ids

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self._task(k) for k in range(len(self.ids)))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self._task(k) for k in range(*key.indices(len(self)))]
        if isinstance(key, str):
            if key not in self.ids:
                raise KeyError(key)
            return self._task(self.ids.index(key))
        return self._task(range(len(self))[key])

    def _task(self, index: int) -> dict[str, Any]:
        train, test = self._core.pairs(index)
        return {"id": self.ids[index], "train": _pairs(train), "test": _pairs(test)}

    def __repr__(self) -> str:
        return f"<arcbatch.Tasks: {len(self)} task{'' if len(self) == 1 else 's'}>"


def _pairs(raw: list[tuple[Any, Any]]) -> list[dict[str, Grid]]:
    pairs = []
    for source, output in raw:
        pair = {"input": Grid(source)}
        if output is not None:
            pair["output"] = Grid(output)
        pairs.append(pair)
    return pairs


def load_tasks(tasks: TasksLike = None) -> Tasks:
    """Reads and checks tasks; `evaluate()` takes what this returns without reading it again.

    `tasks` is one of, or a list of several of:

    - the path of a task's .json file (its name is the id), of a combined *_challenges.json (the
      *_solutions.json beside it is read too), or of a folder, searched for these;
    - a task as a dict {"train": [...], "test": [...]} of pairs {"input": grid, "output": grid},
      with its id under "id"; without one, the id is its number in the list, from "0";
    - a dict {id: task};
    - Tasks.

    None stands for the tasks built into the package. A grid is 1 to 30 rows of 1 to 30 ints from 0
    to 9, as lists, tuples or a NumPy array. Raises TaskError, a ValueError, for a task that cannot
    be used or an id that comes twice.
    """
    if isinstance(tasks, Tasks):
        return tasks
    if tasks is None:
        return Tasks(_checked(_core.embedded_tasks()))
    if isinstance(tasks, (str, os.PathLike, Mapping)):
        tasks = [tasks]
    core = _core.TaskList()
    paths: list[str] = []
    for number, item in enumerate(tasks):
        if isinstance(item, (str, os.PathLike)):
            paths.append(os.fspath(item))
        elif isinstance(item, Tasks):
            core.extend(item._core)
        elif isinstance(item, Mapping):
            _add_mapping(core, item, number)
        else:
            raise TypeError(f"a task is a path or a dict, not {type(item).__name__}")
    if paths:
        core.extend(_checked(_core.load_tasks(paths)))
    ids = core.ids
    if len(set(ids)) < len(ids):
        twice = next(name for k, name in enumerate(ids) if name in ids[:k])
        raise TaskError([f"two tasks have the id {twice!r}"])
    return Tasks(core)


def _checked(loaded: tuple[_core.TaskList, list[tuple[str, int, int, str]]]) -> _core.TaskList:
    core, errors = loaded
    if errors:
        texts = []
        for file, line, column, message in errors:
            place = file + (f":{line}:{column}" if line else "")
            texts.append(f"{place}: {message}")
        file, line, column, _ = errors[0]
        raise TaskError(texts, file, line, column)
    return core


def _add_mapping(core: _core.TaskList, item: Mapping[str, Any], number: int) -> None:
    if "train" in item or "test" in item:
        _add_task(core, str(item.get("id", number)), item)
        return
    for name, task in item.items():
        if not isinstance(task, Mapping):
            raise TaskError([f"task {name}: a task is a dict with 'train' and 'test'"])
        _add_task(core, str(name), task)


def _add_task(core: _core.TaskList, name: str, task: Mapping[str, Any]) -> None:
    splits = []
    for split in ("train", "test"):
        pairs = []
        for k, pair in enumerate(task.get(split, ())):
            if not isinstance(pair, Mapping) or "input" not in pair:
                raise TaskError([f"task {name}, {split}[{k}]: missing 'input'"])
            pairs.append((pair["input"], pair.get("output")))
        splits.append(pairs)
    if not any(splits):
        raise TaskError([f"task {name}: the task has no pairs"])
    try:
        core.add(name, *splits)
    except ValueError as error:
        raise TaskError([str(error)]) from None
