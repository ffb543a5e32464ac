"""Template databases: installed once, cloned in a second for every test run.

There are three layers. The lowest one has what our addons need from Odoo and OCA and
takes a minute; the next one adds our addons and is made anew whenever their source
changes. Tests are not part of that source: Odoo reads them from the disk. The last one
adds the world of the tests, so that no class of tests has to make it.
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
WORLD = "waas_world_"
OTHER = "waas_other_"
MAKING = "waas_making_"

KEPT = 8
"""Templates of a kind that stay: the four of a run, and those of another branch."""

PREPARE = "prepare_template.py"
MAKE_ASSETS = "make_assets.py"
MAKE_WORLD = "make_world.py"

WORLD_SOURCE = ("cases.py", "cases_steps.py", "prepared_world.py")
"""Of the product's tests, what the world is made from."""


class Templates:
    def __init__(self, dbs: Databases) -> None:
        self.dbs = dbs
        self.platform = fingerprint.platform(dbs.bench.odoo)
        self.recipe = (INSIDE / PREPARE).read_bytes()
        # A server of the user's may be shared by checkouts, their files are not.
        self.place = str(project.state())
        self.ground = project.short_hash(self.platform, self.place, self.recipe)

    def find(
        self, addons: list[str], *, world: bool = False, assets: bool = True
    ) -> str:
        """The template with the given addons of ours, made if it is not there.

        It has the chart of accounts of the Netherlands and no demonstration data.

        :param world: with the world of the product's tests
        :param assets: with the web assets, where somebody will look at pages
        """
        if project.PRODUCT not in project.own_addons():
            raise Problem(
                f"there is no addon {project.PRODUCT} to install",
                f"{project.addons() / project.PRODUCT}/__manifest__.py does not exist.",
            )
        depends = self._get_depends(addons)
        base = self._get_base(depends)
        key = base.removeprefix(BASE)
        source = fingerprint.source(project.with_own_depends(addons))
        top = TEMPLATE + project.short_hash(key, source, *addons)
        with cache.lock(_lock(), why="making a template database"):
            if not self._is_whole(top):
                if not self._is_whole(base):
                    self._make(base, lambda name, log: self._fill(name, depends, log))
                self._touch(base, ground=self.ground, depends=depends)
                self._make(
                    top,
                    lambda name, log: self._add(name, base, addons, log, assets=assets),
                )
            self._touch(top)
            wanted = self._find_world(top) if world else top
            self._tidy()
        return wanted

    def find_base(self, addons: list[str]) -> str:
        """What the template of these addons stands on: the same modules of Odoo and
        OCA, and none of ours. It is there as long as :meth:`find` was called before."""
        return self._get_base(self._get_depends(addons))

    def find_on_base(
        self, key: str, depends: list[str], fill: Callable[[str, Path], None]
    ) -> str:
        """A template that something else than our addons of today fills.

        :param key: what tells it from others
        :param depends: modules of Odoo and OCA that are there already
        """
        base = self._get_base(depends)
        name = OTHER + project.short_hash(base, key)

        def clone_and_fill(aside: str, log: Path) -> None:
            self.dbs.clone(base, aside)
            fill(aside, log)

        with cache.lock(_lock(), why="making a template database"):
            if not self._is_whole(name):
                if not self._is_whole(base):
                    self._make(base, lambda aside, log: self._fill(aside, depends, log))
                self._touch(base, ground=self.ground, depends=depends)
                self._make(name, clone_and_fill)
            self._touch(name)
            self._tidy()
        return name

    def _get_depends(self, addons: list[str]) -> list[str]:
        return sorted({*project.foreign_depends(addons), project.LOCALIZATION})

    def _get_base(self, depends: list[str]) -> str:
        return BASE + project.short_hash(self.ground, *depends)

    def _find_world(self, top: str) -> str:
        """The template on top of which the world of the tests stands."""
        tests = project.addons() / project.PRODUCT / "tests" / "common"
        files = [tests / name for name in WORLD_SOURCE]
        if not all(file.exists() for file in files):
            return top
        texts = [file.read_bytes() for file in files]
        name = WORLD + project.short_hash(top, *texts)
        if not self._is_whole(name):
            self._make(name, lambda aside, log: self._add_world(aside, top, log))
        self._touch(name)
        return name

    def _add_world(self, name: str, top: str, log: Path) -> None:
        self.dbs.clone(top, name)
        with step("Making the world of the tests"):
            self.dbs.call(name, MAKE_WORLD, "the tests' world could not be made", log)

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
            if smaller := self._find_smaller(depends):
                self.dbs.clone(smaller, name)
            else:
                self.dbs.initialise(name, log=log)
            self.dbs.install(name, depends, log)
        with step("Preparing its chart of accounts and web assets"):
            self._prepare(name, log)

    def _find_smaller(self, depends: list[str]) -> str:
        """A base with a part of these modules, to begin with; empty: there is none."""
        for name in self.dbs.names(BASE):
            label = self.dbs.label(name)
            if label.get("ground") == self.ground and set(label["depends"]) < set(
                depends
            ):
                return name
        return ""

    def _add(
        self, name: str, base: str, addons: list[str], log: Path, *, assets: bool
    ) -> None:
        self.dbs.clone(base, name)
        with step(f"Installing {', '.join(addons)}", _loading(log)):
            self.dbs.install(name, addons, log)
        if assets:
            with step("Compiling the web assets"):
                what = "the web assets could not be made"
                self.dbs.call(name, MAKE_ASSETS, what, log)

    def _prepare(self, name: str, log: Path) -> None:
        self.dbs.call(name, PREPARE, "the template could not be finished", log)

    def _touch(self, name: str, **more) -> None:
        """Note that a template was used, and what else is known about it."""
        self.dbs.set_label(name, {"used": time.time(), **more})

    def _tidy(self) -> None:
        """Drop the templates that have not been used for longest."""
        for name in self.dbs.names(MAKING):
            self.dbs.drop(name)
        for kind in (BASE, TEMPLATE, WORLD, OTHER):
            names = self.dbs.names(kind)
            names.sort(key=lambda name: self.dbs.label(name).get("used", 0))
            for name in names[:-KEPT]:
                self.dbs.drop(name)


def _lock() -> Path:
    return project.state() / "locks" / "templates.lock"


def _loading(log: Path) -> Callable[[], str]:
    return lambda: databases.loading(log)
