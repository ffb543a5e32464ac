"""Everything the other commands stand on: Odoo, Python, PostgreSQL, ready to use."""

from __future__ import annotations

import configparser
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import machine, odoo, postgres, project, venv
from .odoo import Odoo

INSIDE = Path(__file__).with_name("inside")
"""Scripts that run in Odoo's Python."""


@dataclass(frozen=True)
class Workbench:
    odoo: Odoo
    venv: Path
    machine: machine.Machine
    connection: postgres.Connection
    config: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment for programs: ours are found first, Odoo's path is told."""
        path = [self.venv / venv.PROGRAMS, self.venv / "bin", os.environ["PATH"]]
        return {
            **self.connection.environment,
            "PATH": os.pathsep.join(map(str, path)),
            "WAAS_ODOO_PATH": str(self.odoo.path),
            "ODOO_RC": str(self.config),
            "PYTHONUNBUFFERED": "1",
        }

    def script(self, name: str, *words: str | Path) -> list[str]:
        """The command line of one of our scripts for Odoo's Python."""
        return [str(venv.python(self.venv)), str(INSIDE / name), *map(str, words)]

    def command(self, subcommand: str, *words: str | Path) -> list[str]:
        """The command line of Odoo itself."""
        return self.script("start.py", subcommand, *words)

    @property
    def filestore(self) -> Path:
        return data_folder() / "filestore"


def data_folder() -> Path:
    return project.state() / "data"


@contextmanager
def ready(*, browser: bool = False) -> Iterator[Workbench]:
    """Fetch, make and start what is missing; stop at the end what was started."""
    found = odoo.find()
    environment = venv.find()
    equipped = machine.prepare(environment, browser=browser)
    with postgres.connection(environment) as connection:
        yield Workbench(found, environment, equipped, connection, write_config())


def write_config(addons: Path | None = None) -> Path:
    """The checkout's odoo.conf, completed by what only this machine knows.

    :param addons: a folder that takes the place of our addons
    """
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(project.ROOT / "odoo.conf", encoding="utf-8")
    options = parser["options"]
    options["addons_path"] = ",".join(
        str(_addons_folder(entry, addons or project.addons()))
        for entry in options["addons_path"].split(",")
    )
    options["data_dir"] = str(data_folder())
    text = io.StringIO("# Written by ./waas from odoo.conf; edit that one.\n")
    text.seek(0, os.SEEK_END)
    parser.write(text)
    target = (addons.parent if addons else project.state()) / "odoo.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    # Others may be reading it at this moment: they see the old or the new one.
    aside = target.with_name(f"odoo.conf.{os.getpid()}")
    aside.write_text(text.getvalue(), encoding="utf-8")
    aside.replace(target)
    return target


def _addons_folder(entry: str, addons: Path) -> Path:
    folder = (project.ROOT / entry.strip()).resolve()
    return addons if folder == project.ROOT / "addons" else folder
