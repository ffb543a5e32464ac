"""Sharing files between processes: locks, and things that are built once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import console

COMPLETE = ".waas-complete"
"""The file whose presence says that a folder was built to its end."""


class Busy(Exception):
    """Another process holds the lock."""


@contextmanager
def lock(
    path: Path, *, shared: bool = False, wait: bool = True, why: str = ""
) -> Iterator[None]:
    """Hold a lock that the kernel takes back when we die, however we die.

    :param why: what the other one is probably doing, for the person who waits
    :raise Busy: if somebody else holds it and `wait` is false
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _acquire(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, wait, why)
        if not shared:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, mode: int, wait: bool, why: str) -> None:
    # Most locks are held for a moment only; that is not worth a word.
    for _ in range(10 if wait else 1):
        try:
            return fcntl.flock(handle, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise Busy from None
            time.sleep(0.1)
    holder = os.pread(handle, 20, 0).decode(errors="replace") or "?"
    reason = f", which is {why}" if why else ""
    console.say(f"… waiting for another waas (process {holder}{reason})")
    fcntl.flock(handle, mode)


def is_locked(path: Path) -> bool:
    """Whether anybody holds the lock."""
    if not path.exists():
        return False
    try:
        with lock(path, wait=False):
            return False
    except Busy:
        return True


def is_complete(folder: Path) -> bool:
    return (folder / COMPLETE).exists()


def build_once(folder: Path, build: Callable[[Path], str], *, why: str) -> Path:
    """Build a folder of the cache, once for all processes and checkouts.

    The folder gets its mark at the very end, so one whose building was cut short
    is recognised by the missing mark, thrown away and built anew. (Building aside
    and renaming would not do: a virtual environment cannot be moved.)

    :param build: fills the empty folder; returns a line saying what is in it
    """
    if is_complete(folder):
        return folder
    with lock(folder.parent / f"{folder.name}.lock", why=why):
        if not is_complete(folder):
            remove(folder)
            folder.mkdir(parents=True)
            (folder / COMPLETE).write_text(build(folder) + "\n", encoding="utf-8")
    return folder


def description(folder: Path) -> str:
    """What the builder of a complete folder said about it."""
    return (folder / COMPLETE).read_text(encoding="utf-8").strip()


def remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _record(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def record_checksum(path: Path) -> None:
    """Note the content of a fresh download, whose signature was checked, beside it."""
    _record(path).write_text(sha256(path) + "\n", encoding="utf-8")


def verified(path: Path) -> bool:
    """Whether a kept download is still what was downloaded."""
    record = _record(path)
    return (
        path.is_file()
        and record.is_file()
        and record.read_text(encoding="utf-8").strip() == sha256(path)
    )
