"""A process that runs one function after the other in CPython, for `evaluate(fallback="python")`.

Reads a JSON request a line from standard input and answers with a JSON line. Whoever started it
kills it where a run takes too long.
"""

from __future__ import annotations

import ast
import importlib
import json
import linecache
import os
import sys
import time
import traceback
import types
from typing import Any

from ._errors import LimitError, UnsupportedError


def _known_dsl(folder: str) -> None:
    """Has `import dsl` and `import constants` find those of a folder, else those of the path, else
    this package's."""
    if folder in sys.path:
        sys.path.remove(folder)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    for name in ("constants", "dsl"):
        sys.modules.pop(name, None)  # of the program before
    for name in ("constants", "dsl"):
        try:
            importlib.import_module(name)
        except ImportError:
            sys.modules[name] = importlib.import_module(f"arcbatch.{name}")


def _namespace(request: dict[str, Any]) -> dict[str, Any]:
    """The names that the function is found and runs in."""
    if request["module"] is not None:
        return vars(importlib.import_module(request["module"]))
    _known_dsl(os.path.dirname(os.path.abspath(request["file"])))
    module = types.ModuleType("arcbatch_program")
    names = vars(module)
    # As in the engine, the DSL's names are there without an import; the text may have its own.
    for name in ("arcbatch.constants", "arcbatch.dsl"):
        found = importlib.import_module(name)
        names.update({key: getattr(found, key) for key in found.__all__})
    source = request["source"]
    shown = request["file"]
    lines = source.splitlines(keepends=True)
    linecache.cache[shown] = (len(source), None, lines, shown)
    exec(compile(source, shown, "exec"), names)
    return names


def _where(error: BaseException, file: str) -> tuple[int | None, str | None]:
    """The line and the text of the innermost statement of the program that the error passed."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == file:
            return frame.lineno, " ".join((frame.line or "").split())
    return None, None


def _run(request: dict[str, Any], spaces: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    key = (request["module"], request["file"], request["source"])
    answer: dict[str, Any] = {"status": "value", "value": None, "match": None, "error": None,
                              "line": None, "statement": None}  # fmt: skip
    started = time.perf_counter()
    file = request["file"]
    try:
        if key not in spaces:
            spaces[key] = _namespace(request)
        function = spaces[key][request["function"]]
        file = function.__code__.co_filename
        arguments = ast.literal_eval(request["arguments"])
        started = time.perf_counter()
        value = function(*arguments)
        answer["seconds"] = time.perf_counter() - started
        answer["value"] = repr(value)
        if request["expected"] is not None:
            answer["match"] = bool(value == ast.literal_eval(request["expected"]))
    except (MemoryError, UnsupportedError, LimitError) as error:
        # What this package's own functions refuse is not the program's doing.
        answer["status"] = "resource" if isinstance(error, MemoryError) else "refused"
        answer["seconds"] = time.perf_counter() - started
    except BaseException as error:  # noqa: BLE001, whatever a program raises is its outcome
        answer["status"] = "error"
        answer["seconds"] = time.perf_counter() - started
        answer["error"] = type(error).__name__
        answer["line"], answer["statement"] = _where(error, file)
        if request["expected"] is not None:
            answer["match"] = False
    return answer


def main() -> None:
    """Answers requests until there are no more."""
    limit = int(sys.argv[1])
    if limit > 0:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a program prints is nobody's answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    spaces: dict[Any, dict[str, Any]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(_run(request, spaces) if request else {}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
