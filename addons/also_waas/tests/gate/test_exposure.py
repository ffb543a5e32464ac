from odoo.tests import tagged

from .common_credit_check import LAST_DAY, TOTAL, CreditCheckCommon


@tagged("post_install", "-at_install")
class TestExposure(CreditCheckCommon):
    """What the exposure of an end customer counts."""

    def test_r13_exposure_is_invoices_and_rent_to_come_and_this_deal(self):
        running = self._create_order(quantity=2)
        self._put_in_stock(self.laptop, 2)
        self._confirm(running)
        running.action_confirm()
        check = self._request()
        self.assertRecordValues(
            check,
            [
                {
                    "receivable_amount": 0.0,
                    # Awaiting its delivery: all 36 months of two workplaces.
                    "rent_amount": 2 * TOTAL,
                    "order_amount": TOTAL,
                    "requested_amount": 3 * TOTAL,
                }
            ],
        )
        check._approve(3 * TOTAL, LAST_DAY)
        self.assertEqual(self._get_credit_code(), "agreements_missing")

        self._deliver(running)
        first_month = running.waas_contract_ids.waas_installment_ids[0].move_id
        self.assertEqual(first_month.state, "posted")
        exposure = self.customer._waas_get_exposure(self.also)
        self.assertAlmostEqual(exposure["receivable"], first_month.amount_total, 2)
        self.assertAlmostEqual(exposure["rent"], 2 * TOTAL - 91.98, 2)
        self.assertEqual(self._get_credit_code(), "agreements_missing")

        self.init_invoice(
            "out_invoice", partner=self.customer, amounts=[0.01], post=True
        )
        self.assertEqual(self._get_credit_code(), "credit_insufficient")

    def test_r13_exposure_counts_other_currencies_at_todays_rate(self):
        currency = self.env["res.currency"].create({"name": "WSC", "symbol": "¤"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2020-01-01",
                "rate": 2.0,  # two of them make one of the company's
                "company_id": self.also.id,
            }
        )
        self.pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        self.__class__.pricelist, ours = self.pricelist, self.__class__.pricelist
        self._create_price(self.bundle, 36, 45.99, 60.0)
        self.__class__.pricelist = ours
        foreign = self._create_order(36)
        foreign.pricelist_id = self.pricelist
        foreign._waas_add_bundle(self.bundle, 1)
        self.assertEqual(foreign.currency_id, currency)

        check = self._request(order=foreign)
        self.assertAlmostEqual(check.order_amount, TOTAL / 2, 2)
        check._approve(TOTAL / 2, LAST_DAY)
        self._sign(foreign)
        foreign.action_confirm()
        self.assertEqual(foreign.waas_contract_ids.waas_rent_to_come, TOTAL)
        exposure = self.customer._waas_get_exposure(self.also)
        self.assertAlmostEqual(exposure["rent"], TOTAL / 2, 2)

    def test_r13_exposure_is_the_whole_companys_whoever_is_on_the_order(self):
        branch = self._create_order(quantity=1, partner_id=self.signatory.id)
        self._confirm(branch)
        branch.action_confirm()
        self.assertEqual(self.customer._waas_get_exposure(self.also)["rent"], TOTAL)
        self.assertEqual(self._request().partner_id, self.customer)

    def test_r13_ended_and_cancelled_contracts_are_no_exposure(self):
        self._confirm(self.order)
        self.order.action_confirm()
        contract = self.order.waas_contract_ids
        for state, rent in (("ended", 0.0), ("running", TOTAL), ("cancelled", 0.0)):
            contract.sudo().waas_state = state
            exposure = self.customer._waas_get_exposure(self.also)
            self.assertEqual(exposure["rent"], rent, state)

    def test_r13_a_list_of_deals_gets_the_same_exposures_as_each_alone(self):
        self._confirm(self.order)
        self.order.action_confirm()
        deals = (
            self._create_order(quantity=1)
            | self._create_order(quantity=2, partner_id=self.signatory.id)
            | self._create_order(quantity=3, partner_id=self.other_customer.id)
        )
        alone = [deal._waas_get_exposure() for deal in deals]
        self.assertEqual(alone, [2 * TOTAL, 3 * TOTAL, 3 * TOTAL])
        known = deals._waas_look_up()
        self.assertEqual([deal._waas_get_exposure(known) for deal in deals], alone)

    def test_account_is_asked_for_while_there_is_a_mandate_to_sign(self):
        self.assertNotIn("bank_account", self._get_codes(self.order))
        mandate = (
            self.env["waas.agreement.template"]
            .sudo()
            .create(
                {
                    "name": "Mandate",
                    "kind": "mandate",
                    "company_id": self.also.id,
                    "body_html": "<p>Debit</p>",
                }
            )
        )
        self.assertIn("bank_account", self._get_codes(self.order))
        mandate.active = False
        self.assertNotIn("bank_account", self._get_codes(self.order))
        mandate.active = True
        self.assertIn("bank_account", self._get_codes(self.order))
        mandate.unlink()
        self.assertNotIn("bank_account", self._get_codes(self.order))

    def test_r13_nothing_counts_against_the_partner(self):
        self._confirm(self.order)
        self.order.action_confirm()
        self.assertEqual(
            set(self.reseller._waas_get_exposure(self.also).values()), {0.0}
        )
        self.assertEqual(self.reseller.with_company(self.also).credit_to_invoice, 0.0)
