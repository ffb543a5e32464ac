"""Counting results: above all, that nothing that went wrong is counted as passed."""

import json

from tools import results
from tools.results import FAILED, PASSED, SKIPPED
from tools.tests.common import ScratchCase

A, B = (f"odoo.addons.also_waas.tests.test_x.TestX.test_{name}" for name in "ab")
SET_UP = "setUpClass (odoo.addons.also_waas.tests.test_x.TestX)"


class JournalCase(ScratchCase):
    done = {"event": "done"}

    def judge(self, *events, status=0):
        shard = self.read(*events)
        return {
            name: result.outcome
            for name, result in results.judge(shard, status).items()
        }

    def read(self, *events):
        """:param events: of the journal; a plan is two: what there is, what is taken"""
        flat = [
            event
            for item in events
            for event in (item if isinstance(item, list) else [item])
        ]
        lines = "".join(json.dumps(event) + "\n" for event in flat)
        return results.read(self.write("journal.jsonl", lines))

    @staticmethod
    def plan(*tests):
        return [{"event": "plan", "all": tests}, {"event": "claim", "tests": tests}]

    @staticmethod
    def end(test, outcome=PASSED):
        return {
            "event": "end",
            "test": test,
            "outcome": outcome,
            "why": "",
            "seconds": 1,
        }


class TestJudge(JournalCase):
    def test_results_are_taken_over(self):
        found = self.judge(
            self.plan(A, B), self.end(A), self.end(B, SKIPPED), self.done
        )
        self.assertEqual(found, {A: PASSED, B: SKIPPED})

    def test_after_a_crash_what_did_not_run_has_failed(self):
        found = self.judge(
            self.plan(A, B),
            self.end(A),
            {"event": "start", "test": B},
            status=-9,
        )
        self.assertEqual(found, {A: PASSED, B: FAILED, "the test process": FAILED})

    def test_a_line_cut_short_is_no_result(self):
        lines = "".join(json.dumps(event) + "\n" for event in self.plan(A))
        journal = self.write("journal.jsonl", lines + '{"event": "e')
        self.assertEqual(results.read(journal).planned, [A])

    def test_without_a_plan_the_process_has_failed(self):
        self.assertEqual(self.judge(status=255), {"the test process": FAILED})

    def test_a_process_that_was_stopped_has_failed(self):
        found = self.judge(self.plan(A), self.end(A), self.done, status=None)
        self.assertEqual(found["the test process"], FAILED)

    def test_a_bad_exit_status_without_a_failed_test_is_a_failure(self):
        found = self.judge(self.plan(A), self.end(A), self.done, status=1)
        self.assertEqual(found["the test process"], FAILED)

    def test_a_logged_error_fails_the_test_that_passed(self):
        logged = {"event": "log", "test": A, "why": "x: broken"}
        found = self.judge(self.plan(A), logged, self.end(A), self.done)
        self.assertEqual(found, {A: FAILED})

    def test_an_error_outside_of_tests_is_a_failure(self):
        logged = {"event": "log", "test": None, "why": "x: broken"}
        found = self.judge(self.plan(A), logged, self.end(A), self.done)
        self.assertEqual(found, {A: PASSED, "outside of any test": FAILED})

    def test_a_class_that_cannot_be_set_up_fails_its_tests(self):
        event = {"event": "class", "name": SET_UP, "outcome": FAILED, "why": "x"}
        found = self.judge(self.plan(A, B), event, self.done, status=1)
        self.assertEqual(found, {A: FAILED, B: FAILED})

    def test_a_class_that_is_skipped_skips_its_tests(self):
        event = {"event": "class", "name": SET_UP, "outcome": SKIPPED, "why": "x"}
        found = self.judge(self.plan(A, B), event, self.done)
        self.assertEqual(found, {A: SKIPPED, B: SKIPPED})

    def test_what_a_test_says_besides_is_kept(self):
        event = {**self.end(A), "told": "20 kills"}
        shard = results.read(self.write("journal.jsonl", json.dumps(event)))
        self.assertEqual(shard.results[A].told, "20 kills")


class TestJudgeAll(JournalCase):
    """Several processes share what there is to do."""

    def judge_all(self, *journals):
        shards = [(self.read(*events), 0) for events in journals]
        return {
            name: result.outcome for name, result in results.judge_all(shards).items()
        }

    def share(self, *taken):
        return [
            {"event": "plan", "all": [A, B]},
            *({"event": "claim", "tests": [test]} for test in taken),
            *(self.end(test) for test in taken),
            self.done,
        ]

    def test_each_has_taken_its_part(self):
        found = self.judge_all(self.share(A), self.share(B))
        self.assertEqual(found, {A: PASSED, B: PASSED})

    def test_what_nobody_took_has_failed(self):
        found = self.judge_all(self.share(A), self.share())
        self.assertEqual(found, {A: PASSED, B: FAILED})


class TestCount(ScratchCase):
    def count(self, *outcomes):
        return results.count([results.Result(outcome) for outcome in outcomes])

    def test_the_closing_line(self):
        found = self.count(PASSED, SKIPPED, PASSED)
        self.assertEqual(str(found), "2 passed, 0 failed, 1 skipped")
        self.assertTrue(found.ok)

    def test_no_test_is_no_success(self):
        self.assertFalse(self.count().ok)
        self.assertFalse(self.count(SKIPPED).ok)

    def test_one_failure_is_no_success(self):
        self.assertFalse(self.count(PASSED, FAILED).ok)
