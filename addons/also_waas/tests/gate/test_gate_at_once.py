from contextlib import contextmanager
from datetime import date

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

TOTAL = 1000.0


@tagged("post_install", "-at_install")
class TestGateAtOnce(TransactionCase):
    """R1, R13: at the same moment, in two database transactions. Each sees the exposure
    without the other's deal; the approval they lean on lets one of them through.

    Odoo repeats a request that meets a SerializationFailure: it starts over with the
    other's deal in its exposure (see the test of two deals one after the other).
    """

    def setUp(self):
        super().setUp()
        with self._in_transaction() as env:
            self.partner_id = env["res.partner"].create({"name": "At Once"}).id
            self.check_id = self._create_check(env, "approved").id
        self.addCleanup(self._clean_up)

    @contextmanager
    def _in_transaction(self):
        """A transaction of its own, committed at the end."""
        with self.registry.cursor() as cr:
            context = {"tracking_disable": True, "mail_create_nolog": True}
            yield api.Environment(cr, SUPERUSER_ID, context)

    def _create_check(self, env, state):
        decided = {
            "approved_amount": TOTAL,
            "valid_until": date(2099, 12, 31),
            "decided_by_id": env.ref("base.user_admin").id,
            "decided_on": "2020-01-01",
        }
        return env["waas.credit.check"].create(
            {
                "partner_id": self.partner_id,
                "company_id": env.ref("base.main_company").id,
                "state": state,
                **(decided if state == "approved" else {}),
            }
        )

    def _clean_up(self):
        with self._in_transaction() as env:
            checks = env["waas.credit.check"].search(
                [("partner_id", "=", self.partner_id)]
            )
            checks.unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _use_approval(self, env):
        """What the confirmation of a deal of this customer does first."""
        order = env["sale.order"].new(
            {
                "is_waas": True,
                "partner_id": self.partner_id,
                "company_id": env.ref("base.main_company").id,
            }
        )
        order._waas_use_approval()

    @mute_logger("odoo.sql_db")
    def test_r13_of_two_confirmations_at_once_one_starts_over(self):
        with self.registry.cursor() as late:
            late_env = api.Environment(late, SUPERUSER_ID, {})
            # It has looked: from now on it sees the database as of this moment.
            self.assertEqual(
                late_env["waas.credit.check"].browse(self.check_id).state, "approved"
            )
            with self._in_transaction() as env:
                self._use_approval(env)
            with self.assertRaises(SerializationFailure):
                self._use_approval(late_env)
            late.rollback()
            self._use_approval(late_env)  # started over
            late.commit()

    @mute_logger("odoo.sql_db")
    def test_r1_a_confirmation_on_an_approval_that_is_just_replaced_starts_over(self):
        with self._in_transaction() as env:
            new_id = self._create_check(env, "requested").id
        with self.registry.cursor() as late:
            late_env = api.Environment(late, SUPERUSER_ID, {})
            late_env["waas.credit.check"].browse(self.check_id).read(["state"])
            with self._in_transaction() as env:
                check = env["waas.credit.check"].browse(new_id)
                check.with_user(env.ref("base.user_admin")).sudo()._decide(
                    {"state": "rejected", "reason": "Bankrupt"}
                )
            with self.assertRaises(SerializationFailure):
                self._use_approval(late_env)
            late.rollback()
            partner = late_env["res.partner"].browse(self.partner_id)
            company = late_env.ref("base.main_company")
            self.assertEqual(partner._waas_get_credit_check(company).state, "rejected")
