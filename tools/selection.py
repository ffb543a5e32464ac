"""Which tests are meant by a word on the command line."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import project
from .console import Problem

NEIGHBOURS = "neighbours"
NEIGHBOUR_MODULES = (
    *("product", "portal", "account", "stock", "stock_account", "delivery"),
    *("sale", "sale_management", "sale_stock", "stock_delivery"),
    *("purchase", "purchase_stock"),
    *("contract", "commission_oca", "account_commission_oca"),
)
NEIGHBOUR_ADDONS = (project.PRODUCT, f"{project.PRODUCT}_purchase")
WITHOUT_US = "without_us"

OWN = "own"
"""The suite of the product: the largest by far."""

CRASH = "crash"
"""Tag of classes that commit, and kill processes: a database of their own for them."""

TAXES = "ten minutes of other countries' taxes, computed once more in a browser"
LEFT_OUT = {
    "/sale:TestTaxesDownPaymentSale": TAXES,
    "/sale:TestTaxesGlobalDiscountSale": TAXES,
    "/sale:TestTaxesTaxTotalsSummarySale": TAXES,
}
"""Tests of the neighbours that would tell nothing about our addons."""


@dataclass(frozen=True)
class Suite:
    """Tests that run on one template.

    :param addons: those of our addons that are installed
    :param tags: Odoo's --test-tags
    :param left_out: tags of tests that do not run, and why
    :param world: whether the template holds the world of the product's tests
    :param assets: whether the template holds the web assets: somebody looks at pages
    """

    name: str
    addons: tuple[str, ...]
    tags: str
    left_out: dict[str, str] = field(default_factory=dict)
    world: bool = False
    assets: bool = True

    @property
    def all_tags(self) -> str:
        return ",".join([self.tags, *(f"-{tag}" for tag in self.left_out)])


@dataclass
class TestClass:
    addon: str
    file: str
    name: str
    tags: set[str] = field(default_factory=set)
    methods: list[str] = field(default_factory=list)


def suites(patterns: list[str]) -> list[Suite]:
    """What to run: the whole of our addons, or what the patterns name."""
    patterns = list(dict.fromkeys(patterns))
    chosen: list[Suite] = []
    if NEIGHBOURS in patterns:
        patterns.remove(NEIGHBOURS)
        tags = ",".join(f"/{module}" for module in NEIGHBOUR_MODULES)
        ours = project.own_addons()
        addons = tuple(addon for addon in NEIGHBOUR_ADDONS if addon in ours)
        chosen.append(Suite(NEIGHBOURS, addons, tags, LEFT_OUT))
        if not patterns:
            return chosen
    return [*_own_suites(patterns), *chosen]


def without_us(suite: Suite, failed: Iterable[str]) -> Suite:
    """The tests that failed, on a database that has none of our addons.

    :param failed: their full names, ``odoo.addons.MODULE.tests.FILE.CLASS.METHOD``
    """
    tags = []
    for name in failed:
        module, *_path, cls, method = name.removeprefix("odoo.addons.").split(".")
        tags.append(f"/{module}:{cls}.{method}")
    return replace(suite, name=WITHOUT_US, tags=",".join(tags), left_out={})


def _own_suites(patterns: list[str]) -> list[Suite]:
    """The product is tested by itself, what builds upon it with it, and what it builds
    upon without it.

    Classes tagged `crash` come last, on a database that nobody else uses.
    """
    addons = project.own_addons()
    classes = list(_classes(addons))
    crashing = {_whole(cls): cls.addon for cls in classes if CRASH in cls.tags}
    groups = _groups(addons)
    tags = [tag for pattern in patterns for tag in _tags(pattern, classes)]
    if not patterns:
        tags = [f"/{addon}" for group in groups for addon in group.tested]
    crash_tags = [tag for tag in tags if _get_class(tag) in crashing]
    tags = [tag for tag in tags if tag not in crash_tags]
    wanted = [
        group.suite(mine)
        for group in groups
        if (mine := [tag for tag in tags if _concerns(tag, group.tested, addons)])
    ]
    if not patterns:
        crash_tags = list(crashing)
    wanted += _crash_suites(crash_tags, crashing, groups)
    return wanted or [group.suite(tags) for group in groups if group.name == OWN]


@dataclass(frozen=True)
class Group:
    """Addons of ours that are tested together, with what they stand on."""

    name: str
    tested: tuple[str, ...]
    world: bool
    assets: bool

    @property
    def installed(self) -> tuple[str, ...]:
        return tuple(project.with_own_depends(list(self.tested)))

    def suite(self, tags: list[str]) -> Suite:
        return Suite(
            self.name,
            self.installed,
            ",".join(dict.fromkeys(tags)),
            world=self.world,
            assets=self.assets,
        )


def _groups(addons: list[str]) -> list[Group]:
    """The product; what glues it to other addons, in the same world; the demo, whose
    story has people and papers of its own; what stands without the product."""
    others = [
        name
        for name in addons
        if name not in (project.PRODUCT, project.DEMO) and _has_tests(name)
    ]
    glue = tuple(name for name in others if _needs_product(name))
    # These come first: the templates of the others grow from theirs.
    groups = [
        Group(name, (name,), world=False, assets=False)
        for name in others
        if not _needs_product(name)
    ]
    groups.append(Group(OWN, (project.PRODUCT,), world=True, assets=True))
    if glue:
        groups.append(Group("glue", glue, world=True, assets=False))
    if project.DEMO in addons and _has_tests(project.DEMO):
        groups.append(Group("demo", (project.DEMO,), world=False, assets=True))
    return groups


def _needs_product(addon: str) -> bool:
    return project.PRODUCT in project.with_own_depends([addon])


def _crash_suites(
    tags: list[str], crashing: dict[str, str], groups: list[Group]
) -> Iterator[Suite]:
    """A suite for each addon with such classes.

    :param crashing: the addon of each class, by the tag of the class
    """
    for addon in dict.fromkeys(crashing.values()):
        mine = [tag for tag in tags if crashing[_get_class(tag)] == addon]
        if mine:
            (group,) = (group for group in groups if addon in group.tested)
            name = CRASH if addon == project.PRODUCT else f"{CRASH}_{addon}"
            suite = group.suite(mine)
            yield replace(suite, name=name, world=False)


def _whole(cls: TestClass) -> str:
    """The tag that means all tests of a class."""
    return f"*/{cls.addon}:{cls.name}"


def _get_class(tag: str) -> str:
    """The tag of the whole class, out of one of a class or of a method."""
    module, colon, rest = tag.partition(":")
    return f"{module}{colon}{rest.partition('.')[0]}"


def _concerns(tag: str, tested: list[str], addons: list[str]) -> bool:
    """Whether a tag names one of the addons, or none of ours and so the product's."""
    module = tag.partition("/")[2].partition(":")[0]
    return module in tested if module in addons else project.PRODUCT in tested


