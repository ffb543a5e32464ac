"""`./waas test upgrade`: databases of earlier versions, brought to today's.

An earlier version of our addons is taken out of git and installed with its demo; a
script adds ordinary business beside it. A clone of that is upgraded and compared with a
fresh installation. Each comparison counts as one test.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from . import project, workbench
from .console import step
from .databases import Databases, loading
from .history import OldVersion
from .templates import Templates

VERSIONS = (
    OldVersion("b73b633d51d7a07314f05c6ed2e0abd50a8d467a", "contracts, invoicing"),
    OldVersion("2cdce52977b20bd1bc6b60fae560bd0a7099a810", "all chapters, stage 5"),
)


def find_old(dbs: Databases, templates: Templates, version: OldVersion) -> str:
    """A template with the demo of an earlier version."""
    addons = version.unpack()
    config = workbench.write_config(addons)
    old = Databases(dataclasses.replace(dbs.bench, config=config))

    def fill(name: str, log: Path) -> None:
        with step(f"Installing the demo of {version.commit[:7]}", lambda: loading(log)):
            old.install(name, [project.DEMO], log)

    return templates.find_on_base(version.commit, _get_depends(addons), fill)


def find_fresh(templates: Templates) -> str:
    """A template with the demo of today."""
    return templates.find([project.DEMO])


def _get_depends(addons: Path) -> list[str]:
    """What the demo of an earlier version needs of Odoo and OCA."""
    manifests = [
        project.manifest(addons / name) for name in (project.PRODUCT, project.DEMO)
    ]
    ours = {path.parent.name for path in addons.glob("*/__manifest__.py")}
    depends = {name for manifest in manifests for name in manifest["depends"]}
    return sorted({*depends, project.LOCALIZATION} - ours)
