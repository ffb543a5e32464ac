"""`./waas bench NAME`: run benchmarks/NAME.py on a database of its own.

A benchmark is a Python file with `main(env, args)`, which prints what it measured and
may return an exit status, and perhaps `add_arguments(parser)` for options of its own
(`./waas bench NAME --help` tells them). It works on a clone of the test template, with
the chart of accounts of the Netherlands and no demonstration data; the clone is
dropped afterwards. A list `ADDONS` names those of ours that are installed; without it,
the product is. With `WITHOUT_US = True` a benchmark gets the name of a second database,
`--without`, which has the same modules of Odoo and OCA and none of ours. Unlike in
tests, commits wait for the disk, as they do for users.
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


def _read_wish(file: Path, name: str, default):
    """What a benchmark wants, a constant at its top, read without running it."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return default


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
        file, words = files[args.name], args.words
        addons = _read_wish(file, "ADDONS", [project.PRODUCT])
        templates = Templates(dbs)
        database = f"waas_bench_{os.getpid()}"
        clones = {database: templates.find(addons)}
        if _read_wish(file, "WITHOUT_US", False):
            without = f"{database}_without"
            clones[without] = templates.find_base(addons)
            words = ["--without", without, *words]
        try:
            with step("Cloning the template database"):
                for clone, template in clones.items():
                    dbs.clone(template, clone)
            command = bench.script("call.py", database, file, *words)
            return processes.foreground(command, env=bench.environment)
        finally:
            for clone in clones:
                dbs.drop(clone)
