from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...models.licenses import waas_license_check
from .marketplace_common import MarketplaceCommon


@tagged("post_install", "-at_install")
class TestMarketplaceCheck(MarketplaceCommon):
    """R9: contract, marketplace and invoice are compared every day."""

    def setUp(self):
        super().setUp()
        self.contract = self._create_licensed(5)
        self.license = self.contract.waas_license_ids
        self._send()

    def _get_subscription(self):
        return self.server.subscriptions[self.license.external_id]

    def test_r9_where_all_say_the_same_there_is_no_difference(self):
        self._check()
        self.assertFalse(self._get_differences())
        self.assertTrue(self.marketplace.last_check)

    def test_r9_too_many_seats_cost_money_every_month(self):
        self._get_subscription()["seats"] = 8
        self._check()
        difference = self._get_differences()
        self.assertRecordValues(
            difference,
            [
                {
                    "kind": "seats",
                    "license_id": self.license.id,
                    "contract_seats": 5,
                    "marketplace_seats": 8,
                    "seats": 3,
                    "amount": 13.5,  # 3 x 4.50, what the marketplace charges
                    "responsible": "manager",
                }
            ],
        )
        self.assertIn("for 5 seats", difference.proposal)
        self.assertEqual(self.license.state, "failed")
        self.assertIn("8 seats instead of 5", self.license.problem)
        with self._assert_refuses("Only WaaS managers"):
            difference.with_user(self.seller).action_fix()
        difference.with_user(self.manager).action_fix()
        self.assertEqual(difference.responsible, "marketplace")
        with self._assert_refuses("nothing to send"):
            difference.with_user(self.manager).action_fix()
        self._send()
        self._check()
        self.assertRecordValues(
            difference,
            [
                {
                    "state": "resolved",
                    "resolved_on": fields.Date.context_today(difference),
                }
            ],
        )
        self._assert_same_seats(self.license)

    def test_r9_what_the_marketplace_lost_is_ordered_again_by_a_person(self):
        self.server.subscriptions.clear()
        self._check()
        difference = self._get_differences()
        self.assertRecordValues(
            difference, [{"kind": "missing", "seats": -5, "amount": -22.5}]
        )

    def test_r9_what_no_contract_pays_for_is_cancelled(self):
        self.server.subscriptions["sub-x"] = {
            "id": "sub-x",
            "reference": "somebody",
            "sku": "BASIC",
            "seats": 2,
            "status": "active",
            "revision": 7,
        }
        self._check()
        difference = self._get_differences()
        self.assertRecordValues(
            difference,
            [
                {
                    "kind": "unknown",
                    "product_id": self.office_basic.id,
                    "seats": 2,
                    "amount": 8.0,  # the marketplace told no price: our cost
                }
            ],
        )
        difference.with_user(self.manager).action_fix()
        self._send()
        self.assertEqual(self.server.subscriptions["sub-x"]["status"], "cancelled")
        self._check()
        self.assertEqual(difference.state, "resolved")

    def test_r9_a_marketplace_that_forgot_a_change_is_found_out(self):
        """It was set back to a backup: what it says is older than what it said."""
        backup = dict(self._get_subscription())
        self.license._change_by(2, fields.Date.context_today(self.license))
        self._send()
        self.assertEqual(self.license.state, "active")
        self._get_subscription().update(backup)
        self._check()
        self.assertRecordValues(
            self._get_differences(), [{"kind": "seats", "seats": -2, "amount": -9.0}]
        )
        self._get_differences().with_user(self.manager).action_fix()
        self._send()
        self._check()
        self.assertFalse(self._get_differences())
        self._assert_same_seats(self.license)

    def test_r9_what_changes_while_we_ask_is_no_difference(self):
        fetch = self.registry["waas.marketplace"]._fetch_subscriptions

        def fetch_slowly(marketplace):
            subscriptions = fetch(marketplace)
            self.license._change_by(2, fields.Date.context_today(self.license))
            self._send()
            return subscriptions

        with patch.object(
            self.registry["waas.marketplace"], "_fetch_subscriptions", fetch_slowly
        ):
            self._check()
        self.assertFalse(self._get_differences())
        self.assertRecordValues(
            self.license, [{"provisioned_seats": 7, "state": "active"}]
        )

    def test_r9_what_was_ordered_anew_is_compared_with_the_living(self):
        self._get_subscription()["status"] = "cancelled"
        subscription = self.server.order_by_hand()
        subscription.update(
            reference=self.license.reference, sku="BASIC", seats=5, revision=2
        )
        self._check()
        self.assertFalse(self._get_differences())
        self.assertEqual(self.license.external_id, subscription["id"])

    def test_r9_a_marketplace_that_mixes_licenses_up_stops_no_check(self):
        other = self._create_licensed(2).waas_license_ids
        self._send()
        mine, its = (
            self._get_subscription(),
            self.server.subscriptions[other.external_id],
        )
        mine["reference"], its["reference"] = its["reference"], mine["reference"]
        its["seats"] = 3
        self._check()
        self.assertRecordValues(
            self._get_differences(), [{"license_id": other.id, "seats": 1}]
        )

    def test_r9_a_difference_is_on_the_list_once(self):
        self._get_subscription()["seats"] = 8
        self._check()
        difference = self._get_differences()
        self._get_subscription()["seats"] = 9
        self._check()
        self.assertEqual(self._get_differences(), difference)
        self.assertEqual(difference.seats, 4)
        with self._assert_violates():
            difference.sudo().copy()

    def test_r9_another_article_is_a_difference(self):
        self._get_subscription()["sku"] = "PREMIUM"
        self._check()
        self.assertRecordValues(
            self._get_differences(), [{"kind": "sku", "seats": 0, "amount": 0.0}]
        )

    def test_r9_what_is_under_way_is_for_the_marketplace_to_do(self):
        self.license._change_by(1, fields.Date.context_today(self.license))
        self._check()
        self.assertRecordValues(
            self._get_differences(), [{"seats": -1, "responsible": "marketplace"}]
        )

    def test_r9_while_the_marketplace_is_down_its_differences_stay(self):
        self._get_subscription()["seats"] = 8
        self._check()
        difference = self._get_differences()
        self._get_subscription()["seats"] = 5
        self.server.mishaps.append("503")
        self._check()
        self.assertEqual(difference.state, "open")
        self._check()
        self.assertEqual(difference.state, "resolved")

    def test_r9_all_pages_are_compared(self):
        licenses = self.license
        for quantity in range(1, 5):
            licenses |= self._create_licensed(quantity).waas_license_ids
        self._send()
        with patch.object(self.server, "page_size", 2):
            self._check()
        self.assertFalse(self._get_differences())
        self.assertEqual(len(self.server.subscriptions), len(licenses))

    def test_r9_an_invoice_over_other_seats_is_for_the_accountant(self):
        self.contract._waas_invoice_due(fields.Date.context_today(self.contract))
        self._check()
        self.assertFalse(self._get_differences())
        self.license._cancel(fields.Date.context_today(self.license))
        self._send()
        self._check()
        difference = self._get_differences()
        # All five are invoiced, at 45.99 a month each.
        self.assertRecordValues(
            difference,
            [
                {
                    "kind": "invoice",
                    "contract_seats": 0,
                    "invoiced_seats": 5,
                    "seats": 5,
                    "amount": self.contract.waas_monthly_amount,
                    "responsible": "accountant",
                }
            ],
        )
        self.assertEqual(difference.with_user(self.accountant).seats, 5)
        with self._assert_refuses("nothing to send"):
            difference.with_user(self.manager).action_fix()

    def test_r7_an_upgrade_of_some_is_no_difference_with_the_invoice(self):
        today = fields.Date.context_today(self.contract)
        self.contract._waas_invoice_due(today)
        self.contract._waas_switch_license(
            self.office_basic, self.office_premium, 2, today
        )
        self._send_all()
        self._check()
        self.assertFalse(self._get_differences())

    def test_r7_an_upgrade_to_come_is_no_difference_with_the_invoice(self):
        today = fields.Date.context_today(self.contract)
        self.contract._waas_invoice_due(today)
        later = self.contract._waas_switch_license(
            self.office_basic, self.office_premium, 2, today + timedelta(days=70)
        )
        self.assertRecordValues(later, [{"seats": 2, "state": "to_provision"}])
        self.assertEqual(self.license.seats, 5)
        self._send_all()
        self.assertEqual(self.server.get_seats(later.reference), 0)
        self._check()
        self.assertFalse(self._get_differences())

    def test_r9_the_comparison_costs_no_query_per_license(self):
        def count():
            before = self.env.cr.sql_log_count
            list(
                self.env["waas.license.check"]
                .sudo()
                ._find_invoice_differences(
                    self.env["contract.contract"].search([]),
                    fields.Date.context_today(self.contract),
                )
            )
            return self.env.cr.sql_log_count - before

        self.env.invalidate_all()
        few = count()
        for _index in range(6):
            self._create_licensed(2)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertLessEqual(count(), few)

    def test_m10_each_batch_is_compared_and_committed(self):
        contracts = self.contract | self._create_licensed(2) | self._create_licensed(3)
        licenses = contracts.waas_license_ids
        self._send_all()
        for license_ in licenses:
            self.server.subscriptions[license_.external_id]["seats"] += 1
        commits = []

        def commit():
            self.env.flush_all()
            commits.append(len(self._get_differences()))

        with (
            patch.object(waas_license_check, "BATCH", 1),
            self._as_worker(),
            patch.object(self.env.cr, "commit", commit),
        ):
            self.env["waas.license.check"].sudo()._cron_check()
        self.assertLessEqual({0, 1, 2, 3}, set(commits))
        self.assertEqual(self._get_differences().license_id, licenses)

    def test_m10_a_license_that_another_worker_holds_is_not_called_unknown(self):
        self._get_subscription()["seats"] = 8
        nobody = self.env["waas.license"]
        with patch.object(
            self.registry["waas.license"],
            "try_lock_for_update",
            lambda *_args, **_options: nobody,
        ):
            self._check()
        self.assertFalse(self._get_differences())
        self._check()
        self.assertEqual(self._get_differences().kind, "seats")

    def test_m10_what_ended_is_resolved(self):
        self._get_subscription()["seats"] = 8
        self._check()
        difference = self._get_differences()
        self.license.sudo().channel = "other"
        self._check()
        self.assertEqual(difference.state, "resolved")
