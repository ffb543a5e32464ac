"""The command line: one module per subcommand."""

from __future__ import annotations

import argparse
import sys
from types import ModuleType

from . import (
    bench,
    clean,
    lint,
    odoocli,
    processes,
    psql,
    run,
    screenshots,
    shell,
    test,
    translations,
)
from .console import Problem

INTERRUPTED = 130

COMMANDS: dict[str, tuple[ModuleType, str]] = {
    "run": (run, "start Odoo with our addons and demo data"),
    "test": (test, "run the tests"),
    "lint": (lint, "check the code's style, or correct it"),
    "bench": (bench, "run a benchmark"),
    "shell": (shell, "Odoo's Python shell on the database of `run`"),
    "psql": (psql, "PostgreSQL's shell on the database of `run`"),
    "odoo": (odoocli, "Odoo's own command line, with everything set up"),
    "screenshots": (screenshots, "make the documentation's pictures again"),
    "update-pot": (translations, "renew the translation templates"),
    "clean": (clean, "remove what ./waas has made"),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./waas",
        description="Run, test and check this project. The first start fetches what "
        "is needed (Odoo 19, Python packages, PostgreSQL); later ones are quick.",
        epilog="Variables: WAAS_ODOO (an Odoo 19 of yours), PGHOST … (a PostgreSQL of "
        "yours), WAAS_CACHE, WAAS_STATE, WAAS_DB, WAAS_PYTHON, WAAS_DEBIAN_MIRROR.",
    )
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name, (module, summary) in COMMANDS.items():
        subparser = subparsers.add_parser(
            name, help=summary, description=module.__doc__
        )
        module.add_arguments(subparser)
        subparser.set_defaults(main=module.main)
    return parser


def _parse(words: list[str]) -> argparse.Namespace:
    """Parse the command line; commands with `words` pass on what they do not know."""
    parser = _parser()
    args, unknown = parser.parse_known_args(words)
    if unknown and not hasattr(args, "words"):
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if unknown:
        args.words = unknown + args.words
    return args


def main(words: list[str]) -> int:
    args = _parse(words)
    processes.catch_signals()
    try:
        return args.main(args)
    except Problem as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr, flush=True)
        return INTERRUPTED
