"""Programs of the machine itself that tests and documents need: browser, PDF."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian, processes, venv
from .console import Problem, warn

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
"""The names under which Odoo looks for a browser."""

SHELL = "chromium-headless-shell"
"""Chromium without what draws its windows, which nobody sees: a sixth less work."""

BROWSER_PACKAGES = [SHELL]
PDF_LIBRARIES = ["libxrender1", "libfontconfig1", "libxext6", "libx11-6"]


@dataclass(frozen=True)
class Machine:
    """What is missing, as a reason for skipping; empty where nothing is."""

    no_browser: str = ""
    no_pdf: str = ""


def prepare(environment: Path, *, browser: bool) -> Machine:
    """See to the browser and the PDF program; install what is missing if we may."""
    missing: list[str] = []
    if browser and not _has_browser(environment):
        missing += BROWSER_PACKAGES
    if not _link_wkhtmltopdf(environment):
        missing += PDF_LIBRARIES
    if missing and debian.is_root() and debian.available():
        try:
            debian.install(missing, "what browser tests and PDF documents need")
        except Problem as problem:
            warn(str(problem))
    return Machine(
        no_browser=_browser_gap(environment) if browser else "",
        no_pdf="" if _link_wkhtmltopdf(environment) else _pdf_gap(),
    )


def _has_browser(environment: Path) -> bool:
    return _link_shell(environment) or any(shutil.which(name) for name in BROWSERS)


def _link_shell(environment: Path) -> bool:
    """Offer it under the name that Odoo looks for first."""
    link = environment / venv.PROGRAMS / BROWSERS[0]
    program = shutil.which(SHELL)
    if not program:
        link.unlink(missing_ok=True)
        return False
    if not link.is_symlink():
        link.symlink_to(program)
    return True


def _browser_gap(environment: Path) -> str:
    if _has_browser(environment):
        return ""
    gap = f"no browser (install the package {BROWSER_PACKAGES[0]})"
    warn(f"BROWSER TESTS WILL BE SKIPPED: {gap}")
    return gap


def _pdf_gap() -> str:
    gap = f"wkhtmltopdf does not start (install {' '.join(PDF_LIBRARIES)})"
    warn(f"PDF DOCUMENTS ARE NOT AVAILABLE: {gap}")
    return gap


def _link_wkhtmltopdf(environment: Path) -> bool:
    """Offer a wkhtmltopdf with patched Qt, the only kind that prints page headers.

    The machine's own goes first if it is of that kind: it may be a newer one.
    """
    link = environment / venv.PROGRAMS / "wkhtmltopdf"
    if _patched(shutil.which("wkhtmltopdf")):
        link.unlink(missing_ok=True)
        return True
    packed = environment / "bin" / "wkhtmltopdf-pack"
    if not _patched(packed):
        return False
    if not link.is_symlink():
        link.symlink_to(packed)
    return True


def _patched(program: str | Path | None) -> bool:
    if not program:
        return False
    return "with patched qt" in (processes.output([program, "--version"]) or "")
