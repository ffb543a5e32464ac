"""Which Python Odoo runs on."""

import sys
from unittest import mock

from tools import venv
from tools.tests.common import ScratchCase


class TestCandidates(ScratchCase):
    def _get_first(self, distributions_own):
        with mock.patch.object(venv, "DISTRIBUTIONS_OWN", distributions_own):
            return next(iter(venv._candidates()))

    def test_the_distributions_own_comes_first(self):
        own = self.write("python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        own.chmod(0o755)
        self.assertEqual(self._get_first(str(own)), str(own))

    def test_one_that_makes_no_environments_is_passed_over(self):
        broken = self.write("python3", "#!/bin/sh\nexit 1\n")
        broken.chmod(0o755)
        for program in (str(broken), str(self.scratch / "missing")):
            self.assertEqual(self._get_first(program), sys.executable)
