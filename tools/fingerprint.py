"""Recognising change: hashes of our addons and of what they stand on."""

from __future__ import annotations

from pathlib import Path

from . import project
from .odoo import Odoo

NOT_INSTALLED = {
    ("tests",),
    ("static", "tests"),
    ("static", "description"),
    ("readme",),
}
"""Folders of an addon that leave no trace in a database."""

NOT_SOURCE = {".pyc", ".pot", ".orig", ".rej", ".swp"}


def _leaves_trace(file: Path, addon: Path) -> bool:
    parts = file.relative_to(addon).parts
    return not (
        file.suffix in NOT_SOURCE
        or any(part.startswith((".", "__pycache__")) for part in parts)
        or parts[:1] in NOT_INSTALLED
        or parts[:2] in NOT_INSTALLED
    )


def source(addon_names: list[str]) -> str:
    """A hash that changes when a database of these addons has to be upgraded."""
    parts: list[str | bytes] = []
    for name in addon_names:
        addon = project.addons() / name
        for file in sorted(path for path in addon.rglob("*") if path.is_file()):
            if _leaves_trace(file, addon):
                parts += [str(file.relative_to(project.addons())), file.read_bytes()]
    return project.short_hash(*parts)


def platform(odoo: Odoo) -> str:
    """A hash that changes when Odoo or a package it uses is another one."""
    requirements = (path.read_bytes() for path in project.REQUIREMENTS)
    return project.short_hash(odoo.version, *requirements)
