"""Agreements are frozen as PDF while the story is told, and a frozen PDF stays as it
is. No server answers while an addon is installed, so what a document needs is put into
it (models/ir_actions_report.py)."""

import base64
import re
from contextlib import contextmanager

from odoo.tools import file_open

# What a document links to (web.minimal_layout).
BUNDLES = ("web.report_assets_common", "web.report_assets_pdf")
LINK = re.compile(r"<link[^>]*href=\"([^\"]+)\"[^>]*>")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
BRACKETS = re.compile(r"\([^()]*\)")  # of :not() and the like
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
WORD = re.compile(r"[\w-]+")
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
# The company's font (story/company.py), in the weights that documents use.
FONT = re.compile(
    r"font-family: 'Lato';.*/(lato/Lato-(?:Reg|RegIta|Bol)-webfont\.woff)\"\).*"
    r"(font-weight: \d+; font-style: \w+;)",
    re.DOTALL,
)


@contextmanager
def no_waiting(env):
    """Print at once: nothing is fetched, so Odoo's second of patience for each page is
    not needed."""
    parameters = env["ir.config_parameter"]
    former = parameters.get_param("report.print_delay")
    parameters.set_param("report.print_delay", "1")
    try:
        yield
    finally:
        parameters.set_param("report.print_delay", former)


def get_styles(env):
    """Compile the styles of documents.

    :return: dict path -> style sheet
    """
    styles = {}
    for name in BUNDLES:
        bundle = env["ir.qweb"]._get_asset_bundle(name, js=False, autoprefix=True)
        style = COMMENT.sub("", (bundle.css().raw or b"").decode())
        styles[bundle.get_link("css")] = FONT_FACE.sub(_embed_font, style)
    return styles


def inline(html, styles):
    """Put style sheets in the place of the links to them: the rules that the document
    uses, because wkhtmltopdf reads them anew for every page."""
    html = str(html or "")
    words = set(WORD.findall(html))

    def keep_used(rule):
        used = any(
            words.issuperset(CLASS.findall(selector))
            for selector in BRACKETS.sub("", rule[1]).split(",")
        )
        return rule[0] if used else ""

    return LINK.sub(
        lambda link: f"<style>{RULE.sub(keep_used, styles.get(link[1], ''))}</style>",
        html,
    )


def _embed_font(match):
    """Put the company's font into the style sheet and leave the others out."""
    font = FONT.search(match[0])
    if not font:
        return ""
    with file_open(f"web/static/fonts/{font[1]}", "rb") as file:
        data = base64.b64encode(file.read()).decode()
    return (
        f"@font-face{{font-family:'Lato';{font[2]}"
        f"src:url('data:font/woff;base64,{data}') format('woff');}}"
    )
