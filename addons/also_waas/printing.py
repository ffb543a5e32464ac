"""Documents contain everything that they need, and printing always ends.

The PDF program would request styles and fonts of a document from this server. When all
workers print at the same moment, no worker is left to answer: each waits for the
others. A document that contains its styles needs no request.
"""

import base64
import logging
import re
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from odoo.tools import file_open

_logger = logging.getLogger(__name__)

PROGRAM = "wkhtmltopdf"
# Bundles that a document links to (web.minimal_layout).
BUNDLES = ("web.report_assets_common", "web.report_assets_pdf")
LINK = re.compile(r"<link[^>]*href=\"([^\"]+)\"[^>]*>")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
BRACKETS = re.compile(r"\([^()]*\)")  # of :not() and the like
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
WORD = re.compile(r"[\w-]+")
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FAMILY = re.compile(r"font-family:\s*['\"]?([^;'\"]+)")
FONT_FILE = re.compile(
    r"url\([\"']?/(web/static/fonts/[\w./-]+\.(?:woff|ttf|otf))[^)]*\)"
)


# === STYLES ===#


def get_styles(env, font):
    """Compile the styles of documents.

    :param str font: the font family of the company's documents
    :return: dict path -> style sheet
    """
    styles = {}
    for name in BUNDLES:
        bundle = env["ir.qweb"]._get_asset_bundle(name, js=False, autoprefix=True)
        style = COMMENT.sub("", (bundle.css().raw or b"").decode())
        styles[bundle.get_link("css")] = FONT_FACE.sub(
            lambda face: _embed_font(face[0], font), style
        )
    return styles


def inline(html, styles):
    """Replace links to style sheets by their content: only the rules that the document
    uses, because the PDF program reads them again for every page.

    :param styles: see :func:`get_styles`; other links stay
    """
    html = str(html or "")
    words = set(WORD.findall(html))

    def keep_used(rule):
        used = any(
            words.issuperset(CLASS.findall(selector))
            for selector in BRACKETS.sub("", rule[1]).split(",")
        )
        return rule[0] if used else ""

    def replace(link):
        if link[1] not in styles:
            return link[0]
        return f"<style>{RULE.sub(keep_used, styles[link[1]])}</style>"

    return LINK.sub(replace, html)


def _embed_font(face, font):
    """The company's font with its file embedded; other fonts are left out."""
    family, file = FAMILY.search(face), FONT_FILE.search(face)
    if not family or family[1].strip() != font or not file:
        return ""
    try:
        with file_open(file[1], "rb") as content:
            data = base64.b64encode(content.read()).decode()
    except FileNotFoundError:
        return ""
    kind = Path(file[1]).suffix.removeprefix(".")
    rest = re.sub(r"src:[^;}]*;?", "", face).rstrip("}").rstrip().rstrip(";")
    return f"{rest};src:url('data:font/{kind};base64,{data}');}}"


# === TIME LIMIT ===#


def is_pdf(content):
    """Whether the content is a complete document."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]


@contextmanager
def time_limit(seconds):
    """Terminate PDF programs that this process started and that run for longer: a
    hanging one would block its worker, and keep its locks, for ever.

    :return: a list, to which each terminated program is added
    """
    ended = []
    done = threading.Event()

    def watch():
        # Counted, not read from a clock, so that setting the clock has no effect.
        step = min(1.0, seconds / 2)
        ages = {}
        while not done.wait(step):
            programs = {
                child: family
                for child in psutil.Process().children()
                if (family := _get_printing_family(child))
            }
            ages = {program: ages.get(program, 0.0) + step for program in programs}
            for program, age in ages.items():
                if age > seconds:
                    _logger.warning("%s ended after %s s", PROGRAM, seconds)
                    ended.append(program)
                    _kill(programs[program])

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield ended
    finally:
        done.set()
        watcher.join()


def _get_printing_family(process):
    """A process and its children, if one of them prints: a script may start the
    program."""
    try:
        family = [process, *process.children(recursive=True)]
        prints = any(member.name().startswith(PROGRAM) for member in family)
    except psutil.NoSuchProcess:
        return []
    return family if prints else []


def _kill(processes):
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
