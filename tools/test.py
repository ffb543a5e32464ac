"""`./waas test`: run our addons' tests, or our neighbours' with our addons installed.

    ./waas test                     everything of ours
    ./waas test returns             by a part of a file's, class's or method's name
    ./waas test TestReturn.test_r7  or by these together
    ./waas test tours               by a tag (tour) of the classes
    ./waas test /also_waas:TestX    by Odoo's own test tags
    ./waas test crash               processes that are killed, and that compete
    ./waas test neighbours          what we extend: Odoo's and OCA's own tests; what
                                    fails without us as well does not count
    ./waas test upgrade             databases of earlier versions, upgraded
    ./waas test tools               the tests of ./waas itself (part of everything)

The tests run on clones of a template database, in two processes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import (
    cache,
    ports,
    processes,
    project,
    results,
    selection,
    selftest,
    upgrade,
    workbench,
)
from .console import HEARTBEAT, say, step, tail
from .databases import Databases
from .selection import Suite
from .templates import Templates

PORTS = range(20000, 30000)
"""Where the tests' servers listen: far from where people start theirs."""

TOOLS = "tools"
UPGRADE = "upgrade"
CLONE = "waas_test_"
KEPT_LOGS = 60
ALLOCATION = {
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(64 << 20),
}
"""Memory that a test gives back is kept for the next one: 4 % less processor time."""

WARM_UP = 20
"""Tests from which on a second process is worth its start-up."""


@dataclass
class Process:
    """One of the processes that share a suite."""

    suite: Suite
    database: str
    log: Path
    journal: Path
    running: subprocess.Popen
    status: int | None = None

    def has_ended(self) -> bool:
        self.status = self.running.poll()
        return self.status is not None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("pattern", nargs="*", help="which tests (default: all of ours)")
    parser.add_argument(
        "--processes", type=int, default=min(2, os.cpu_count() or 1), metavar="N"
    )
    parser.add_argument(
        "--timeout", type=float, default=60.0, metavar="MINUTES", help="for a suite"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the databases of the tests"
    )


def main(args: argparse.Namespace) -> int:
    started = time.monotonic()
    aside = (TOOLS, UPGRADE)
    patterns = [pattern for pattern in args.pattern if pattern not in aside]
    found: dict[str, results.Result] = {}
    if not args.pattern or TOOLS in args.pattern:
        with step("Testing the tools"):
            found |= selftest.run()
    if UPGRADE in args.pattern:
        with workbench.ready() as bench:
            found |= upgrade.run(Databases(bench), keep=args.keep)
    if patterns or not args.pattern:
        found |= _run_odoo(selection.suites(patterns), args)
    results.tell(found)
    count = results.count(found.values())
    if not (count.passed or count.failed):
        say("\n✗ No test was run.")
    say(f"\nThe tests took {time.monotonic() - started:.0f} s; logs: {project.logs()}")
    say(str(count))
    return 0 if count.ok else 1


def _run_odoo(
    suites: list[Suite], args: argparse.Namespace
) -> dict[str, results.Result]:
    found: dict[str, results.Result] = {}
    with workbench.ready(browser=True) as bench:
        dbs = Databases(bench)
        _drop_left_over(dbs)
        _drop_old_logs()
        templates = Templates(dbs)
        places = {
            suite.name: templates.find(
                list(suite.addons), world=suite.world, assets=suite.assets
            )
            for suite in suites
        }
        for group in _get_groups(suites):
            results_of_group = _run_group(dbs, group, places, args)
            if group[0].name == selection.NEIGHBOURS:
                _excuse(results_of_group, group[0], templates, args)
            found |= results_of_group
    _remember_seconds(found)
    return found


def _excuse(
    found: dict[str, results.Result],
    suite: Suite,
    templates: Templates,
    args: argparse.Namespace,
) -> None:
    """Run what failed once more without our addons: what fails there as well is not
    ours, and is skipped."""
    failed = [
        name
        for name, result in found.items()
        if result.outcome == results.FAILED and name.startswith("odoo.addons.")
    ]
    if not failed:
        return
    alone = selection.without_us(suite, failed)
    places = {alone.name: templates.find_base(list(suite.addons))}
    for name, result in _run_group(templates.dbs, [alone], places, args).items():
        if name in found and result.outcome == results.FAILED:
            why = "It fails without our addons as well."
            found[name] = results.Result(results.SKIPPED, why, result.seconds)


