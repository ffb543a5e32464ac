"""Names and places: what this checkout is, and where its things are kept."""

from __future__ import annotations

import ast
import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""

PRODUCT = "also_waas"
"""The addon this project is about; further addons of ours build upon it."""

DEMO = "also_waas_demo"
"""The addon that tells the demo story; its data is loaded when it is installed."""

LOCALIZATION = "l10n_nl"
"""Chart of accounts of the demo company and of the tests (no dependency of ours)."""

COUNTRY = "NL"

DATABASE = os.environ.get("WAAS_DB", "waas")
"""The database that `./waas run` serves."""

ODOO_SERIES = "19.0"

REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")


def _folder(variable: str, default: Path) -> Path:
    return Path(os.environ.get(variable) or default).expanduser().resolve()


def cache() -> Path:
    """What checkouts share: downloads, Odoo, virtual environments."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return _folder("WAAS_CACHE", base / PRODUCT)


def state() -> Path:
    """What belongs to this checkout alone: databases, filestore, logs."""
    return _folder("WAAS_STATE", ROOT / ".waas")


def addons() -> Path:
    """Our addons; WAAS_ADDONS lets the tools be tried on other ones."""
    return _folder("WAAS_ADDONS", ROOT / "addons")


def logs() -> Path:
    folder = state() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def short_hash(*parts: str | bytes) -> str:
    """A short name for content: same parts, same name."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:12]


def manifest(addon: Path) -> dict:
    """The addon's manifest, read without running it."""
    return ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))


def own_addons() -> list[str]:
    """The installable addons of this checkout, the product first."""
    found = [
        path.parent.name
        for path in addons().glob("*/__manifest__.py")
        if manifest(path.parent).get("installable", True)
    ]
    return sorted(found, key=lambda name: (name != PRODUCT, name))


def with_own_depends(names: list[str]) -> list[str]:
    """These addons of ours after those of ours on which they stand."""
    ours, found = set(own_addons()), []

    def add(name: str) -> None:
        if name in ours and name not in found:
            for depend in manifest(addons() / name).get("depends", []):
                add(depend)
            found.append(name)

    for name in names:
        add(name)
    return found


def foreign_depends(names: list[str]) -> list[str]:
    """What the named addons of ours need that is not ours (Odoo's, OCA's)."""
    ours = set(own_addons())
    depends: set[str] = set()
    for name in with_own_depends(names):
        depends.update(manifest(addons() / name).get("depends", ["base"]))
    return sorted(depends - ours)
