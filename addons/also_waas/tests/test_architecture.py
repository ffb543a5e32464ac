"""The house and its law: a chapter may know an earlier one, never a later one."""

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

from .architecture import (
    ADDON,
    KINDS,
    LONGER,
    SOURCES,
    CsvSource,
    PythonSource,
    XmlSource,
    find_circle,
    find_code,
    find_tests,
    get_chapters,
    get_imports,
    is_long,
)


@tagged("post_install", "-at_install")
class TestArchitecture(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chapters = get_chapters()
        cls.sources = {
            chapter: [
                SOURCES[path.suffix](path.relative_to(ADDON), path.read_bytes())
                for kind in KINDS
                for path in sorted((ADDON / kind / chapter).glob("*"))
                if path.suffix in SOURCES and path.name != "__init__.py"
            ]
            for chapter in cls.chapters
        }
        cls.first = {}
        for number, chapter in enumerate(cls.chapters):
            for source in cls.sources[chapter]:
                for name in source.find_definitions():
                    if "waas" in name or isinstance(source, XmlSource):
                        cls.first.setdefault(name, number)

    def _find_guilty(self, source, number):
        """What a file of a chapter says of later ones."""
        for line, name in source.find_mentions():
            if self.first.get(name, number) > number:
                later = self.chapters[self.first[name]]
                yield f"{source.path}:{line}: {name} of {later}"
        if isinstance(source, PythonSource):
            for line, chapter in source.find_imports(source.path.parts[:-1]):
                if chapter in self.chapters[number + 1 :]:
                    yield f"{source.path}:{line}: imports from {chapter}"

    def test_the_invoice_engine_knows_nothing_of_us(self):
        """It is an addon for accounting: somebody without WaaS may want it."""
        engine = Path(file_path("account_invoice_fast"))
        telling = [
            path
            for path in engine.rglob("*")
            if path.suffix in {".py", ".md", ".xml", ".csv", ".po", ".pot"}
            and "waas" in path.read_text(encoding="utf-8").lower()
        ]
        self.assertTrue((engine / "invoicing" / "engine.py").exists())
        self.assertFalse(telling)

    def test_a_chapter_knows_no_later_one(self):
        guilty = [
            found
            for number, chapter in enumerate(self.chapters)
            for source in self.sources[chapter]
            for found in self._find_guilty(source, number)
        ]
        self.assertFalse(guilty, "\n".join(guilty))

    def test_whoever_knows_a_later_one_is_found(self):
        gate = self.chapters.index("gate")
        samples = {
            PythonSource: (
                b"def f(self):\n    return self.waas_contract_ids",
                b"DOMAIN = [('order_id.waas_contract_ids', '!=', False)]",
                b"def f(self):\n    return self.env['waas.change']",
                b"from ..returns.waas_return import BACK",
                b"def f(self):\n    self.env.ref('also_waas.ir_cron_waas_return')",
            ),
            XmlSource: (
                b"<odoo><field name='waas_contract_ids'/></odoo>",
                b"<odoo><field name='x' invisible='not waas_contract_ids'/></odoo>",
                b"<odoo><menuitem id='a' action='waas_change_action'/></odoo>",
                b"<odoo><field name='code'>env['waas.change']._cron()</field></odoo>",
            ),
            CsvSource: (b"access_x,x,model_waas_change,group_waas_user,1,0,0,0",),
        }
        for kind, texts in samples.items():
            for text in texts:
                source = kind(Path("models/gate/sample"), text)
                with self.subTest(text=text):
                    self.assertTrue(list(self._find_guilty(source, gate)))

    def test_every_file_belongs_to_a_chapter(self):
        aside = {"__init__.py", "__pycache__", "neutralize.sql", *self.chapters}
        for kind in (*KINDS, "tests"):
            outside = {path.name for path in (ADDON / kind).iterdir()} - aside
            if kind == "tests":
                outside -= {"architecture.py", Path(__file__).name, "same_in_dutch.txt"}
            self.assertFalse(outside, kind)

    def test_no_file_is_long(self):
        files = [*find_code(), *find_tests()]
        long = {path.name for path in files if is_long(path)}
        self.assertEqual(long, set(LONGER))

    def test_a_long_file_of_views_holds_one(self):
        for kind in ("views", "data", "security", "wizards", "reports"):
            for path in filter(is_long, (ADDON / kind).rglob("*.xml")):
                elements = etree.parse(str(path)).getroot().iterchildren(etree.Element)
                with self.subTest(path):
                    self.assertEqual(len(list(elements)), 1)

    def test_a_file_is_about_one_model(self):
        for path in find_code():
            models = [
                node.name
                for node in ast.parse(path.read_bytes()).body
                if isinstance(node, ast.ClassDef)
                and any(ast.unparse(base).startswith("models.") for base in node.bases)
            ]
            with self.subTest(path):
                self.assertLessEqual(len(models), 1)

    def test_no_class_defines_a_method_twice(self):
        """The second one would silently take the place of the first."""
        for path in find_code():
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.ClassDef):
                    names = Counter(
                        item.name
                        for item in node.body
                        if isinstance(item, ast.FunctionDef)
                    )
                    with self.subTest(path, cls=node.name):
                        self.assertFalse(names - Counter(set(names)))

    def test_no_two_files_import_each_other(self):
        for addon in (ADDON, Path(file_path("account_invoice_fast"))):
            self.assertEqual(find_circle(get_imports(addon)), [])

    def test_files_that_import_each_other_are_found(self):
        self.assertEqual(find_circle({"a": ["b"], "b": ["c"], "c": []}), [])
        self.assertEqual(
            find_circle({"x": ["a"], "a": ["b"], "b": ["a"]}), ["a", "b", "a"]
        )

    def test_a_scheduled_action_does_one_thing(self):
        """What fails keeps nothing else from being done."""
        codes = [
            " ".join(field.text.split())
            for path in (ADDON / "data").rglob("*.xml")
            for field in etree.parse(str(path)).iterfind(
                ".//record[@model='ir.cron']/field[@name='code']"
            )
        ]
        self.assertGreater(len(codes), 10)
        for code in codes:
            self.assertRegex(code, r"^model\._cron_\w+\(\)$")

    def test_every_chapter_says_what_it_is(self):
        for chapter in self.chapters:
            module = ast.parse(
                (ADDON / "models" / chapter / "__init__.py").read_bytes()
            )
            text = ast.get_docstring(module) or ""
            self.assertGreater(len(text), 40, chapter)
            self.assertNotIn("\n\n", text, "One paragraph")

    def test_every_test_is_run(self):
        """Odoo finds the tests that are imported into the package, by their names."""
        files = defaultdict(list)
        for path in (ADDON / "tests").rglob("test_*.py"):
            files[path.stem].append(path)
        twice = {name: paths for name, paths in files.items() if len(paths) > 1}
        self.assertFalse(twice)
        tree = ast.parse((ADDON / "tests" / "__init__.py").read_bytes())
        imported = {alias.name for node in tree.body for alias in node.names}
        self.assertEqual(imported, set(files))

    def test_every_data_file_is_loaded(self):
        manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text("utf-8"))
        files = {
            str(path.relative_to(ADDON))
            for kind in KINDS
            for path in (ADDON / kind).rglob("*")
            if path.suffix in (".xml", ".csv")
        }
        self.assertEqual(set(manifest["data"]), files)

    def test_files_are_loaded_in_the_order_of_the_chapters(self):
        text = (ADDON / "__manifest__.py").read_text("utf-8")
        listed = text.partition('"data": [')[2].partition("]")[0]
        for section in listed.split("# ")[1:]:
            paths = re.findall(r'"\w+/(\w+)/(\S+)"', section)
            for kind in dict.fromkeys(Path(name).suffix for _chapter, name in paths):
                numbers = [
                    self.chapters.index(chapter)
                    for chapter, name in paths
                    if Path(name).suffix == kind
                ]
                self.assertEqual(numbers, sorted(numbers), section)
