"""`./waas shell`: Odoo's Python shell on the database that `./waas run` serves."""

from __future__ import annotations

import argparse

from . import processes, project, run, workbench
from .databases import Databases


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The shell takes no arguments; a script may come through a pipe."""


def main(args: argparse.Namespace) -> int:
    with workbench.ready() as bench, run.usable_database(Databases(bench)):
        command = bench.command("shell", "-d", project.DATABASE, "--no-http")
        return processes.foreground(command, env=bench.environment)
