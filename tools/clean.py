"""`./waas clean`: remove what ./waas has made for this checkout, databases included."""

from __future__ import annotations

import argparse

from . import cache, postgres, project
from .console import Problem, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache",
        action="store_true",
        help="also remove what all checkouts share (Odoo, packages)",
    )


def main(args: argparse.Namespace) -> int:
    try:
        postgres.remove_cluster()
    except cache.Busy:
        raise Problem(
            "another ./waas of this checkout is at work",
            todo="stop it first.",
        ) from None
    cache.remove(project.state())
    say(f"removed {project.state()}")
    if args.cache:
        cache.remove(project.cache())
        say(f"removed {project.cache()}")
    return 0
