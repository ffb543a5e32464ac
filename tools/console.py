"""What the person sees: steps with their progress, and problems with a way out."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HEARTBEAT = 20.0
"""Seconds between two signs of life where the output is not a terminal."""


class Problem(Exception):
    """A failure told in three parts: what failed, why, and what to do about it."""

    def __init__(
        self, what: str, why: str = "", todo: str = "", log: Path | None = None
    ) -> None:
        super().__init__(what)
        self.what, self.why, self.todo, self.log = what, why, todo, log

    def __str__(self) -> str:
        lines = [f"✗ {self.what}"]
        if self.why:
            lines += [f"    {line}" for line in self.why.strip().splitlines()]
        if self.log:
            lines.append(f"  The whole log: {self.log}")
        if self.todo:
            lines.append(f"  What to do: {self.todo}")
        return "\n".join(lines)


def say(text: str = "") -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    say(f"! {text}")


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for the message about a failed step."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


class _Ticker(threading.Thread):
    """Keeps a running step visibly alive."""

    def __init__(self, label: str, detail: Callable[[], str]) -> None:
        super().__init__(daemon=True)
        self.label, self.detail = label, detail
        self.started = time.monotonic()
        self.over = threading.Event()
        self.live = sys.stdout.isatty()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def run(self) -> None:
        while not self.over.wait(0.2 if self.live else HEARTBEAT):
            self._show(f"… {self.label} ({self.seconds:.0f} s) {self.detail()}")

    def _show(self, line: str, end: str = "") -> None:
        if self.live:
            print(f"\r\x1b[2K{line[:100]}", end=end, flush=True)
        else:
            print(line, flush=True)

    def finish(self, sign: str) -> None:
        self.over.set()
        self.join()
        self._show(f"{sign} {self.label} ({self.seconds:.1f} s)", end="\n")


@contextmanager
def step(label: str, detail: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Show a long step, how long it takes, and whether it succeeded."""
    ticker = _Ticker(label, detail)
    if not ticker.live:
        say(f"… {label}")
    ticker.start()
    try:
        yield
    except BaseException:
        ticker.finish("✗")
        raise
    ticker.finish("✓")
