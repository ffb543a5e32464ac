"""`./waas lint`: check the code; `--fix` corrects what a machine can correct."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import time
import xml.parsers.expat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import cache, processes, project, venv
from .console import say, step, warn

PRETTY = {".css", ".js", ".json", ".mjs", ".scss", ".xml", ".yaml", ".yml"}
"""Endings of the files that prettier formats."""

OCA_TASTE = (
    "prefer-readme-rst",
    "weblate-component-too-long",
    "xml-field-numeric-without-eval",
    "xml-header-wrong",
    "xml-tag-position",
)
"""Checks of oca-checks-odoo-module that OCA's own addons and prettier do not follow."""

NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


@dataclass(frozen=True)
class Check:
    """One linter.

    :param run: returns what is wrong, in words; nothing if all is well
    """

    name: str
    run: Callable[[], str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fix", action="store_true", help="correct what can be")


def main(args: argparse.Namespace) -> int:
    environment = venv.find()
    modules = _node_modules()
    failed = []
    for check in [*_python_checks(environment, args.fix), *_text_checks(modules, args)]:
        started = time.monotonic()
        complaint = check.run().strip()
        sign = "✗" if complaint else "✓"
        say(f"{sign} {check.name} ({time.monotonic() - started:.1f} s)")
        if complaint:
            failed.append(check.name)
            say("    " + complaint.replace("\n", "\n    "))
    if not modules:
        warn("SKIPPED: prettier and eslint, as there is no npm on this machine")
    if failed:
        say(f"\nnot clean: {', '.join(failed)}")
        say("`./waas lint --fix` corrects what a machine can correct.")
        return 1
    say("\nclean")
    return 0


def _python_checks(environment: Path, fix: bool) -> Iterator[Check]:
    programs = environment / "bin"
    sources = _existing("waas", "tools", "addons", "benchmarks")
    addons = [project.ROOT / "addons" / name for name in _addon_names()]
    yield _command(
        "ruff check", programs / "ruff", "check", *_if(fix, "--fix"), sources
    )
    yield _command(
        "ruff format", programs / "ruff", "format", *_if(not fix, "--diff"), sources
    )
    if addons:
        yield _command("pylint-odoo", programs / "pylint", addons)
        yield _command(
            "oca-checks-odoo-module",
            programs / "oca-checks-odoo-module",
            f"--disable={','.join(OCA_TASTE)}",
            *_if(fix, "--fix"),
            addons,
        )
    if catalogues := list(_files("addons", {".po", ".pot"})):
        yield _command(
            "oca-checks-po", programs / "oca-checks-po", *_if(fix, "--fix"), catalogues
        )


def _text_checks(modules: Path | None, args: argparse.Namespace) -> Iterator[Check]:
    yield Check("XML is well-formed", _malformed_xml)
    yield Check("files end in one newline, lines in no blanks", _untidy_lines)
    if not modules:
        return
    programs = modules / ".bin"
    pretty = [*_files("addons", PRETTY), *_existing("eslint.config.mjs", ".prettierrc")]
    yield _command(
        "prettier",
        programs / "prettier",
        "--write" if args.fix else "--check",
        "--log-level=warn",
        pretty,
    )
    if scripts := [*_files("addons", {".js", ".mjs"}), *_existing("eslint.config.mjs")]:
        yield _command(
            "eslint",
            programs / "eslint",
            "--max-warnings=0",
            "--no-warn-ignored",
            *_if(args.fix, "--fix"),
            scripts,
        )


def _if(condition: bool, *words: str) -> tuple[str, ...]:
    return words if condition else ()


def _command(name: str, *words: str | Path | Iterable[Path]) -> Check:
    """A check that is a program; lists of files are spread out."""
    command: list[str] = []
    for word in words:
        if isinstance(word, (str, os.PathLike)):
            command.append(os.fspath(word))
        else:
            command += [str(path.relative_to(project.ROOT)) for path in word]

    def run() -> str:
        done = subprocess.run(
            command,
            cwd=project.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return (done.stdout or f"status {done.returncode}") if done.returncode else ""

    return Check(name, run)


def _existing(*names: str) -> list[Path]:
    return [path for name in names if (path := project.ROOT / name).exists()]


def _addon_names() -> list[str]:
    manifests = (project.ROOT / "addons").glob("*/__manifest__.py")
    return sorted(manifest.parent.name for manifest in manifests)


def _files(folder: str, endings: set[str]) -> Iterator[Path]:
    for path in sorted((project.ROOT / folder).rglob("*")):
        if path.suffix in endings and path.is_file():
            yield path


def _malformed_xml() -> str:
    complaints = []
    for file in _files("addons", {".xml", ".svg"}):
        parser = xml.parsers.expat.ParserCreate()
        try:
            parser.Parse(file.read_bytes(), True)
        except xml.parsers.expat.ExpatError as error:
            complaints.append(f"{file.relative_to(project.ROOT)}: {error}")
    return "\n".join(complaints)


def _untidy_lines() -> str:
    """The two things that no other linter sees to in plain text files."""
    complaints = []
    texts = {".csv", ".conf", ".txt", ".toml", ".json", ".scss", ".xml", ".cfg"}
    for file in [*_files("addons", texts), *_existing("requirements.txt", "odoo.conf")]:
        text = file.read_text(encoding="utf-8")
        name = file.relative_to(project.ROOT)
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            complaints.append(f"{name}: does not end in exactly one newline")
        for number, line in enumerate(text.splitlines(), 1):
            if line != line.rstrip():
                complaints.append(f"{name}:{number}: blanks at the end of the line")
    return "\n".join(complaints)


def _node_modules() -> Path | None:
    """The linters from npm: the checkout's own, or those of the cache, linked.

    A link in the checkout is where the linters' settings, and editors, look for them.
    """
    place = project.ROOT / "node_modules"
    if place.is_dir() and not place.is_symlink():
        return place
    if not shutil.which("npm"):
        return None
    files = [project.ROOT / name for name in NPM_FILES]
    key = project.short_hash(*(file.read_bytes() for file in files))
    folder = cache.build_once(
        project.cache() / "npm" / key,
        lambda target: _npm_install(files, target),
        why="installing linters",
    )
    if place.is_symlink():
        place.unlink()
    place.symlink_to(folder / "node_modules")
    return place


def _npm_install(files: list[Path], folder: Path) -> str:
    for file in files:
        shutil.copy(file, folder)
    log = project.logs() / "npm.log"
    with step("Installing prettier and eslint"):
        processes.run(
            ["npm", "ci", "--no-progress"],
            what="the linters from npm could not be installed",
            log=log,
            cwd=folder,
            todo="look whether this machine reaches its npm registry.",
        )
    return "prettier and eslint"
