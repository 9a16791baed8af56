"""Drives `arcbatch eval --jsonl`: one process, requests in, answers out, in order.

A writer thread feeds the process while the answers are read, so neither pipe can fill up and
stall the other. A process that dies or stops answering is replaced; the request it died on
gets an answer of status `died`.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import subprocess
import tempfile
import threading


class Engine:
    """A restartable engine process."""

    def __init__(self, binary: str, extra: str = "", timeout: float = 120.0):
        # The caller's memory guard is for the reference, not for the engine.
        self.command = ["/bin/sh", "-c", 'ulimit -S -v unlimited 2>/dev/null; exec "$0" "$@"',
                        binary, "eval", "--jsonl"] + shlex.split(extra)
        self.timeout = timeout
        self.process = None
        self.errors = None
        self.buffer = b""

    def _start(self) -> None:
        self.close()
        self.errors = tempfile.TemporaryFile()
        self.buffer = b""
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors)

    def close(self) -> None:
        """Ends the process; the next request starts a fresh one."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process = None
        if self.errors is not None:
            self.errors.close()
            self.errors = None

    def _said(self) -> str:
        """The end of what the process wrote to standard error."""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - 1500))
        return self.errors.read().decode("utf-8", "replace").strip()

    def _read_line(self):
        """The next answer line, or (None, why there is none)."""
        parts, descriptor = [], self.process.stdout.fileno()
        while True:
            end = self.buffer.find(b"\n")
            if end >= 0:
                parts.append(self.buffer[:end])
                self.buffer = self.buffer[end + 1:]
                return b"".join(parts), None
            parts.append(self.buffer)
            self.buffer = b""
            ready, _, _ = select.select([descriptor], [], [], self.timeout)
            if not ready:
                return None, f"no answer within {self.timeout:.0f} s"
            self.buffer = os.read(descriptor, 1 << 20)
            if not self.buffer:
                code = self.process.wait()
                return None, f"engine ended with status {code}"

    def ask(self, requests: list) -> list:
        """Answers to a batch of requests (dicts), one each, in order."""
        answers: list = []
        while len(answers) < len(requests):
            if self.process is None or self.process.poll() is not None:
                self._start()
            self._ask_from(requests, answers)
        return answers

    def _ask_from(self, requests: list, answers: list) -> None:
        stream = self.process.stdin
        pending = requests[len(answers):]

        def write() -> None:
            try:
                for request in pending:
                    stream.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
                stream.flush()
            except (OSError, ValueError):
                pass  # the process died: the reader reports it

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        for _ in pending:
            line, why = self._read_line()
            if line is None:
                answers.append({"status": "died", "reason": f"{why}; {self._said()}"})
                self.process.kill()
                writer.join()
                self.close()
                return
            try:
                answer = json.loads(line)
                if not isinstance(answer, dict):
                    raise ValueError("not an object")
            except ValueError as error:
                answer = {"status": "malformed", "reason": f"{error}: {line[:200]!r}"}
            answers.append(answer)
        writer.join()


def find_engine(given: str | None) -> str:
    """The engine binary: the argument, ARCBATCH, or a usual build folder."""
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.dirname(os.path.dirname(here))
    named = given or os.environ.get("ARCBATCH")
    candidates = [named] if named else [os.path.join(root, "build", preset, "arcbatch")
                   for preset in ("release", "dev", "asan-ubsan")]
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            return os.path.abspath(candidate)
    raise SystemExit(f"no engine binary at {named}" if named else
                     "no engine binary: build it, or name it with --engine or ARCBATCH")
