"""`./waas run`: Odoo with our addons, from nothing to the log-in page."""

from __future__ import annotations

import argparse
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import (
    cache,
    databases,
    fingerprint,
    ports,
    processes,
    project,
    workbench,
)
from .console import Problem, say, step, tail
from .databases import Databases
from .workbench import Workbench

FIRST_PORT = 8069
PATIENCE = 180.0
"""Seconds until the server must have answered."""

DEFAULT_LOGINS = [{"role": "Administrator", "login": "admin", "password": "admin"}]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, help=f"this port (default: {FIRST_PORT} or the next free)"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="drop the database and make a new one"
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="a new database has no demo story"
    )


def main(args: argparse.Namespace) -> int:
    with workbench.ready() as bench:
        dbs = Databases(bench)
        with _database(dbs, fresh=args.fresh, demo=not args.no_demo):
            first = args.port or FIRST_PORT
            with ports.reserved(first, exact=bool(args.port)) as (port,):
                return _serve(dbs, port)


def usable_database(dbs: Databases):
    """The database of `./waas run` for another command: made if it is not there."""
    return _database(dbs, fresh=False, demo=True)


@contextmanager
def _database(dbs: Databases, *, fresh: bool, demo: bool) -> Iterator[None]:
    """Bring the database up to date, and keep it from being changed while in use.

    Whoever makes or upgrades it needs it alone; any number may serve it.
    """
    lock = project.state() / "locks" / f"database-{project.DATABASE}.lock"
    while fresh or _work_to_do(dbs):
        try:
            with cache.lock(lock, wait=False):
                _bring_up_to_date(dbs, fresh=fresh, demo=demo)
                fresh = False
        except cache.Busy:
            _wait_for_maker(lock, fresh)
    with cache.lock(lock, shared=True, why="upgrading the database"):
        yield


def _wait_for_maker(lock: Path, fresh: bool) -> None:
    """Wait while another one makes or upgrades the database; not while it serves it."""
    try:
        with cache.lock(lock, shared=True, wait=False):
            raise _in_use(fresh)
    except cache.Busy:
        with cache.lock(lock, shared=True, why="making the database"):
            pass


def _in_use(fresh: bool) -> Problem:
    why = "Another ./waas of this checkout is working with it"
    why += "." if fresh else ", and the addons have changed since it was started."
    return Problem(
        f"the database {project.DATABASE} cannot be changed now",
        why,
        "stop that one and start again; or name another database in WAAS_DB.",
    )


def _wanted(dbs: Databases) -> dict:
    """The label of a database that is up to date."""
    return {
        "checkout": str(project.state()),
        "platform": fingerprint.platform(dbs.bench.odoo),
        "addons": fingerprint.source(project.own_addons()),
    }


def _work_to_do(dbs: Databases) -> bool:
    label, wanted = dbs.label(project.DATABASE), _wanted(dbs)
    return {name: label.get(name) for name in wanted} != wanted


def _bring_up_to_date(dbs: Databases, *, fresh: bool, demo: bool) -> None:
    name = project.DATABASE
    label = dbs.label(name)
    wanted = _wanted(dbs)
    if label and label.get("checkout") != wanted["checkout"]:
        raise Problem(
            f"the database {name} on your PostgreSQL belongs to another checkout",
            f"It was made for {label.get('checkout')}.",
            "name another database in WAAS_DB.",
        )
    if fresh or not label:
        _make(dbs, demo, wanted)
    elif _work_to_do(dbs):
        _upgrade(dbs, label, wanted)


def _make(dbs: Databases, demo: bool, label: dict) -> None:
    """Make the database under another name; it gets its own when it is complete."""
    name, aside = project.DATABASE, f"{project.DATABASE}_making"
    log = project.logs() / "make-database.log"
    log.unlink(missing_ok=True)
    if dbs.exists(name) and not dbs.label(name) and not dbs.bench.connection.ours:
        raise Problem(
            f"there is a database {name} on your PostgreSQL that is none of ours",
            todo="name another database in WAAS_DB, or drop that one.",
        )
    dbs.drop(aside)
    what = "with the demo story" if demo else "without demo story"
    with step(f"Making the database {name} {what}", lambda: databases.loading(log)):
        dbs.initialise(aside, log=log)
        story = project.DEMO if demo else project.PRODUCT
        dbs.install(aside, [project.LOCALIZATION, story], log)
        dbs.sql("ANALYZE", aside)
    dbs.drop(name)
    dbs.set_label(aside, {**label, "demo": demo})
    dbs.rename(aside, name)


