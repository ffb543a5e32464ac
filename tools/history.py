"""Versions of our addons that were, taken out of git."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import cache, project


@dataclass(frozen=True)
class OldVersion:
    """Our addons as they were.

    :param commit: where they are in git
    :param about: what this version could do, for the person who reads the result
    """

    commit: str
    about: str

    def is_known(self) -> bool:
        """Whether git has it: a shallow clone does not."""
        words = ["cat-file", "-e", f"{self.commit}^{{commit}}"]
        return _git(*words, check=False).returncode == 0

    def unpack(self) -> Path:
        """The folder with its addons, as a checkout of that day had it."""
        folder = project.cache() / "history" / self.commit
        return cache.build_once(folder, self._fill, why="unpacking") / "addons"

    def _fill(self, folder: Path) -> str:
        with tempfile.TemporaryFile() as archive:
            _git("archive", self.commit, "addons", stdout=archive)
            archive.seek(0)
            with tarfile.open(fileobj=archive) as tar:
                tar.extractall(folder, filter="data")
        return self.about


def _git(*words: str, check: bool = True, **more) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["git", "-C", str(project.ROOT), *words],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=check,
        **more,
    )
