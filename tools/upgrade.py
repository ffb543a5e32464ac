"""`./waas test upgrade`: databases of earlier versions, brought to today's.

An earlier version of our addons is taken out of git and installed with its demo; a
script adds ordinary business beside it. A clone of that is upgraded and compared with a
fresh installation, upgraded again, and then our addons are uninstalled and installed
again. Each comparison counts as one test.
"""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

from . import project, upgrade_checks, workbench
from .console import Problem, say, step
from .databases import Databases, loading
from .history import OldVersion
from .results import FAILED, PASSED, SKIPPED, Result
from .templates import Templates
from .workbench import INSIDE

VERSIONS = (
    OldVersion("b73b633d51d7a07314f05c6ed2e0abd50a8d467a", "contracts, invoicing"),
    OldVersion("2cdce52977b20bd1bc6b60fae560bd0a7099a810", "all chapters, stage 5"),
)

FACTS, ORDINARY, UNINSTALL = (
    f"upgrade_{name}.py" for name in ("facts", "ordinary", "uninstall")
)


def run(dbs: Databases, *, keep: bool = False) -> dict[str, Result]:
    """Upgrade from each earlier version that git knows; results by name."""
    templates = Templates(dbs)
    known = [version for version in VERSIONS if version.is_known()]
    found = {
        f"upgrade from {version.commit[:7]}": Result(SKIPPED, "git does not know it")
        for version in VERSIONS
        if version not in known
    }
    if not known:
        return found
    fresh = _Database(dbs, find_fresh(templates)).read("fresh")
    for version in known:
        place = find_old(dbs, templates, version)
        found |= _Upgrade(dbs, version, place, fresh).run(keep=keep)
    return found


def find_old(dbs: Databases, templates: Templates, version: OldVersion) -> str:
    """A template with the demo of an earlier version, and ordinary business."""
    addons = version.unpack()
    old = _get_old(dbs, addons)

    def fill(name: str, log: Path) -> None:
        with step(f"Installing the demo of {version.commit[:7]}", lambda: loading(log)):
            old.install(name, [project.DEMO], log)
            old.call(name, ORDINARY, "there could be no ordinary business", log)

    key = project.short_hash(version.commit, (INSIDE / ORDINARY).read_bytes())
    return templates.find_on_base(key, _get_depends(addons), fill)


def find_fresh(templates: Templates) -> str:
    """A template with the demo of today."""
    return templates.find([project.DEMO])


def _get_old(dbs: Databases, addons: Path) -> Databases:
    """The same databases, seen by Odoo with the addons of an earlier version."""
    config = workbench.write_config(addons)
    return Databases(dataclasses.replace(dbs.bench, config=config))


def _get_depends(addons: Path) -> list[str]:
    """What the demo of an earlier version needs of Odoo and OCA."""
    manifests = [
        project.manifest(addons / name) for name in (project.PRODUCT, project.DEMO)
    ]
    ours = {path.parent.name for path in addons.glob("*/__manifest__.py")}
    depends = {name for manifest in manifests for name in manifest["depends"]}
    return sorted({*depends, project.LOCALIZATION} - ours)


class _Database:
    """A database whose facts are read."""

    def __init__(self, dbs: Databases, name: str) -> None:
        self.dbs, self.name = dbs, name

    def read(self, what: str) -> dict:
        """What a script inside Odoo writes down about it (`upgrade_facts.py`)."""
        file = project.logs() / f"upgrade-{os.getpid()}-{what}.json"
        log = file.with_suffix(".log")
        self.dbs.call(
            self.name, FACTS, "the database could not be read", log, str(file)
        )
        return json.loads(file.read_text(encoding="utf-8"))


class _Upgrade:
    """The way of one earlier version to today."""

    def __init__(
        self, dbs: Databases, version: OldVersion, template: str, fresh: dict
    ) -> None:
        self.dbs, self.template, self.fresh = dbs, template, fresh
        self.version = version
        self.short = version.commit[:7]
        self.name = f"waas_upgrade_{os.getpid()}_{self.short}"
        self.found: dict[str, Result] = {}

    def run(self, *, keep: bool) -> dict[str, Result]:
        try:
            self._go()
        except Problem as problem:
            self._note("goes through", [str(problem)])
        finally:
            if keep:
                say(f"kept: {self.name}")
            else:
                self.dbs.drop(self.name)
        return self.found

    def _go(self) -> None:
        self.dbs.clone(self.template, self.name)
        self.dbs.relax(self.name)
        old = _get_old(self.dbs, self.version.unpack())
        before = _Database(old, self.name).read(f"{self.short}-before")
        self._install("upgrade", upgrade=True)
        after = self._read("after")
        for what, problems in upgrade_checks.compare(before, after, self.fresh):
            self._note(what, problems)
        self._install("second upgrade", upgrade=True)
        again = self._read("again")
        self._note(
            "a second upgrade changes nothing",
            upgrade_checks.find_changes(after, again),
        )
        self._come_and_go()

    def _come_and_go(self) -> None:
        """Uninstall, install, upgrade."""
        log = self._get_log("uninstall")
        with step(f"{self.short}: uninstalling"):
            self.dbs.call(self.name, UNINSTALL, "it could not be uninstalled", log)
        left = self._read("uninstalled")
        self._note("nothing is left", upgrade_checks.find_left_over(left))
        self._install("installation", upgrade=False)
        self._install("upgrade after it", upgrade=True)
        again = self._read("installed")
        self._note("as fresh", upgrade_checks.compare_without_demo(again, self.fresh))

    def _install(self, what: str, *, upgrade: bool) -> None:
        log = self._get_log(what.replace(" ", "-"))
        with step(f"{self.short}: {what}", lambda: loading(log)):
            self.dbs.install(self.name, [project.PRODUCT], log, upgrade=upgrade)
        self._note(f"log of the {what}", upgrade_checks.find_complaints(log))

    def _get_log(self, what: str) -> Path:
        log = project.logs() / f"upgrade-{self.short}-{what}.log"
        log.unlink(missing_ok=True)
        return log

    def _read(self, what: str) -> dict:
        return _Database(self.dbs, self.name).read(f"{self.short}-{what}")

    def _note(self, what: str, problems: list[str]) -> None:
        outcome = FAILED if problems else PASSED
        name = f"upgrade from {self.short}: {what}"
        self.found[name] = Result(outcome, "\n".join(problems))
        say(f"{'✗' if problems else '✓'} {name}")
