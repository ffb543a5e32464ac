"""Watching Odoo's own test runner from within: what runs, and what came of it.

Odoo counts its tests in a log that is meant for people. Here each result is written
down as a line of JSON the moment it is known, so that nothing is lost when the process
dies. Six more things are changed in Odoo's runner:

* All tests run when the database is loaded, those marked `at_install` as well: on a
  database with further modules installed they would meet columns that modules not yet
  loaded made compulsory.
* Several processes share the classes of tests: each takes the next one that nobody has
  taken, until none is left.
* What Odoo caches is kept between tests, see `kept_caches.py`.
* What hangs on the same fields is merged once, see `merged_triggers.py`.
* Environments used a moment ago are found first, see `recent_environments.py`.
* Tours ask less of the browser than Odoo does, see `patient_browser.py`.
"""

import gc
import json
import logging
import os
import traceback
from pathlib import Path

import odoo.service.server

_EXPECTED_LOGGER = "odoo.tests.result"
"""Odoo's closing line about failed tests is an error in the log, but not a new one."""

_UNKNOWN_BROWSER_TEST_SECONDS = 3.0
_UNKNOWN_TEST_SECONDS = 0.5
# To set a class up.
_CLASS_SECONDS = 2.0


def _now():
    """Seconds of the system's clock: tests stop those of the `time` module."""
    return os.times().elapsed


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
        line = {"event": event, "at": round(_now(), 2), **values}
        self.file.write(json.dumps(line) + "\n")

    def emit(self, record):
        if self.reporting or record.name == _EXPECTED_LOGGER:
            return
        why = f"{record.name}: {record.getMessage()}"
        if record.exc_info:
            why += "\n" + "".join(traceback.format_exception(*record.exc_info))
        self.write("log", test=self.test, why=why[:4000])

    def start(self, test):
        self.test, self.failures, self.skipped = test.id(), [], None
        self.started = _now()
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
        seconds = round(_now() - self.started, 3)
        self.write(
            "end",
            **{"test": self.test, "outcome": outcome, "why": why, "seconds": seconds},
            told=getattr(test, "told", ""),
        )
        self.test = None


def _change_runner(plan, journal):
    import merged_triggers
    import patient_browser
    import recent_environments
    from kept_caches import KeptCaches

    from odoo.tests import loader
    from odoo.tests.result import OdooTestResult

    KeptCaches().install()
    merged_triggers.install()
    patient_browser.install()
    recent_environments.install()
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
    from odoo.tests.common import HttpCase
    from odoo.tests.suite import OdooSuite
    from odoo.tests.tag_selector import TagsSelector
    from odoo.tools import config

    class SharedSuite(OdooSuite):
        """Classes that are taken one by one while the suite runs."""

        def __iter__(self):
            return _take(self._tests, plan, journal)

        def has_http_case(self):
            return any(isinstance(test, HttpCase) for test in self._tests)

        def countTestCases(self):
            return len(self._tests)

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
        journal.write("plan", all=[test.id() for test in tests])
        # What is loaded stays: the garbage collector need not look at it again and
        # again.
        gc.collect()
        gc.freeze()
        return SharedSuite(tests)

    return make_suite


def _take(tests, plan, journal):
    """The tests of this process: whole classes, so that each is set up once.

    Browser tests are for the last process only, as two browsers would fight for the
    processors. Everything else goes, dearest first, to whoever is free.
    """
    classes = {}
    for test in tests:
        classes.setdefault(type(test), []).append(test)
    is_last = plan["shard"] == plan["shards"] - 1

    def weigh(cls):
        seconds = (_seconds(test, plan["seconds"]) for test in classes[cls])
        return _CLASS_SECONDS + sum(seconds)

    def order(cls):
        # On a machine that knows no times yet, the tag tells what is dear.
        is_quick = "slow" not in cls.test_tags
        return not _needs_browser(cls), is_quick, -weigh(cls), classes[cls][0].id()

    for cls in sorted(classes, key=order):
        if _needs_browser(cls) and not is_last:
            continue
        if not _claim(Path(plan["claims"]), cls):
            continue
        members = classes[cls]
        journal.write("claim", tests=[test.id() for test in members])
        yield from members


def _claim(folder, cls):
    """Whether nobody else has taken the class: the file system lets one make a file."""
    try:
        (folder / f"{cls.__module__}.{cls.__qualname__}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _needs_browser(cls):
    return bool({"tour", "browser"} & cls.test_tags)


def _seconds(test, known):
    """How long the test took the last time, or a guess."""
    from odoo.tests.common import HttpCase

    if isinstance(test, HttpCase):
        return known.get(test.id(), _UNKNOWN_BROWSER_TEST_SECONDS)
    return known.get(test.id(), _UNKNOWN_TEST_SECONDS)
