"""The pictures of the documentation: all there, all shown, all of them small."""

import ast
import re
import unittest

from tools import project

IMAGES = project.ROOT / "docs" / "images"
TABLE = project.ROOT / "tools" / "inside" / "screenshot_pages.py"
LINK = re.compile(r"(?:!\[[^\]]+\]\(|<img src=\")([^)\"]+\.png)")


def _names_in_table():
    """Read without running it: it needs Odoo."""
    tree = ast.parse(TABLE.read_text(encoding="utf-8"))
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Page"
    ]


class PicturesTest(unittest.TestCase):
    def test_documents_show_pictures_that_are_there(self):
        documents = [project.ROOT / "README.md", *project.ROOT.glob("docs/*.md")]
        shown = {
            (document.parent / link).resolve()
            for document in documents
            for link in LINK.findall(document.read_text(encoding="utf-8"))
        }
        self.assertTrue(shown)
        self.assertFalse([picture for picture in shown if not picture.exists()])

    def test_every_picture_can_be_made_again(self):
        names = _names_in_table()
        self.assertEqual(len(names), len(set(names)))
        made = {picture.stem.removesuffix("-phone") for picture in IMAGES.glob("*.png")}
        self.assertLessEqual(made, set(names))

    def test_pictures_are_small(self):
        sizes = [picture.stat().st_size for picture in IMAGES.glob("*.png")]
        self.assertLessEqual(max(sizes), 120_000)
        self.assertLessEqual(sum(sizes), 2_000_000)
