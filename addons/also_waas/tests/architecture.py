"""Reads the sources of the addons for :mod:`.test_architecture`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from odoo.tools import file_path

ADDON = Path(__file__).parents[1]
KINDS = ("models", "wizards", "reports", "controllers", "views", "data", "security")
DEFINING_TAGS = ("record", "template", "menuitem")
WORD = re.compile(r"[\w.]+")
LONGEST = 350
LONGER = {
    "invoice_mix.py": "one generator of invoices, whose parts know each other",
    "replayed.py": "one mechanism: a recording and what it answers",
    "test_access_later_chapters.py": "one table of rights, and the walk over it",
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
                    for name in find_names(node.value):
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
                for name in find_names(text):
                    yield Mention(element.sourceline, name)


class CsvSource(Source):
    """Access rights: their groups and models."""

    def find_mentions(self):
        for number, line in enumerate(self.text.decode().splitlines(), start=1):
            for name in find_names(line):
                yield Mention(number, name)
                yield Mention(number, name.removeprefix("model_").replace("_", "."))


SOURCES = {".py": PythonSource, ".xml": XmlSource, ".csv": CsvSource}


def find_names(text):
    """The names in a text, of models and records whole, of paths in their parts."""
    for word in WORD.findall(text):
        word = word.removeprefix("also_waas.")
        yield word
        if "." in word:
            yield from word.split(".")


def get_chapters():
    """In the order of the flow, as the models are loaded."""
    tree = ast.parse((ADDON / "models" / "__init__.py").read_bytes())
    return [alias.name for node in tree.body for alias in node.names]


def is_long(path: Path) -> bool:
    return len(path.read_bytes().splitlines()) > LONGEST


def find_code() -> Iterator[Path]:
    """The Python files of the product and of the invoice engine, without tests."""
    for addon in (ADDON, Path(file_path("account_invoice_fast"))):
        for path in sorted(addon.rglob("*.py")):
            if "tests" not in path.relative_to(addon).parts:
                yield path


def find_tests() -> Iterator[Path]:
    for addon in (ADDON, Path(file_path("account_invoice_fast"))):
        yield from sorted((addon / "tests").rglob("*.py"))


def get_imports(addon: Path) -> dict[str, list[str]]:
    """Which file of an addon imports which others, by their paths. What a package
    collects is no import of a file."""
    files = {path for path in find_code() if path.is_relative_to(addon)}
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


def find_circle(imports: dict[str, list[str]]) -> list[str]:
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
