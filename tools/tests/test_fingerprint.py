"""Which files of an addon make a database out of date."""

from tools import fingerprint
from tools.tests.common import ScratchCase


class TestSource(ScratchCase):
    def setUp(self):
        super().setUp()
        self.add_addon("also_waas")
        self.before = self.source()

    def source(self):
        return fingerprint.source(["also_waas"])

    def test_code_views_and_translations_matter(self):
        seen = {self.before}
        for file in ("models/a.py", "views/a.xml", "i18n/nl.po", "static/src/a.scss"):
            self.write(f"addons/also_waas/{file}", "x")
            seen.add(self.source())
        self.assertEqual(len(seen), 5)

    def test_tests_and_leftovers_do_not(self):
        for file in (
            "tests/test_a.py",
            "static/tests/tours/a.esm.js",
            "models/__pycache__/a.pyc",
            "models/.a.py.swp",
            "i18n/also_waas.pot",
            "readme/USAGE.md",
        ):
            self.write(f"addons/also_waas/{file}", "x")
        self.assertEqual(self.source(), self.before)

    def test_moving_a_file_matters(self):
        file = self.write("addons/also_waas/models/a.py", "x")
        before = self.source()
        file.rename(file.with_name("b.py"))
        self.assertNotEqual(self.source(), before)
