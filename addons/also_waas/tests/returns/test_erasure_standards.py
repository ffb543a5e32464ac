from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common.cases_returns import WaasReturnCommon
from ..common.cases_steps import SIGNATURE

REV_1 = "NIST SP 800-88 Rev. 1"
REV_2 = "NIST SP 800-88 Rev. 2"


@tagged("post_install", "-at_install")
class TestErasureStandards(WaasReturnCommon):
    """R15: by which standard data was erased is data itself, and holds until it is
    withdrawn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rev_1 = cls.env.ref("also_waas.waas_erasure_standard_nist_1")
        cls.rev_2 = cls.env.ref("also_waas.waas_erasure_standard_nist_2")
        cls.shredding = cls.env.ref("also_waas.waas_erasure_standard_iso_21964")
        cls.record = cls._create_return(cls.devices)
        cls._receive(cls.record, cls.devices)

    def test_r15_rev_2_is_the_default(self):
        erasure = self._certify(self.devices[:1])
        self.assertRecordValues(
            erasure, [{"standard": REV_2, "standard_reason": False}]
        )

    def test_r15_a_withdrawn_standard_names_its_successor(self):
        with self._assert_refuses(
            f"{REV_1} is withdrawn since 09/26/2025 and replaced by {REV_2}: choose"
        ):
            self._certify(self.devices[:1], standard_id=self.rev_1.id)
        with self._assert_refuses("is withdrawn since"):
            self._certify(
                self.devices[:1], standard_id=self.rev_1.id, standard_reason="  "
            )
        self.assertEqual(self.devices[0].waas_erasure_ids.state, "todo")

    def test_r15_a_successor_that_is_withdrawn_itself_is_not_named(self):
        self.rev_2.write({"withdrawn_on": "2026-01-01"})
        self.rev_2.successor_id = self.env["waas.erasure.standard"].create(
            {"name": "NIST SP 800-88 Rev. 3", "published_on": "2026-01-01"}
        )
        problem = self.rev_1._get_problem("purge", date(2026, 2, 1))
        self.assertIn("replaced by NIST SP 800-88 Rev. 3", problem)
        self.rev_1.successor_id = False
        problem = self.rev_1._get_problem("purge", date(2026, 2, 1))
        self.assertIn("choose another one", problem)

    def test_r15_a_certificate_that_truly_says_so_is_kept_with_its_reason(self):
        erasure = self._certify(
            self.devices[:1],
            standard_id=self.rev_1.id,
            standard_reason=" The processor's tool is older ",
        )
        self.assertRecordValues(
            erasure,
            [
                {
                    "state": "passed",
                    "standard": REV_1,
                    "standard_reason": "The processor's tool is older",
                }
            ],
        )
        for user in self.manager, self.warehouse:
            with self.assertRaises(UserError):
                erasure.with_user(user).standard_reason = "Forged"

    def test_r15_what_was_erased_before_that_day_is_fine(self):
        for day, problem in (
            (date(2025, 9, 25), False),
            (date(2025, 9, 26), "withdrawn"),
        ):
            with self.subTest(day=day):
                found = self.rev_1._get_problem("purge", day) or ""
                self.assertEqual(bool(found), bool(problem))
        standards = self.env["waas.erasure.standard"]
        self.assertEqual(standards._get_default("purge", date(2025, 9, 26)), self.rev_2)
        ieee = self.env.ref("also_waas.waas_erasure_standard_ieee_2883")
        self.assertEqual(standards._get_default("purge", date(2025, 9, 25)), ieee)
        self.assertEqual(standards._get_default("purge", date(2020, 1, 1)), self.rev_1)

    def test_r15_no_erasure_names_what_was_not_published_yet(self):
        problem = self.rev_2._get_problem("purge", date(2025, 9, 25))
        self.assertIn("was published on", problem)

    def test_r15_a_standard_is_for_its_methods(self):
        with self._assert_refuses("is no standard for this method"):
            self._certify(self.devices[:1], standard_id=self.shredding.id)
        erasure = self._certify(
            self.devices[:1], standard_id=self.shredding.id, method="destroy"
        )
        self.assertEqual(erasure.standard, "ISO/IEC 21964 (DIN 66399)")

    def test_r15_the_window_proposes_and_warns(self):
        erasures = self.devices.waas_erasure_ids
        window = Form(
            self.env["waas.erasure.certify"]
            .with_user(self.warehouse)
            .with_context(default_erasure_ids=erasures.ids)
        )
        self.assertEqual(window.standard_id, self.rev_2)
        self.assertFalse(window.standard_problem)
        window.standard_id = self.rev_1
        self.assertIn("replaced by", window.standard_problem)
        window.date = date(2020, 1, 1)
        self.assertEqual(window.standard_id, self.rev_1)
        self.assertFalse(window.standard_problem)
        window.date = self.also._waas_today()
        self.assertEqual(window.standard_id, self.rev_2)

    def test_r15_what_was_certified_keeps_its_text(self):
        erasure = self._certify(self.devices[:1])
        self.rev_2.name = "Renamed"
        self.assertEqual(erasure.standard, REV_2)
        self.rev_1.unlink()
        self.rev_2.unlink()
        self.assertEqual(erasure.standard, REV_2)

    def test_r15_the_customer_does_not_read_the_reason(self):
        self._certify(
            self.devices,
            standard_id=self.rev_1.id,
            standard_reason="Old tool, secret",
        )
        certificate = self.record.certificate_ids
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("also_waas.report_certificate", certificate.ids)[0]
            .decode()
        )
        self.assertIn(REV_1, html)
        self.assertNotIn("Old tool", html)
        self.assertTrue(certificate._is_true())

    def test_r15_a_processor_that_names_no_standard_proves_nothing(self):
        erasure = self.devices[0].waas_erasure_ids
        with self._assert_refuses("Enter the standard and the method"):
            erasure._certify(
                {
                    "processor_id": self.processor.id,
                    "method": "purge",
                    "date": self.also._waas_today(),
                    "document": SIGNATURE,
                },
                passed=True,
            )

    def test_r15_managers_keep_the_standards(self):
        for user in self.seller, self.warehouse, self.officer:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.rev_2.with_user(user).withdrawn_on = "2030-01-01"
        self.rev_2.with_user(self.manager).withdrawn_on = "2030-01-01"
        with freeze_time("2030-06-01"):
            problem = self.rev_2._get_problem("purge", self.also._waas_today())
        self.assertIn("is withdrawn since", problem)

    def test_r15_the_database_keeps_standards_sensible(self):
        for values in (
            {"name": REV_1},
            {"erases": False, "destroys": False},
            {"published_on": "2031-01-01", "withdrawn_on": "2030-01-01"},
            {"successor_id": self.rev_2.id},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.rev_2.write(values)
                self.env.flush_all()
