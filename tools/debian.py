"""Debian packages: fetched into the cache without root, or installed with it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import cache, console, processes, project
from .console import Problem, step

MIRROR_VARIABLE = "WAAS_DEBIAN_MIRROR"

LIGHT_UPDATE = (
    "Acquire::Languages=none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
    "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false",
    # The sandbox user cannot read private folders; the signature is still checked.
    "APT::Sandbox::User=root",
)

_KEYRING_FOLDER = Path("/usr/share/keyrings")


def _options(settings: list[str]) -> list[str]:
    return [word for setting in settings for word in ("-o", setting)]


class Archive:
    """A private view of Debian's archive; the machine's own apt set-up stays as it is.

    :param suite: a suite such as `sid`, or None for what the machine itself uses
    """

    def __init__(self, suite: str | None) -> None:
        self.suite = suite
        self.folder = project.cache() / "apt" / (suite or "own")
        self.log = self.folder / "apt.log"
        self._settings: list[str] = []

    def download(self, names: list[str], target: Path) -> list[Path]:
        """Fetch packages that are not in the folder yet; return the package files."""
        target.mkdir(parents=True, exist_ok=True)
        missing = [name for name in names if not kept(name, target)]
        if missing:
            with cache.lock(self.folder / "lock", why="downloading"):
                self._update()
                self._fetch(missing, target)
        return [_file(name, target) for name in names]

    def _update(self) -> None:
        if self._settings:
            return
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        private = [
            *LIGHT_UPDATE,
            f"Dir::State::Lists={self.folder}/lists",
            f"Dir::Cache={self.folder}/cache",
        ]
        if not self.suite:
            self._apt_update(private)
            self._settings = private
            return
        private += [
            f"Dir::Etc::SourceList={self.folder}/sources.list",
            "Dir::Etc::SourceParts=/dev/null",
        ]
        for site in _sites():
            (self.folder / "sources.list").write_text(
                f"deb [signed-by={_keyring()}] {site} {self.suite} main\n"
            )
            try:
                self._apt_update(private)
            except Problem as problem:
                last = problem
                continue
            self._settings = private
            return
        raise last

    def _apt_update(self, settings: list[str]) -> None:
        processes.run(
            [
                "apt-get",
                *_options([*settings, "APT::Update::Error-Mode=any"]),
                "update",
            ],
            what=f"Debian's package list ({self.suite or 'own suite'}) was not fetched",
            log=self.log,
            todo="look whether this machine reaches a Debian mirror; if the mirror "
            f"of its apt set-up has no {self.suite or 'such suite'}, name another in "
            f"{MIRROR_VARIABLE}. Or bring your own Odoo 19 and name it in WAAS_ODOO.",
        )

    def _fetch(self, names: list[str], target: Path) -> None:
        aside = target / f".fetching-{os.getpid()}"
        cache.remove(aside)
        aside.mkdir()
        try:
            processes.run(
                ["apt-get", *_options(self._settings), "download", *names],
                what=f"these packages could not be downloaded: {' '.join(names)}",
                log=self.log,
                todo="if Debian no longer offers one of them, bring your own Odoo 19 "
                "(a source checkout or an installed one) and name it in WAAS_ODOO.",
                cwd=aside,
            )
            for file in aside.glob("*.deb"):
                cache.record_checksum(file.rename(target / file.name))
        finally:
            cache.remove(aside)


def kept(name: str, folder: Path) -> bool:
    """Whether a package was downloaded before and is still unharmed.

    The first version fetched is the one that stays: nothing changes under a
    developer's hands until the cache is cleaned.
    """
    for file in folder.glob(f"{name}_*.deb"):
        if cache.verified(file):
            return True
        console.warn(f"{file.name} in the cache is damaged; it is fetched again")
        file.unlink()
    return False


def _file(name: str, folder: Path) -> Path:
    try:
        return next(folder.glob(f"{name}_*.deb"))
    except StopIteration:
        raise Problem(f"apt-get downloaded no package {name}") from None


def version(package: Path) -> str:
    """The version in a package's file name."""
    return package.name.split("_")[1].replace("%3a", ":")


def unpack(package: Path, root: Path, log: Path) -> None:
    processes.run(
        ["dpkg-deb", "-x", package, root],
        what=f"{package.name} could not be unpacked",
        log=log,
        todo="look whether the disk is full; `./waas clean --cache` starts over.",
    )


def available() -> bool:
    """Whether this machine has Debian's package programs."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def _sites() -> list[str]:
    """The mirrors this machine's apt set-up names, or the one the user names."""
    if chosen := os.environ.get(MIRROR_VARIABLE):
        return [chosen]
    listed = processes.output(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"]
    )
    sites = dict.fromkeys((listed or "").split())
    # Security updates live on a site of their own, which carries no whole suite.
    plain = [site for site in sites if "security" not in site]
    if not plain:
        raise Problem(
            "this machine's apt set-up names no mirror",
            "`apt-get indextargets` lists no package source.",
            f"name a Debian mirror in {MIRROR_VARIABLE}, or your own Odoo 19 in "
            "WAAS_ODOO.",
        )
    return plain


def _keyring() -> Path:
    for ending in ("gpg", "pgp"):
        path = _KEYRING_FOLDER / f"debian-archive-keyring.{ending}"
        if path.exists():
            return path
    raise Problem(
        "Debian's archive keyring is not on this machine",
        f"{_KEYRING_FOLDER}/debian-archive-keyring.gpg does not exist, so no package "
        "could be trusted.",
        "install the package debian-archive-keyring, or name your own Odoo 19 in "
        "WAAS_ODOO.",
    )


def is_root() -> bool:
    return os.geteuid() == 0


def install(packages: list[str], purpose: str) -> None:
    """Install packages on the machine itself; needs root."""
    log = project.logs() / "apt-install.log"
    apt = ["apt-get", *_options(["DPkg::Lock::Timeout=300"])]
    order = [*apt, "install", "-y", "--no-install-recommends", *packages]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Installing {purpose}: {' '.join(packages)}"):
        # The machine's package list may be good enough: it is only renewed if not.
        if processes.run_status(order, log=log, env=env):
            processes.run_status([*apt, "update"], log=log, env=env)
            processes.run(
                order,
                what=f"{purpose} could not be installed",
                log=log,
                env=env,
                todo=f"try `apt-get install {' '.join(packages)}` by hand.",
            )
