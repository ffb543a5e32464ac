"""Template databases: installed once, cloned in a second for every test run.

There are two layers. The lower one has what our addons need from Odoo and OCA and
takes a minute; the upper one adds our addons and is made anew whenever their source
changes. Tests are not part of that source: Odoo reads them from the disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from . import cache, databases, fingerprint, project
from .console import Problem, step
from .databases import Databases
from .workbench import INSIDE

BASE = "waas_base_"
TEMPLATE = "waas_template_"
MAKING = "waas_making_"

KEPT = 3
"""Templates of a kind that stay: those of a branch one comes back to."""

PREPARE = "prepare_template.py"


class Templates:
    def __init__(self, dbs: Databases) -> None:
        self.dbs = dbs
        self.platform = fingerprint.platform(dbs.bench.odoo)
        self.recipe = (INSIDE / PREPARE).read_bytes()
        # A server of the user's may be shared by checkouts, their files are not.
        self.place = str(project.state())

    def find(self, addons: list[str]) -> str:
        """The template with the given addons of ours, made if it is not there.

        It has the chart of accounts of the Netherlands and no demonstration data.
        """
        if project.PRODUCT not in project.own_addons():
            raise Problem(
                f"there is no addon {project.PRODUCT} to install",
                f"{project.addons() / project.PRODUCT}/__manifest__.py does not exist.",
            )
        depends = sorted({*project.foreign_depends(addons), project.LOCALIZATION})
        key = project.short_hash(self.platform, self.place, self.recipe, *depends)
        base = BASE + key
        top = TEMPLATE + project.short_hash(key, fingerprint.source(addons), *addons)
        with cache.lock(_lock(), why="making a template database"):
            if not self._is_whole(top):
                if not self._is_whole(base):
                    self._make(base, lambda name, log: self._fill(name, depends, log))
                self._touch(base)
                self._make(top, lambda name, log: self._add(name, base, addons, log))
            self._touch(top)
            self._tidy()
        return top

    def _is_whole(self, name: str) -> bool:
        """Whether it was finished, and nobody removed the checkout's files since."""
        return bool(self.dbs.label(name)) and self.dbs.has_files(name)

    def _make(self, name: str, fill: Callable[[str, Path], None]) -> None:
        """Fill a database aside; only a finished one gets its name and its label."""
        aside = MAKING + name.rpartition("_")[2]
        log = project.logs() / f"{name}.log"
        log.unlink(missing_ok=True)
        self.dbs.drop(name)
        fill(aside, log)
        self.dbs.sql("ANALYZE", aside)
        self.dbs.rename(aside, name)
        self.dbs.set_label(name, {"used": time.time()})

    def _fill(self, name: str, depends: list[str], log: Path) -> None:
        self.dbs.drop(name)
        with step("Making a database with Odoo's and OCA's modules", _loading(log)):
            self.dbs.initialise(name, log=log)
            self.dbs.install(name, depends, log)
        with step("Preparing its chart of accounts and web assets"):
            self._prepare(name, log)

    def _add(self, name: str, base: str, addons: list[str], log: Path) -> None:
        self.dbs.clone(base, name)
        with step(f"Installing {', '.join(addons)}", _loading(log)):
            self.dbs.install(name, addons, log)

    def _prepare(self, name: str, log: Path) -> None:
        self.dbs.call(name, PREPARE, "the template could not be finished", log)

    def _touch(self, name: str) -> None:
        self.dbs.set_label(name, {"used": time.time()})

    def _tidy(self) -> None:
        """Drop the templates that have not been used for longest."""
        for name in self.dbs.names(MAKING):
            self.dbs.drop(name)
        for kind in (BASE, TEMPLATE):
            names = self.dbs.names(kind)
            names.sort(key=lambda name: self.dbs.label(name).get("used", 0))
            for name in names[:-KEPT]:
                self.dbs.drop(name)


def _lock() -> Path:
    return project.state() / "locks" / "templates.lock"


def _loading(log: Path) -> Callable[[], str]:
    return lambda: databases.loading(log)
