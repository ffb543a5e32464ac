"""`./waas odoo …`: Odoo's own command line, with everything set up for it.

The configuration is added; for example:

    ./waas odoo server -d scratch -i also_waas --stop-after-init
    ./waas odoo module --help
"""

from __future__ import annotations

import argparse

from . import processes, workbench


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("subcommand", help="server, shell, db, module, i18n …")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="its arguments")


def main(args: argparse.Namespace) -> int:
    with workbench.ready(browser=True) as bench:
        command = bench.command(args.subcommand, *args.words)
        return processes.foreground(command, env=bench.environment)