def _upgrade(dbs: Databases, label: dict, wanted: dict) -> None:
    name = project.DATABASE
    log = project.logs() / "upgrade-database.log"
    log.unlink(missing_ok=True)
    other_platform = label.get("platform") != wanted["platform"]
    addons = ["base"] if other_platform else [project.PRODUCT]
    why = "Odoo or an OCA addon" if other_platform else "the addons"
    with step(
        f"Upgrading the database ({why} changed)", lambda: databases.loading(log)
    ):
        dbs.install(name, addons, log, upgrade=True)
    dbs.set_label(name, {**label, **wanted})


def _serve(dbs: Databases, port: int) -> int:
    try:
        with serving(dbs, project.DATABASE, port) as server:
            _welcome(dbs, server.address, server.log)
            status = server.process.wait()
            raise Problem(
                f"the server ended by itself ({status})",
                tail(server.log),
                log=server.log,
            )
    except KeyboardInterrupt:
        say()
        return 0


@dataclass(frozen=True)
class Server:
    address: str
    log: Path
    process: subprocess.Popen


@contextmanager
def serving(dbs: Databases, database: str, port: int) -> Iterator[Server]:
    """An Odoo that serves a database and answers, until the block ends."""
    address = f"http://{ports.HOST}:{port}"
    log = project.logs() / f"server-{port}.log"
    log.unlink(missing_ok=True)
    _tell_address(dbs, database, address)
    bench = dbs.bench
    ours = ("server", "-d", database, "--db-filter", f"^{database}$")
    command = bench.command(
        *(*ours, "--no-database-list", "--max-cron-threads=0"),
        *("--http-interface", ports.HOST, "--http-port", str(port)),
    )
    process = processes.start(command, log=log, env=bench.environment)
    scheduler = None
    try:
        with step("Starting the server"):
            _wait_until_it_answers(process, address, log)
        scheduler = _start_scheduler(bench, ours, log.with_suffix(".scheduler.log"))
        yield Server(address, log, process)
    finally:
        with step("Stopping"):
            processes.stop(process)
            if scheduler:
                processes.stop(scheduler)


def _start_scheduler(
    bench: Workbench, ours: tuple[str, ...], log: Path
) -> subprocess.Popen:
    """Scheduled actions in a process of their own, whose worker is replaced when it
    dies: a thread of the server would end with its connection to PostgreSQL."""
    log.unlink(missing_ok=True)
    command = bench.command(
        *(*ours, "--no-http", "--workers=1", "--max-cron-threads=1")
    )
    return processes.start(command, log=log, env=bench.environment)


def _tell_address(dbs: Databases, database: str, address: str) -> None:
    """Let Odoo know under which address its own documents find their style."""
    for key in ("report.url", "web.base.url"):
        dbs.sql(
            "INSERT INTO ir_config_parameter (key, value) "
            f"VALUES ('{key}', '{address}') "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            database,
        )


def _wait_until_it_answers(server: subprocess.Popen, address: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        if server.poll() is not None:
            raise Problem(
                "the server did not start",
                tail(log),
                "correct what the log complains about; `./waas run --fresh` starts "
                "over with a new database.",
                log,
            )
        if _answers(f"{address}/web/login"):
            return
        if time.monotonic() > end:
            raise Problem(f"no answer from {address}", tail(log), log=log)
        time.sleep(0.3)


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=30) as response:
            return response.status == 200
    except (OSError, urllib.error.URLError):
        return False


def _welcome(dbs: Databases, address: str, log: Path) -> None:
    say()
    say(f"  {address}")
    say()
    demo = dbs.label(project.DATABASE).get("demo", False)
    for login in _logins(demo=demo):
        role, name, password = login["role"], login["login"], login["password"]
        say(f"  {role:<28} {name:<28} {password}")
    say()
    if demo:
        say(f"  The mails of the demo:       {address}/odoo/demo-mailbox")
    say(f"  Odoo's log: {log}")
    if dbs.bench.machine.no_pdf:
        say(f"  No PDF documents: {dbs.bench.machine.no_pdf}")
    say("  Ctrl-C stops the server.")


def _logins(*, demo: bool) -> list[dict[str, str]]:
    file = project.addons() / project.DEMO / "logins.json"
    if not demo or not file.exists():
        return DEFAULT_LOGINS
    return json.loads(file.read_text(encoding="utf-8"))
