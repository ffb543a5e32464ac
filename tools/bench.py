"""`./waas bench NAME`: run benchmarks/NAME.py on a database of its own.

A benchmark is a Python file with `main(env, args)`, which prints what it measured and
may return an exit status, and perhaps `add_arguments(parser)` for options of its own
(`./waas bench NAME --help` tells them). It works on a clone of the test template, with
the chart of accounts of the Netherlands and no demonstration data; the clone is
dropped afterwards. A list `ADDONS` names those of ours that are installed; without it,
the product is. Unlike in tests, commits wait for the disk, as they do for users.
"""

from __future__ import annotations

import argparse
import ast
import os
from pathlib import Path

from . import processes, project, workbench
from .console import Problem, say, step
from .databases import Databases
from .templates import Templates


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("name", nargs="?", help="without it: tell which there are")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the benchmark's own")


def _folder() -> Path:
    return project.ROOT / "benchmarks"


def _get_addons(file: Path) -> list[str]:
    """Which addons a benchmark wants, read without running it."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ADDONS":
            return ast.literal_eval(node.value)
    return [project.PRODUCT]


def main(args: argparse.Namespace) -> int:
    files = {path.stem: path for path in sorted(_folder().glob("[!_]*.py"))}
    if not args.name:
        say("Benchmarks: " + (", ".join(files) or "none yet"))
        return 0
    if args.name not in files:
        raise Problem(
            f"there is no benchmark {args.name}",
            f"There are: {', '.join(files) or 'none'} (in {_folder()}).",
        )
    with workbench.ready() as bench:
        dbs = Databases(bench)
        template = Templates(dbs).find(_get_addons(files[args.name]))
        database = f"waas_bench_{os.getpid()}"
        try:
            with step("Cloning the template database"):
                dbs.clone(template, database)
            command = bench.script("call.py", database, files[args.name], *args.words)
            return processes.foreground(command, env=bench.environment)
        finally:
            dbs.drop(database)
