"""Odoo itself: the user's own, or Debian's package unpacked into the cache."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import cache, console, debian, processes, project
from .console import Problem, step

OWN_VARIABLE = "WAAS_ODOO"

ODOO_PACKAGE = "odoo-19"

# Odoo's package links its fonts and a few scripts to these.
LINKED_FROM_SID = [
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
# Odoo's icons have the names of Font Awesome 4.7, which sid has replaced by 7.
LINKED_FROM_OWN_SUITE = ["fonts-font-awesome", "fonts-inconsolata"]

SELFIE_PACKAGE = "@mediapipe/selfie_segmentation@0.1.1675465747"
SELFIE_FILE = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
SELFIE_STUB = """\
/* Empty on purpose: Debian's Odoo leaves this library (blurred backgrounds in video
   calls) out, and without npm it could not be fetched. The web client reports an
   error on every page when the file is missing. */
"""

PACKAGES_IN_ROOT = Path("usr/lib/python3/dist-packages")


@dataclass(frozen=True)
class Odoo:
    """An Odoo to work with.

    :param path: the folder in which Python finds the package `odoo`
    :param version: tells one Odoo from another in hashes and messages
    """

    path: Path
    version: str


def find() -> Odoo:
    """The user's own Odoo if one is named, else Debian's out of the cache."""
    own = os.environ.get(OWN_VARIABLE)
    return _own(Path(own).expanduser().resolve()) if own else _from_debian()


def _own(place: Path) -> Odoo:
    """The Odoo the user named: a checkout, a program in one, or an installed one."""
    base = place if place.is_dir() else place.parent
    for path in (
        base,
        base / PACKAGES_IN_ROOT,
        base.parent,
        base.parent.parent / PACKAGES_IN_ROOT,
    ):
        if (path / "odoo/release.py").is_file():
            break
    else:
        raise Problem(
            f"{OWN_VARIABLE} names no Odoo: {place}",
            "There is no odoo/release.py in or beside it.",
            f"let {OWN_VARIABLE} name the folder of an Odoo 19 source checkout (the "
            "one with odoo-bin), or the folder in which an installed Odoo 19 has its "
            "package `odoo`.",
        )
    release = (path / "odoo/release.py").read_text(encoding="utf-8")
    found = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", release, re.MULTILINE)
    series = ".".join(found.groups()) if found else "unknown"
    if series != project.ODOO_SERIES:
        raise Problem(
            f"{OWN_VARIABLE} names an Odoo {series}: {path}",
            f"This project needs Odoo {project.ODOO_SERIES}.",
            f"let {OWN_VARIABLE} name another one.",
        )
    return Odoo(path, f"{series} in {path}")


def _from_debian() -> Odoo:
    recipe = [ODOO_PACKAGE, *LINKED_FROM_SID, *LINKED_FROM_OWN_SUITE, SELFIE_PACKAGE]
    root = project.cache() / "odoo" / project.short_hash(*recipe)
    if not cache.is_complete(root) and not debian.available():
        raise Problem(
            "Odoo 19 cannot be fetched on this machine",
            "It comes from Debian's archive, and apt-get or dpkg-deb is missing here.",
            f"let the variable {OWN_VARIABLE} name the folder of an Odoo 19 source "
            "checkout (the one with odoo-bin).",
        )
    cache.build_once(root, _build_root, why="fetching Odoo")
    return Odoo(root / PACKAGES_IN_ROOT, cache.description(root))


def _build_root(root: Path) -> str:
    packages = project.cache() / "debs"
    log = project.logs() / "fetch-odoo.log"
    with step(f"Fetching Odoo 19 (package {ODOO_PACKAGE}, 120 MB) and its fonts"):
        files = [
            *debian.Archive("sid").download([ODOO_PACKAGE, *LINKED_FROM_SID], packages),
            *debian.Archive(None).download(LINKED_FROM_OWN_SUITE, packages),
        ]
    with step("Unpacking Odoo 19"):
        for file in files:
            debian.unpack(file, root, log)
    with step("Adding the file that Debian's package leaves out"):
        _add_selfie_segmentation(root / PACKAGES_IN_ROOT / SELFIE_FILE, log)
    if dangling := _dangling_links(root):
        names = ", ".join(str(link.relative_to(root)) for link in dangling[:5])
        console.warn(f"{len(dangling)} files of Odoo's package lead nowhere: {names} …")
    description = f"{ODOO_PACKAGE} {debian.version(files[0])}"
    console.say(f"  Odoo: {description}")
    return description


def _dangling_links(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_symlink() and not path.exists()]


def _add_selfie_segmentation(target: Path, log: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.parent / "npm"
    aside.mkdir(exist_ok=True)
    if shutil.which("npm") and _npm_pack(aside, log):
        (aside / "package" / target.name).rename(target)
    else:
        target.write_text(SELFIE_STUB, encoding="utf-8")
    cache.remove(aside)


def _npm_pack(folder: Path, log: Path) -> bool:
    status = processes.run_status(
        ["npm", "pack", "--silent", SELFIE_PACKAGE], log=log, cwd=folder
    )
    archive = next(folder.glob("*.tgz"), None)
    if status or not archive:
        return False
    member = f"package/{Path(SELFIE_FILE).name}"
    return not processes.run_status(
        ["tar", "-xzf", archive, member], log=log, cwd=folder
    )
