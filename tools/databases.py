"""Databases with their filestores: made, cloned, renamed, dropped, labelled.

A database carries a label: JSON in its comment. The label goes wherever the database
goes, and a database without one was not finished.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import cache, processes, project
from .console import Problem
from .workbench import INSIDE, Workbench


class Databases:
    """The databases of a server, together with the files Odoo keeps beside them."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench

    def sql(self, statement: str, database: str = "postgres") -> str:
        done = subprocess.run(
            [
                *(self.bench.connection.programs / "psql", "-X", "-q", "-At"),
                *("-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement),
            ],
            env=self.bench.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Problem(f"PostgreSQL refused: {statement}", done.stderr)
        return done.stdout.strip()

    def names(self, prefix: str) -> list[str]:
        """The databases whose names start so."""
        listed = self.sql("SELECT datname FROM pg_database ORDER BY datname")
        return [name for name in listed.splitlines() if name.startswith(prefix)]

    def exists(self, name: str) -> bool:
        return name in self.names(name)

    def label(self, name: str) -> dict:
        """What was noted about a database; empty where it is missing or unfinished."""
        text = self.sql(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            f"WHERE datname = '{name}'"
        )
        try:
            label = json.loads(text)
        except ValueError:
            return {}
        return label if isinstance(label, dict) else {}

    def set_label(self, name: str, label: dict) -> None:
        text = json.dumps(label).replace("'", "''")
        self.sql(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")

    def drop(self, name: str) -> None:
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cache.remove(self.bench.filestore / name)

    def has_files(self, name: str) -> bool:
        return (self.bench.filestore / name).exists()

    def clone(self, source: str, target: str) -> None:
        """Copy a database; the files are shared, as Odoo never rewrites one."""
        self.drop(target)
        self.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        files = self.bench.filestore / source
        if files.exists():
            shutil.copytree(files, self.bench.filestore / target, copy_function=os.link)

    def rename(self, source: str, target: str) -> None:
        """Give a finished database its name; the label tells that it is finished.

        The files move first: a database never lacks files it names.
        """
        files = self.bench.filestore / target
        cache.remove(files)
        if (self.bench.filestore / source).exists():
            (self.bench.filestore / source).rename(files)
        self.sql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')

    def relax(self, name: str) -> None:
        """Do not wait for the disk in a database that can be made anew, and do not
        compile queries that run once."""
        for setting in ("synchronous_commit", "jit"):
            self.sql(f'ALTER DATABASE "{name}" SET {setting} = off')

    def initialise(self, name: str, *, log: Path) -> None:
        """An Odoo database with nothing but a company, in the Netherlands.

        The country comes first, so that the company gets its chart of accounts the
        moment accounting is installed.
        """
        command = self.bench.command("db", "init", name, "--force")
        self._odoo(
            [*command, "--country", project.COUNTRY],
            "a new Odoo database could not be made",
            log,
        )

    def install(
        self,
        name: str,
        addons: Sequence[str],
        log: Path,
        *,
        upgrade: bool = False,
    ) -> None:
        """Install addons into a database, or upgrade them."""
        verb = "upgraded" if upgrade else "installed"
        words = ["--i18n-overwrite", "-u"] if upgrade else ["-i"]
        self._odoo(
            self.bench.command(
                *("server", "-d", name, *words, ",".join(addons)),
                *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
            ),
            f"{', '.join(addons)} could not be {verb}",
            log,
        )

    def call(self, name: str, script: str, what: str, log: Path, *words: str) -> None:
        """Let one of our scripts work in the environment of a database.

        :param words: what the script is told
        """
        file = INSIDE / script
        self._odoo(self.bench.script("call.py", name, file, *words), what, log)

    def _odoo(self, command: list[str], what: str, log: Path) -> None:
        # Nothing is lost by not waiting for the disk: what is cut short is redone.
        options = f"{os.environ.get('PGOPTIONS', '')} -c synchronous_commit=off"
        processes.run(
            command,
            what=what,
            log=log,
            env={**self.bench.environment, "PGOPTIONS": options.strip()},
            todo="correct what the log complains about, and start again.",
        )


def loading(log: Path) -> str:
    """How far Odoo is with loading its modules, out of its log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4000))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    for line in reversed(lines):
        _, found, what = line.partition("odoo.modules.loading: Loading module ")
        if found:
            return what.strip()
    return ""
