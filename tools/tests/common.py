"""A scratch checkout for tests of the tools."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock


class ScratchCase(unittest.TestCase):
    """A test with a folder of its own for addons, cache and state."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name).resolve()
        variables = {
            f"WAAS_{name.upper()}": str(self.scratch / name)
            for name in ("addons", "cache", "state")
        }
        patcher = mock.patch.dict("os.environ", variables)
        patcher.start()
        self.addCleanup(patcher.stop)

    def write(self, path, text):
        file = self.scratch / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def add_addon(self, name, depends=("sale",)):
        self.write(
            f"addons/{name}/__manifest__.py", repr({"depends": list(depends)}) + "\n"
        )
