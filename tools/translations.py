"""`./waas update-pot`: renew the addons' translation templates and their languages."""

from __future__ import annotations

import argparse
import os

from . import processes, project, workbench
from .console import say, step
from .databases import Databases
from .templates import Templates


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def main(args: argparse.Namespace) -> int:
    # The demo's texts are a story, told in the language it was written in.
    addons = [name for name in project.own_addons() if name != project.DEMO]
    log = project.logs() / "update-pot.log"
    log.unlink(missing_ok=True)
    with workbench.ready() as bench:
        dbs = Databases(bench)
        template = Templates(dbs).find(addons)
        database = f"waas_i18n_{os.getpid()}"
        try:
            dbs.clone(template, database)
            for addon in addons:
                _update(bench, database, addon, log)
        finally:
            dbs.drop(database)
    return 0


def _update(bench: workbench.Workbench, database: str, addon: str, log) -> None:
    folder = project.addons() / addon / "i18n"
    folder.mkdir(exist_ok=True)
    fresh = project.state() / f"{addon}.pot"
    with step(f"Exporting the texts of {addon}"):
        processes.run(
            bench.command("i18n", "export", "-d", database, "-o", fresh, addon),
            what=f"the texts of {addon} could not be exported",
            log=log,
            env=bench.environment,
        )
    merged = processes.output(
        bench.script("merge_translations.py", fresh, folder / f"{addon}.pot"),
        env=bench.environment,
    )
    say((merged or "").rstrip())
    fresh.unlink()