def _tags(pattern: str, classes: list[TestClass]) -> list[str]:
    """Odoo's test tags for a word: such tags themselves, or names found in the code."""
    if pattern.startswith(("/", "+", "-")) or ":" in pattern:
        return [pattern]
    word = Path(pattern).stem.lower() if pattern.endswith(".py") else pattern.lower()
    found = [tag for cls in classes for tag in _matches(word, cls)]
    if not found:
        raise _nothing_found(pattern, classes)
    return found


def _matches(word: str, cls: TestClass) -> Iterator[str]:
    """The tags of a class, or of those of its methods, that a word means.

    The tag `*` takes in tests that are not part of the standard run: who names a
    test wants it.
    """
    singular = word.removesuffix("s")
    whole = _whole(cls)
    name, dot, method_word = word.partition(".")
    if word in cls.file.lower() or word in cls.name.lower() or singular in cls.tags:
        yield whole
    elif dot and name == cls.name.lower():
        yield from (
            f"{whole}.{method}" for method in cls.methods if method_word in method
        )
    else:
        yield from (
            f"{whole}.{method}" for method in cls.methods if word in method.lower()
        )


def _nothing_found(pattern: str, classes: list[TestClass]) -> Problem:
    names = {name for cls in classes for name in (cls.file, cls.name, *cls.methods)}
    near = difflib.get_close_matches(pattern, sorted(names), n=5, cutoff=0.4)
    return Problem(
        f"no test is called {pattern}",
        "Looked for it in the names of files, classes and methods, and in tags."
        + (f"\nSimilar: {', '.join(near)}" if near else ""),
        f"name one of these, Odoo's test tags (/{project.PRODUCT}:TestX.test_y) "
        f"or `{NEIGHBOURS}`.",
    )


def _has_tests(addon: str) -> bool:
    return any((project.addons() / addon / "tests").rglob("test_*.py"))


def _classes(addons: list[str]) -> Iterator[TestClass]:
    """The classes of the test files, read without running them."""
    for addon in addons:
        for file in sorted((project.addons() / addon / "tests").rglob("test_*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    yield _read_class(addon, file, node)


def _read_class(addon: str, file: Path, node: ast.ClassDef) -> TestClass:
    methods = [
        item.name
        for item in node.body
        if isinstance(item, ast.FunctionDef) and item.name.startswith("test")
    ]
    tags = {
        argument.value
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        for argument in decorator.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    return TestClass(addon, file.stem, node.name, tags, methods)
