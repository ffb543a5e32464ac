"""Watching Odoo's own test runner from within: what runs, and what came of it.

Odoo counts its tests in a log that is meant for people. Here each result is written
down as a line of JSON the moment it is known, so that nothing is lost when the process
dies. Two more things are changed in Odoo's runner:

* All tests run when the database is loaded, those marked `at_install` as well: on a
  database with further modules installed they would meet columns that modules not yet
  loaded made compulsory.
* A process runs its share only. Every process makes the same division for itself.
"""

import json
import logging
import time
import traceback

import odoo.service.server

_EXPECTED_LOGGER = "odoo.tests.result"
"""Odoo's closing line about failed tests is an error in the log, but not a new one."""

_UNKNOWN_BROWSER_TEST_SECONDS = 3.0
_UNKNOWN_TEST_SECONDS = 0.5
# To set a class up: its company has a chart of accounts of its own.
_CLASS_SECONDS = 6.0


def watch(plan_file):
    """Prepare Odoo's test runner as soon as Odoo has its settings."""
    with open(plan_file, encoding="utf-8") as file:
        plan = json.load(file)
    preload = odoo.service.server.preload_registries

    def watched_preload(dbnames):
        journal = Journal(plan["report"])
        _change_runner(plan, journal)
        try:
            return preload(dbnames)
        finally:
            journal.write("done")

    odoo.service.server.preload_registries = watched_preload


class Journal(logging.Handler):
    """Writes results down; as a log handler also errors that no test reported."""

    def __init__(self, path):
        super().__init__(logging.ERROR)
        # One line per write, so that a killed process leaves whole lines.
        self.file = open(path, "a", buffering=1, encoding="utf-8")
        self.test = None
        self.started = 0.0
        self.failures = []
        self.skipped = None
        self.reporting = False
        logging.getLogger().addHandler(self)

    def write(self, event, **values):
        self.file.write(json.dumps({"event": event, **values}) + "\n")

    def emit(self, record):
        if self.reporting or record.name == _EXPECTED_LOGGER:
            return
        why = f"{record.name}: {record.getMessage()}"
        if record.exc_info:
            why += "\n" + "".join(traceback.format_exception(*record.exc_info))
        self.write("log", test=self.test, why=why[:4000])

    def start(self, test):
        self.test, self.failures, self.skipped = test.id(), [], None
        self.started = time.monotonic()
        self.write("start", test=self.test)

    def fail(self, test, error):
        why = "".join(traceback.format_exception(*error))
        if self.test:
            self.failures.append(why)
        else:
            self.write("class", name=str(test), outcome="failed", why=why)

    def skip(self, test, reason):
        if self.test:
            self.skipped = reason
        else:
            self.write("class", name=str(test), outcome="skipped", why=reason)

    def stop(self, test):
        if self.failures:
            outcome, why = "failed", "\n".join(self.failures)
        elif self.skipped is not None:
            outcome, why = "skipped", self.skipped
        else:
            outcome, why = "passed", ""
        seconds = round(time.monotonic() - self.started, 3)
        self.write(
            "end",
            **{"test": self.test, "outcome": outcome, "why": why, "seconds": seconds},
            told=getattr(test, "told", ""),
        )
        self.test = None


def _change_runner(plan, journal):
    from odoo.tests import loader
    from odoo.tests.result import OdooTestResult

    loader.make_suite = _suite_maker(plan, journal)
    _observe(OdooTestResult, journal)
    if plan["no_browser"]:
        _do_without_browser(plan["no_browser"])


def _observe(result_class, journal):
    """Let every result pass through the journal on its way."""

    def before(name, action):
        original = getattr(result_class, name)

        def method(self, *args):
            action(self, *args)
            return original(self, *args)

        setattr(result_class, name, method)

    def failed(self, test, error):
        # Failures of a try that will be repeated do not count.
        if not self._soft_fail:
            journal.fail(test, error)

    before("startTest", lambda self, test: journal.start(test))
    before("stopTest", lambda self, test: journal.stop(test))
    before("addError", failed)
    before("addFailure", failed)
    before("addSkip", lambda self, test, reason: journal.skip(test, reason))

    log_error = result_class.logError

    def quiet_log_error(self, *args):
        journal.reporting = True
        try:
            log_error(self, *args)
        finally:
            journal.reporting = False

    result_class.logError = quiet_log_error


def _do_without_browser(reason):
    from odoo.tests.common import HttpCase

    def browser_js(self, *args, **kwargs):
        self.skipTest(reason)

    HttpCase.browser_js = browser_js


def _suite_maker(plan, journal):
    from odoo.tests import loader
    from odoo.tests.suite import OdooSuite
    from odoo.tests.tag_selector import TagsSelector
    from odoo.tools import config

    def make_suite(module_names, position="at_install"):
        if position == "at_install":
            return OdooSuite([])
        wanted = TagsSelector(config["test_tags"])
        tests = [
            test
            for module_name in module_names
            for module in loader.get_test_modules(module_name)
            for test in loader.get_module_test_cases(module)
            if wanted.check(test)
        ]
        tests.sort(key=lambda test: getattr(test, "test_sequence", 0))
        mine = _share(tests, plan)
        journal.write(
            "plan",
            all=[test.id() for test in tests],
            mine=[test.id() for test in mine],
        )
        return OdooSuite(mine)

    return make_suite


def _share(tests, plan):
    """The tests of this process: whole classes, so that each is set up once.

    Browser tests stay together, as two browsers would fight for the processors;
    the other classes go, dearest first, to whoever has the least to do so far.
    """
    classes = {}
    for test in tests:
        classes.setdefault(type(test), []).append(test)
    loads = [0.0] * plan["shards"]
    owner = {}

    def weight(item):
        return _CLASS_SECONDS + sum(_seconds(test, plan["seconds"]) for test in item[1])

    def order(item):
        return not _needs_browser(item[0]), -weight(item), item[1][0].id()

    for cls, members in sorted(classes.items(), key=order):
        if _needs_browser(cls):
            shard = plan["shards"] - 1
        else:
            shard = loads.index(min(loads))
        loads[shard] += weight((cls, members))
        owner[cls] = shard
    return [test for test in tests if owner[type(test)] == plan["shard"]]


def _needs_browser(cls):
    from odoo.tests.common import HttpCase

    return issubclass(cls, HttpCase) or bool({"tour", "http"} & cls.test_tags)


def _seconds(test, known):
    """How long the test took the last time, or a guess."""
    if _needs_browser(type(test)):
        return known.get(test.id(), _UNKNOWN_BROWSER_TEST_SECONDS)
    return known.get(test.id(), _UNKNOWN_TEST_SECONDS)