def _get_groups(suites: list[Suite]) -> list[list[Suite]]:
    """Suites that run side by side. The product's fills all processes and runs alone,
    the others after it."""
    alone = [
        [suite]
        for suite in suites
        if suite.name in (selection.OWN, selection.NEIGHBOURS) and not _is_small(suite)
    ]
    rest = [suite for suite in suites if [suite] not in alone]
    return [*alone, rest] if rest else alone


def _run_group(
    dbs: Databases,
    group: list[Suite],
    places: dict[str, str],
    args: argparse.Namespace,
) -> dict[str, results.Result]:
    """Run suites in their processes and collect what came of them.

    :param places: the template of each suite
    """
    waiting = list(group)
    started: list[Process] = []

    def start_next() -> None:
        """A suite for each process that has nothing to do."""
        while waiting and _count_running(started) < args.processes:
            suite = waiting.pop(0)
            started.extend(
                _start_suite(stack, dbs, suite, places[suite.name], len(group), args)
            )

    with ExitStack() as stack:
        try:
            _watch(started, start_next, args.timeout * 60)
        finally:
            for process in started:
                processes.stop(process.running)
    found: dict[str, results.Result] = {}
    for suite in group:
        for tag, why in suite.left_out.items():
            say(f"  left out: {tag} ({why})")
        found |= _judge([process for process in started if process.suite == suite])
    for suite in waiting:
        why = "It did not run: the time was over before it."
        found[f"suite {suite.name}"] = results.Result(results.FAILED, why)
    return found


def _start_suite(
    stack: ExitStack,
    dbs: Databases,
    suite: Suite,
    template: str,
    neighbours: int,
    args: argparse.Namespace,
) -> list[Process]:
    """:param neighbours: how many suites run side by side, this one included"""
    number = 1 if _is_small(suite) or neighbours > 1 else args.processes
    numbers = stack.enter_context(ports.reserved(_first_port(), number))
    names = stack.enter_context(_clones(dbs, suite, template, number, keep=args.keep))
    claims = stack.enter_context(
        tempfile.TemporaryDirectory(prefix="claims-", dir=project.logs())
    )
    return [
        _start(
            dbs,
            suite,
            name,
            port,
            {"shard": index, "shards": number, "claims": claims},
        )
        for index, (name, port) in enumerate(zip(names, numbers, strict=True))
    ]


def _judge(started: list[Process]) -> dict[str, results.Result]:
    shards = [(results.read(process.journal), process) for process in started]
    for shard, process in shards:
        if process.status is None or not shard.finished:
            say(f"! the end of {process.log}:\n{tail(process.log)}")
    return results.judge_all([(shard, process.status) for shard, process in shards])


def _first_port() -> int:
    """Another one for each run, as a port is only bound once Odoo is up."""
    return PORTS[os.getpid() * 7 % len(PORTS)]


def _is_small(suite: Suite) -> bool:
    """Whether only a few classes or methods are asked for."""
    return ":" in suite.tags and suite.tags.count(",") < WARM_UP


@contextmanager
def _clones(
    dbs: Databases, suite: Suite, template: str, number: int, *, keep: bool
) -> Iterator[list[str]]:
    """A database for each process, under a lock that tells when it is left over."""
    prefix = f"{CLONE}{os.getpid()}_"
    names = [f"{prefix}{suite.name}_{index}" for index in range(number)]
    with cache.lock(_clone_lock(os.getpid()), shared=True):
        try:
            with step(f"Cloning the template database for the suite `{suite.name}`"):
                for name in names:
                    dbs.clone(template, name)
                    dbs.relax(name)
            yield names
        finally:
            if keep:
                say(f"kept: {', '.join(names)}")
            else:
                for name in names:
                    dbs.drop(name)
                _clone_lock(os.getpid()).unlink(missing_ok=True)


def _clone_lock(pid: int | str) -> Path:
    return project.state() / "locks" / f"test-{pid}.lock"


