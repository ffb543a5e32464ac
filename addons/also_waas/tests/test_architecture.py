"""The house and its law: a chapter may know an earlier one, never a later one."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

ADDON = Path(__file__).parents[1]
KINDS = ("models", "wizards", "reports", "controllers", "views", "data", "security")
DEFINING_TAGS = ("record", "template", "menuitem")
WORD = re.compile(r"[\w.]+")
LONGEST = 350
LONGER = {
    "marketplace_client.py": "one protocol, one file: another one replaces it whole",
}
"""Files that may be longer, and why."""


class Mention(NamedTuple):
    line: int
    name: str


class Source:
    """A file of a chapter: what it defines, and what it mentions.

    Names are those of models (``waas.change``), of fields and methods that have
    ``waas`` in them, and of records and templates. A name without it is one of a model
    of ours, which is mentioned as well, or of Odoo's.
    """

    def __init__(self, path: Path, text: bytes):
        self.path = path
        self.text = text

    def find_definitions(self) -> Iterator[str]:
        yield from ()

    def find_mentions(self) -> Iterator[Mention]:
        yield from ()


class PythonSource(Source):
    def __init__(self, path, text):
        super().__init__(path, text)
        self.tree = ast.parse(text)

    def find_definitions(self):
        # A method of a controller is nobody's to call.
        if "controllers" in self.path.parts:
            return
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    yield from self._find_defined_by(item)

    def _find_defined_by(self, item):
        if isinstance(item, ast.FunctionDef):
            yield item.name
        elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            name = item.targets[0].id
            if name == "_name":
                yield ast.literal_eval(item.value)
            elif ast.unparse(item.value).startswith("fields."):
                yield name

    def find_mentions(self):
        docstrings = set(self._find_docstrings())
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                yield Mention(node.lineno, node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node not in docstrings:
                    for name in _find_names(node.value):
                        yield Mention(node.lineno, name)

    def _find_docstrings(self):
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                if node.body and isinstance(node.body[0], ast.Expr):
                    yield node.body[0].value

    def find_imports(self, folder: tuple[str, ...]) -> Iterator[tuple[int, str]]:
        """The lines and chapters of relative imports.

        :param folder: the parts of the path of the file's folder, within the addon
        """
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = folder[: len(folder) - node.level + 1]
                parts = [*base, *(node.module or "").split(".")]
                if len(parts) > 1:
                    yield node.lineno, parts[1]


class XmlSource(Source):
    def __init__(self, path, text):
        super().__init__(path, text)
        self.root = etree.fromstring(text)

    def find_definitions(self):
        for element in self.root.iter(*DEFINING_TAGS):
            xmlid = element.get("id", "")
            if xmlid and "." not in xmlid:
                yield xmlid

    def find_mentions(self):
        for element in self.root.iter(etree.Element):
            texts = [value for name, value in element.items() if name != "id"]
            for text in (*texts, element.text or "", element.tail or ""):
                for name in _find_names(text):
                    yield Mention(element.sourceline, name)


class CsvSource(Source):
    """Access rights: their groups and models."""

    def find_mentions(self):
        for number, line in enumerate(self.text.decode().splitlines(), start=1):
            for name in _find_names(line):
                yield Mention(number, name)
                yield Mention(number, name.removeprefix("model_").replace("_", "."))


SOURCES = {".py": PythonSource, ".xml": XmlSource, ".csv": CsvSource}


def _find_names(text):
    """The names in a text, of models and records whole, of paths in their parts."""
    for word in WORD.findall(text):
        word = word.removeprefix("also_waas.")
        yield word
        if "." in word:
            yield from word.split(".")


def _get_chapters():
    """In the order of the flow, as the models are loaded."""
    tree = ast.parse((ADDON / "models" / "__init__.py").read_bytes())
    return [alias.name for node in tree.body for alias in node.names]


def _is_long(path: Path) -> bool:
    return len(path.read_bytes().splitlines()) > LONGEST


def _find_code() -> Iterator[Path]:
    """The Python files of the product and of the invoice engine, without tests."""
    for addon in (ADDON, Path(file_path("account_invoice_fast"))):
        for path in sorted(addon.rglob("*.py")):
            if "tests" not in path.relative_to(addon).parts:
                yield path


def _get_imports(addon: Path) -> dict[str, list[str]]:
    """Which file of an addon imports which others, by their paths. What a package
    collects is no import of a file."""
    files = {path for path in _find_code() if path.is_relative_to(addon)}
    imports = {}
    for path in files:
        if path.name == "__init__.py":
            continue
        found = imports[str(path)] = []
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.level:
                folder = path.parents[node.level - 1]
                target = folder.joinpath(*(node.module or "").split("."))
                names = [target.with_suffix(".py")] if node.module else []
                names += [target / f"{alias.name}.py" for alias in node.names]
                found += [str(name) for name in names if name in files]
    return imports


def _find_circle(imports: dict[str, list[str]]) -> list[str]:
    """The first circle: files of which each imports the next; empty: there is none."""
    done: set[str] = set()

    def follow(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in imports.get(name, []):
            if circle := follow(other, [*way, name]):
                return circle
        done.add(name)
        return []

    return next(filter(None, (follow(name, []) for name in imports)), [])


@tagged("post_install", "-at_install")
class TestArchitecture(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chapters = _get_chapters()
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
                outside -= {Path(__file__).name, "same_in_dutch.txt"}
            self.assertFalse(outside, kind)

    def test_no_file_is_long(self):
        long = {path.name for path in _find_code() if _is_long(path)}
        self.assertEqual(long, set(LONGER))

    def test_a_long_file_of_views_holds_one(self):
        for kind in ("views", "data", "security", "wizards", "reports"):
            for path in filter(_is_long, (ADDON / kind).rglob("*.xml")):
                elements = etree.parse(str(path)).getroot().iterchildren(etree.Element)
                with self.subTest(path):
                    self.assertEqual(len(list(elements)), 1)

    def test_a_file_is_about_one_model(self):
        for path in _find_code():
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
        for path in _find_code():
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
            self.assertEqual(_find_circle(_get_imports(addon)), [])

    def test_files_that_import_each_other_are_found(self):
        self.assertEqual(_find_circle({"a": ["b"], "b": ["c"], "c": []}), [])
        self.assertEqual(
            _find_circle({"x": ["a"], "a": ["b"], "b": ["a"]}), ["a", "b", "a"]
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
