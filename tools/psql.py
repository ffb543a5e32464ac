"""`./waas psql`: PostgreSQL's shell, on the database of `./waas run` or another one."""

from __future__ import annotations

import argparse

from . import processes, project, workbench


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs=argparse.REMAINDER, help="arguments for psql")


def main(args: argparse.Namespace) -> int:
    with workbench.ready() as bench:
        command = [bench.connection.programs / "psql", *args.words]
        environment = {"PGDATABASE": project.DATABASE, **bench.environment}
        return processes.foreground(command, env=environment)
