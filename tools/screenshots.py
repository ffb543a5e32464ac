"""`./waas screenshots`: make the pictures of docs/images again, from the demo database.

Which pages, as whom and how large is the table in tools/inside/screenshot_pages.py. The
pages are taken from a clone of the database of `./waas run`, which is dropped
afterwards.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from . import ports, processes, project, run, workbench
from .console import Problem, step
from .databases import Databases

FIRST_PORT = 8169


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="only these pages (default: all)")
    parser.add_argument(
        "--both",
        action="store_true",
        help="each page for desktop and for phone, whatever the table says",
    )
    parser.add_argument(
        "--language", metavar="CODE", help="as people read it who have another one"
    )
    parser.add_argument(
        "--to",
        type=Path,
        default=project.ROOT / "docs" / "images",
        metavar="FOLDER",
        help="where the pictures go (default: docs/images)",
    )


def main(args: argparse.Namespace) -> int:
    args.to.mkdir(parents=True, exist_ok=True)
    with workbench.ready(browser=True) as bench:
        if bench.machine.no_browser:
            raise Problem("no pictures without a browser", bench.machine.no_browser)
        dbs = Databases(bench)
        database = f"waas_screenshots_{os.getpid()}"
        with run.usable_database(dbs):
            with step("Cloning the demo database"):
                dbs.clone(project.DATABASE, database)
            try:
                return _shoot(dbs, database, args)
            finally:
                dbs.drop(database)


def _shoot(dbs: Databases, database: str, args: argparse.Namespace) -> int:
    with (
        ports.reserved(FIRST_PORT) as (port,),
        run.serving(dbs, database, port) as server,
    ):
        words = [server.address, args.to.resolve(), *args.names]
        if args.both:
            words.append("--both")
        if args.language:
            words += ["--language", args.language]
        command = dbs.bench.script(
            "call.py", database, workbench.INSIDE / "screenshots.py", *words
        )
        return processes.foreground(command, env=dbs.bench.environment)
