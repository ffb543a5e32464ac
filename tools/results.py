"""What came of a test run: read from the journals of its processes, and told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .console import say

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"

SHORT = 40
"""Lines of a failure that are shown; the log has them all."""


@dataclass
class Result:
    outcome: str
    why: str = ""
    seconds: float = 0.0
    told: str = ""
    """What a test says besides: the attribute `told` of the test, such as counts."""


@dataclass
class Shard:
    """One process of a test run, as its journal tells it."""

    planned: list[str] | None = None
    """What the process has taken; None before it knows of any test."""
    everything: list[str] = field(default_factory=list)
    """What all processes of the suite run together."""
    results: dict[str, Result] = field(default_factory=dict)
    classes: list[tuple[str, Result]] = field(default_factory=list)
    logged: list[tuple[str | None, str]] = field(default_factory=list)
    last_started: str = ""
    finished: bool = False


def events(journal: Path) -> Iterator[dict]:
    """The lines of a journal; the last one may be cut short by a crash."""
    if not journal.exists():
        return
    for line in journal.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


def read(journal: Path) -> Shard:
    shard = Shard()
    for event in events(journal):
        kind = event["event"]
        if kind == "plan":
            shard.planned = []
            shard.everything = event["all"]
        elif kind == "claim":
            shard.planned += event["tests"]
        elif kind == "start":
            shard.last_started = event["test"]
        elif kind == "end":
            result = Result(
                *(event["outcome"], event["why"], event["seconds"]),
                told=event.get("told", ""),
            )
            shard.results[event["test"]] = result
        elif kind == "class":
            result = Result(event["outcome"], event["why"])
            shard.classes.append((event["name"], result))
        elif kind == "log":
            shard.logged.append((event["test"], event["why"]))
        elif kind == "done":
            shard.finished = True
    return shard


def judge(shard: Shard, status: int | None) -> dict[str, Result]:
    """The result of every test of a process, and of everything else that went wrong.

    A test without a result did not run: its class was skipped or failed, or the
    process died. An error in the log fails the test during which it was logged.

    :param status: the exit status; None for a process that had to be stopped
    """
    results = dict(shard.results)
    unrun = [test for test in shard.planned or () if test not in results]
    for name, result in shard.classes:
        members = [test for test in unrun if f"({test.rpartition('.')[0]})" in name]
        if result.outcome == SKIPPED:
            results.update(dict.fromkeys(members, result))
        else:
            why = f"{name} failed:\n{result.why}"
            results.update((test, Result(FAILED, why)) for test in members or [name])
    for test in unrun:
        results.setdefault(test, _not_run(test, shard))
    for test, why in shard.logged:
        _fail(results, test or "outside of any test", f"An error was logged: {why}")
    if status is None:
        _fail(results, "the test process", "It took too long and was stopped.")
    elif shard.planned is None:
        _fail(results, "the test process", f"It ended ({status}) before any test.")
    elif not shard.finished or (status and not _any_failed(results)):
        _fail(results, "the test process", f"It ended with status {status}.")
    return results


def judge_all(shards: list[tuple[Shard, int | None]]) -> dict[str, Result]:
    """The results of the processes that share a suite, with what none of them took.

    :param shards: each with its exit status
    """
    results: dict[str, Result] = {}
    for shard, status in shards:
        results |= judge(shard, status)
    for shard, _status in shards:
        for test in shard.everything:
            why = "It did not run: no process took it."
            results.setdefault(test, Result(FAILED, why))
    return results


def _any_failed(results: dict[str, Result]) -> bool:
    return any(result.outcome == FAILED for result in results.values())


def _fail(results: dict[str, Result], name: str, why: str) -> None:
    before = results.get(name)
    if before and before.outcome == FAILED:
        before.why += f"\n{why}"
    else:
        results[name] = Result(FAILED, why, before.seconds if before else 0.0)


def _not_run(test: str, shard: Shard) -> Result:
    if test == shard.last_started:
        return Result(FAILED, "The process ended in the middle of it.")
    return Result(FAILED, "It did not run: the process ended before it.")


def short_name(test: str) -> str:
    """`odoo.addons.x.tests.test_y.TestZ.test_a` as `x: TestZ.test_a`."""
    parts = test.split(".")
    if parts[:2] != ["odoo", "addons"] or len(parts) < 5:
        return test
    return f"{parts[2]}: {'.'.join(parts[-2:])}"


@dataclass(frozen=True)
class Count:
    passed: int
    failed: int
    skipped: int

    @property
    def ok(self) -> bool:
        return not self.failed and self.passed > 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count(results: Iterable[Result]) -> Count:
    outcomes = [result.outcome for result in results]
    return Count(*(outcomes.count(kind) for kind in (PASSED, FAILED, SKIPPED)))


def tell(results: dict[str, Result]) -> None:
    """Show what was skipped and what failed, with the reasons, and what tests tell."""
    for name, result in results.items():
        if result.told:
            say(f"\n{short_name(name)}:\n  {result.told}")
    skipped = {n: r for n, r in results.items() if r.outcome == SKIPPED}
    failed = {n: r for n, r in results.items() if r.outcome == FAILED}
    if skipped:
        say(f"\nSkipped ({len(skipped)}):")
        for name, result in sorted(skipped.items()):
            say(f"  - {short_name(name)}: {result.why}")
    if failed:
        say(f"\nFailed ({len(failed)}):")
        for name, result in sorted(failed.items()):
            say(f"  ✗ {short_name(name)}")
            lines = result.why.strip().splitlines()
            hidden = [f"… {len(lines) - SHORT} lines more"] if lines[SHORT:] else []
            for line in [*hidden, *lines[-SHORT:]]:
                say(f"      {line}")
