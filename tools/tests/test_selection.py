"""From a word on the command line to Odoo's test tags."""

from tools import selection
from tools.console import Problem
from tools.tests.common import ScratchCase

RETURNS = """
@tagged("post_install", "-at_install", "slow")
class TestReturn(TransactionCase):
    def test_r7_grace(self): ...
    def test_r15_erasure(self): ...
"""
TOURS = """
@tagged("-at_install", "post_install", "tour")
class TestPortal(HttpCase):
    def test_customer(self): ...
"""
CRASH = """
@tagged("post_install", "-at_install", "-standard", "crash")
class TestCrash(BaseCase):
    def test_nothing_is_lost(self): ...
"""


class TestSelection(ScratchCase):
    def setUp(self):
        super().setUp()
        self.add_addon("also_waas")
        self.write("addons/also_waas/tests/test_07_returns.py", RETURNS)
        self.write("addons/also_waas/tests/test_portal.py", TOURS)

    def tags(self, *patterns):
        return [suite.all_tags for suite in selection.suites(list(patterns))]

    def test_without_a_word_everything_of_ours_runs(self):
        self.assertEqual(self.tags(), ["/also_waas"])

    def test_a_part_of_a_methods_name(self):
        self.assertEqual(self.tags("r7"), ["*/also_waas:TestReturn.test_r7_grace"])

    def test_a_class_or_a_file_means_all_its_tests(self):
        for word in ("TestReturn", "returns", "test_07_returns.py", "slow"):
            self.assertEqual(self.tags(word), ["*/also_waas:TestReturn"], word)

    def test_a_class_with_a_method(self):
        self.assertEqual(
            self.tags("TestReturn.test_r15"),
            ["*/also_waas:TestReturn.test_r15_erasure"],
        )

    def test_a_tag_in_the_plural(self):
        self.assertEqual(self.tags("tours"), ["*/also_waas:TestPortal"])

    def test_odoos_own_tags_pass_through(self):
        self.assertEqual(self.tags("/sale:TestX.test_y"), ["/sale:TestX.test_y"])

    def test_a_word_that_means_nothing_is_refused_with_similar_names(self):
        with self.assertRaises(Problem) as caught:
            self.tags("TestRetrun")
        self.assertIn("TestReturn", str(caught.exception))

    def test_neighbours_leave_out_what_says_nothing(self):
        (tags,) = self.tags("neighbours")
        self.assertIn("/sale,", tags)
        self.assertIn(",-/sale:", tags)

    def test_what_failed_runs_once_more_without_us(self):
        (suite,) = selection.suites(["neighbours"])
        alone = selection.without_us(
            suite, ["odoo.addons.sale.tests.test_x.TestX.test_y"]
        )
        self.assertEqual(alone.all_tags, "/sale:TestX.test_y")
        self.assertEqual(alone.addons, suite.addons)

    def test_further_addons_are_tested_on_a_database_of_their_own(self):
        self.add_addon("also_waas_queue_job", ["also_waas", "queue_job"])
        self.write(
            "addons/also_waas_queue_job/tests/test_jobs.py", "class TestJob: ..."
        )
        self.add_addon("also_waas_without_tests", ["also_waas"])
        own, glue = selection.suites([])
        self.assertEqual((own.addons, own.tags), (("also_waas",), "/also_waas"))
        self.assertEqual(glue.addons, ("also_waas", "also_waas_queue_job"))
        self.assertEqual(glue.tags, "/also_waas_queue_job")
        (only,) = selection.suites(["TestJob"])
        self.assertEqual(only.name, "glue")

    def test_the_demo_has_no_other_addon_and_no_world_beside_it(self):
        for name in ("also_waas_demo", "also_waas_queue_job"):
            self.add_addon(name, ["also_waas"])
            self.write(f"addons/{name}/tests/test_x.py", f"class Test{name}: ...")
        _own, glue, demo = selection.suites([])
        self.assertEqual(demo.addons, ("also_waas", "also_waas_demo"))
        self.assertEqual((glue.world, demo.world), (True, False))
        (only,) = selection.suites(["/also_waas_demo"])
        self.assertEqual(only.name, "demo")

    def test_what_kills_processes_shares_the_template_of_its_addon(self):
        for name in ("also_waas_purchase", "also_waas_queue_job"):
            self.add_addon(name, ["also_waas"])
            self.write(f"addons/{name}/tests/test_x.py", "class TestX: ...")
        self.write("addons/also_waas_queue_job/tests/test_crash.py", CRASH)
        _own, glue, crash = selection.suites([])
        self.assertEqual(crash.name, "crash_also_waas_queue_job")
        self.assertEqual(crash.addons, glue.addons)
        self.assertFalse(crash.world)

    def test_what_kills_processes_gets_a_database_of_its_own(self):
        self.write("addons/also_waas/tests/test_crash.py", CRASH)
        own, crash = selection.suites([])
        self.assertEqual((own.name, own.tags), ("own", "/also_waas"))
        self.assertEqual((crash.name, crash.addons), ("crash", ("also_waas",)))
        self.assertEqual(crash.tags, "*/also_waas:TestCrash")
        for word in ("crash", "lost"):
            (crash,) = selection.suites([word])
            self.assertEqual(crash.name, "crash", word)
        own, crash = selection.suites(["r7", "lost"])
        self.assertEqual(own.tags, "*/also_waas:TestReturn.test_r7_grace")
        self.assertEqual(crash.tags, "*/also_waas:TestCrash.test_nothing_is_lost")
