"""The tests of the tools themselves, counted like Odoo's."""

from __future__ import annotations

import time
import unittest

from . import project
from .results import FAILED, PASSED, SKIPPED, Result


class _Collector(unittest.TestResult):
    def __init__(self) -> None:
        super().__init__()
        self.results: dict[str, Result] = {}

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.results[test.id()] = Result(PASSED)
        self.started = time.monotonic()

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.results[test.id()].seconds = round(time.monotonic() - self.started, 3)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.results[test.id()] = Result(SKIPPED, reason)

    def collected(self) -> dict[str, Result]:
        for test, why in [*self.errors, *self.failures]:
            self.results[test.id()] = Result(FAILED, why)
        return self.results


def run() -> dict[str, Result]:
    """Run the tools' tests; results by name."""
    suite = unittest.defaultTestLoader.discover(
        str(project.ROOT / "tools" / "tests"), top_level_dir=str(project.ROOT)
    )
    collector = _Collector()
    suite.run(collector)
    return collector.collected()
