"""Running ``cutaway`` as a user does: in a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cutaway.cli import main

COMMAND = [sys.executable, "-m", "cutaway"]


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


def cutaway(*arguments: str | Path, folder: Path | None = None, **environment: str) -> Answer:
    """Run one command to its end."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        cwd=folder,
        env=_environment(environment),
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def answered(*arguments: str | Path) -> Answer:
    """Run one command in this process, which is quicker. What is not a message and an exit code is raised."""
    out, err, code = io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(a) for a in arguments])
        except SystemExit as e:
            code = e.code
    assert isinstance(code, int)
    return Answer(code, out.getvalue(), err.getvalue())


def refused(message: str, *arguments: str | Path) -> None:
    """That the command line refuses ``arguments`` with a message that holds ``message``."""
    answer = answered(*arguments)
    assert answer.code == 2, answer
    assert message in answer.err
    assert answer.out == ""


@dataclass
class Serving:
    """A ``cutaway view`` that is running."""

    process: subprocess.Popen[str]
    url: str
    lines: list[str]

    def stop(self, how: signal.Signals = signal.SIGINT) -> Answer:
        """Stop it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        # not communicate(): it would pass over lines that came with the one that was waited for
        out, err = self.process.stdout.read(), self.process.stderr.read()
        return Answer(self.process.wait(timeout=20), "".join(self.lines) + out, err)


@contextlib.contextmanager
def serving(*arguments: str | Path, command: str | None = "view", **environment: str) -> Iterator[Serving]:
    """``cutaway view ARGUMENTS`` until the end of the block; it has said where it is."""
    process = subprocess.Popen(
        [*COMMAND, *([command] if command else []), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=_environment(environment),
    )
    lines: list[str] = []
    try:
        assert process.stdout is not None
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            line = process.stdout.readline()
            lines.append(line)
            if found := re.search(r"http://\S+", line):
                yield Serving(process, found.group(), lines)
                return
            if not line:
                raise AssertionError(f"cutaway ended with {process.wait()}: {process.stderr and process.stderr.read()}")
        raise AssertionError("cutaway did not say where it serves")
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _environment(changes: dict[str, str]) -> dict[str, str]:
    """The environment of a command: no browser opens, and output is UTF-8."""
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "BROWSER": "false", **changes}