def _drop_left_over(dbs: Databases) -> None:
    """Drop the databases of test runs that were killed (and of --keep)."""
    for name in dbs.names(CLONE):
        pid = name.removeprefix(CLONE).partition("_")[0]
        if not cache.is_locked(_clone_lock(pid)):
            dbs.drop(name)
            _clone_lock(pid).unlink(missing_ok=True)


def _drop_old_logs() -> None:
    files = sorted(project.logs().glob("test-*"), key=lambda file: file.stat().st_mtime)
    for file in files[:-KEPT_LOGS]:
        file.unlink(missing_ok=True)


def _start(
    dbs: Databases, suite: Suite, database: str, port: int, share: dict
) -> Process:
    """:param share: `shard`, the number of the process, how many `shards` there are,
    and `claims`, the folder by which they share the classes"""
    bench = dbs.bench
    stem = project.logs() / f"test-{suite.name}-{os.getpid()}-{share['shard']}"
    log, journal, plan = (stem.with_suffix(end) for end in (".log", ".jsonl", ".plan"))
    for file in (log, journal):
        file.unlink(missing_ok=True)
    plan.write_text(
        json.dumps(
            {
                **share,
                "report": str(journal),
                "seconds": _known_seconds(),
                "no_browser": bench.machine.no_browser,
            }
        ),
        encoding="utf-8",
    )
    dbs.sql(
        "UPDATE ir_config_parameter "
        f"SET value = 'http://{ports.HOST}:{port}' WHERE key = 'web.base.url'",
        database,
    )
    command = bench.command(
        *("server", "-d", database, "--db-filter", f"^{database}$"),
        *("--http-port", str(port), "--test-tags", suite.all_tags),
        *("--stop-after-init", "--max-cron-threads=0"),
        *("--screenshots", project.state() / "screenshots"),
    )
    running = processes.start(
        command,
        log=log,
        env={**bench.environment, **ALLOCATION, "WAAS_TEST_PLAN": str(plan)},
    )
    return Process(suite, database, log, journal, running)


def _count_running(started: list[Process]) -> int:
    return sum(not process.has_ended() for process in started)


def _watch(
    started: list[Process], start_next: Callable[[], None], seconds: float
) -> None:
    """Start processes and wait for them, telling failures at once and progress now and
    then."""
    begin = time.monotonic()
    next_word = begin + HEARTBEAT
    told: set[str] = set()
    while True:
        start_next()
        if not _count_running(started):
            break
        now = time.monotonic()
        if now - begin > seconds:
            return
        _tell_new_failures(started, told)
        if now >= next_word:
            say(f"… {_progress(started)} ({now - begin:.0f} s)")
            next_word = now + HEARTBEAT
        time.sleep(0.3)
    _tell_new_failures(started, told)
    say(f"✓ {_progress(started)} ({time.monotonic() - begin:.0f} s)")


def _tell_new_failures(started: list[Process], told: set[str]) -> None:
    for process in started:
        for event in results.events(process.journal):
            test = event.get("test")
            failed = event.get("outcome") == results.FAILED or event["event"] == "log"
            if test and failed and test not in told:
                told.add(test)
                say(f"✗ {results.short_name(test)}")


def _progress(started: list[Process]) -> str:
    names = dict.fromkeys(process.suite.name for process in started)
    return ", ".join(
        _progress_of([process for process in started if process.suite.name == name])
        for name in names
    )


def _progress_of(started: list[Process]) -> str:
    shards = [results.read(process.journal) for process in started]
    done = sum(len(shard.results) for shard in shards)
    if all(shard.planned is None for shard in shards):
        return f"suite `{started[0].suite.name}`: loading Odoo"
    total = max(len(shard.everything) for shard in shards)
    return f"suite `{started[0].suite.name}`: {done} of {total} tests"


def _seconds_file() -> Path:
    return project.state() / "test-seconds.json"


def _known_seconds() -> dict[str, float]:
    try:
        return json.loads(_seconds_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _remember_seconds(found: dict[str, results.Result]) -> None:
    """Note how long each test took, for a fair division the next time."""
    seconds = _known_seconds()
    seconds |= {name: result.seconds for name, result in found.items()}
    _seconds_file().write_text(json.dumps(seconds, indent=0), encoding="utf-8")
