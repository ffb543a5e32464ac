from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.cases import WaasCommon
from ..common.replayed import replayed

START = date(2026, 1, 31)
TODAY = date(2026, 4, 15)


class ChangeCommon(WaasCommon):
    """A contract of five workplaces for 12 months from 31 January; today is 15 April,
    in its third month (31 March to 29 April, 30 days)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.contract = cls._create_contract(START, quantity=5)
        cls._set_up_deluxe()

    @classmethod
    @replayed
    def _set_up_deluxe(cls):
        cls.deluxe = cls._create_waas_product(
            "Deluxe instead of Basic",
            "upgrade",
            waas_component_id=cls._create_waas_product("Office Deluxe", "license").id,
        )
        cls.office_slot.upgrade_ids += cls.deluxe
        cls._create_price(cls.deluxe, 12, 10.0, 4.0)

    def _get_amounts(self, contract=None):
        return (contract or self.contract).waas_installment_ids.mapped("amount")

    def _assert_ledger(self, contract=None):
        """I1: months add up to the total; what is invoiced is what they say."""
        contract = contract or self.contract
        months = contract.waas_installment_ids
        self.assertAlmostEqual(
            sum(months.mapped("amount")), contract.waas_total_amount, 2
        )
        for move in months.move_id:
            self.assertAlmostEqual(
                move.amount_untaxed, sum(move.waas_installment_ids.mapped("amount")), 2
            )


@tagged("post_install", "-at_install")
class TestUpgrade(ChangeCommon):
    """Upgrades and options for the rest of the term (R7, R8)."""

    def test_r7_an_upgrade_from_the_next_month_reprices_what_is_not_invoiced(self):
        self._invoice_up_to(self.contract, TODAY)
        change = self._upgrade(self.contract, date(2026, 4, 30))
        self.assertRecordValues(
            change,
            [
                {
                    "monthly_before": 395.0,
                    "monthly_after": 427.5,
                    "part_amount": 0.0,
                    "total_before": 4740.0,
                    "total_after": 4740.0 + 9 * 32.5,
                    "growth_amount": 292.5,
                    "commission_amount": 5.0,
                }
            ],
        )
        self._agree(change)
        self.assertEqual(change.state, "applied")
        self.assertEqual(self._get_amounts(), [395.0] * 3 + [427.5] * 9)
        self.assertEqual(self.contract.waas_monthly_amount, 427.5)
        self.assertEqual(self.contract.waas_total_amount, 5032.5)
        self._assert_ledger()

    def test_r7_a_part_of_an_open_month_is_invoiced_with_it(self):
        """From 20 April: 10 of 30 days of the third month."""
        change = self._agree(self._upgrade(self.contract, date(2026, 4, 20)))
        self.assertAlmostEqual(change.part_amount, 10.83, 2)
        self.assertEqual(self._get_amounts(), [395.0] * 2 + [405.83] + [427.5] * 9)
        moves = self._invoice_up_to(self.contract, date(2026, 4, 30))
        self.assertEqual(moves.mapped("amount_untaxed"), [395.0, 395.0, 405.83, 427.5])
        self.assertIn("04/20/2026 - 04/29/2026", moves[2].invoice_line_ids[1].name)
        self._assert_ledger()

    def test_r7_a_part_of_an_invoiced_month_is_invoiced_with_the_next(self):
        self._invoice_up_to(self.contract, TODAY)
        self._agree(self._upgrade(self.contract, TODAY))
        # 15 of 30 days: 16.25, on top of 427.50.
        self.assertEqual(self._get_amounts(), [395.0] * 3 + [443.75] + [427.5] * 8)
        move = self._invoice_up_to(self.contract, date(2026, 4, 30))
        self.assertEqual(move.amount_untaxed, 443.75)
        self.assertIn("04/15/2026 - 04/29/2026", move.invoice_line_ids[2].name)
        self._assert_ledger()

    def test_r7_months_invoiced_in_advance_are_billed_apart(self):
        self._invoice_up_to(self.contract, date(2026, 5, 31))
        self._agree(self._upgrade(self.contract, TODAY))
        self.assertEqual(
            self._get_amounts(), [395.0] * 5 + [395 + 16.25 + 3 * 32.5] + [427.5] * 6
        )
        self._assert_ledger()

    def test_r8_a_dearer_upgrade_takes_the_place_of_the_former_one(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 30)))
        self._invoice_up_to(self.contract, date(2026, 4, 30))
        change = self._upgrade(self.contract, date(2026, 5, 15), self.deluxe)
        line = change.line_ids
        self.assertEqual(line.replaced_line_id.product_id, self.premium_upgrade)
        # Of 4 per piece, 1 was earned on the former one.
        self.assertEqual((line.commission_unit, line.commission_amount), (3.0, 15.0))
        self._agree(change)
        # The fourth month, 30 April to 30 May, has 31 days, of which 16 are left.
        part = round(50 * 16 / 31, 2) - round(32.5 * 16 / 31, 2)
        self.assertAlmostEqual(change.part_amount, part, 2)
        self.assertEqual(
            [round(amount, 2) for amount in self._get_amounts()],
            [395.0] * 3 + [427.5, round(445 + part, 2)] + [445.0] * 7,
        )
        move = self._invoice_up_to(self.contract, date(2026, 5, 31))
        credited = move.invoice_line_ids.filtered(lambda line: line.price_unit < 0)
        self.assertIn("Credited for the rest", credited.name)
        self._assert_ledger()

    def test_r8_an_upgrade_that_never_began_is_replaced_without_a_trace_of_money(self):
        self._agree(self._upgrade(self.contract, date(2026, 5, 31)))
        self._agree(self._upgrade(self.contract, date(2026, 5, 31), self.deluxe))
        self.assertEqual(self._get_amounts(), [395.0] * 4 + [445.0] * 8)
        self.assertEqual(
            self.contract.contract_line_ids.filtered("is_canceled").product_id,
            self.premium_upgrade,
        )
        self._invoice_up_to(self.contract, date(2027, 1, 30))
        self._assert_ledger()

    def test_r8_an_option_is_counted(self):
        self.monitor_option.waas_component_id = self.helpdesk
        change = self._upgrade(
            self.contract, date(2026, 4, 30), self.monitor_option, quantity=2
        )
        self.assertEqual(change.line_ids.price_subtotal, 8.0)
        self.assertEqual(change.commission_amount, 2.0)
        self._agree(change)
        self.assertEqual(self.contract.waas_monthly_amount, 403.0)

    def test_r8_prices_are_those_in_force_on_the_day(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.premium_upgrade.product_tmpl_id
        ).date_end = "2026-06-30 23:59:59"
        self._create_price(
            self.premium_upgrade, 12, 7.0, 1.5, date_start="2026-07-01 00:00:00"
        )
        change = self._upgrade(self.contract, date(2026, 7, 31))
        self.assertEqual(change.line_ids.price_unit, 7.0)
        self.assertEqual(change.line_ids.commission_unit, 1.5)

    def test_r8_prices_are_frozen_when_the_change_is_sent(self):
        change = self._upgrade(self.contract, date(2026, 4, 30))
        rule = self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.premium_upgrade.product_tmpl_id
            and rule.waas_term_id == self.terms[12]
        )
        rule.fixed_price = 8.0
        change.action_submit()
        self.assertEqual(change.line_ids.price_unit, 8.0)
        rule.fixed_price = 9.0
        self._agree_waiting(change)
        self.assertEqual(self.contract.waas_monthly_amount, 395 + 40)

    def _agree_waiting(self, change):
        change.waas_credit_check_ids.with_user(self.officer)._approve(
            1_000_000.0, date(2099, 12, 31)
        )
        self._customer_signs(change)
        self._also_signs(change)

    def test_r13_the_run_takes_an_agreed_change_for_explained(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 20)))
        self._invoice_up_to(self.contract, TODAY)
        self.assertEqual(self._create_run(TODAY).changed_count, 0)
        run = self._create_run(date(2026, 4, 30))
        self.assertEqual((run.changed_count, run.unexplained_count), (1, 0))
        self.assertAlmostEqual(run.changed_amount, 427.5 - 405.83, 2)
        month = self.contract.waas_installment_ids[3]
        month.amount = 500.0
        run.action_refresh()
        self.assertEqual((run.changed_count, run.unexplained_count), (0, 1))

    # === WHAT IS REFUSED ===#

    def _assert_impossible(self, change, message):
        with self._assert_refuses(message):
            change.action_submit()
        self.assertEqual(change.state, "draft")

    def test_r8_a_cheaper_upgrade_waits_for_a_new_contract(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 30), self.deluxe))
        self._assert_impossible(
            self._upgrade(self.contract, date(2026, 5, 31)),
            "costs .*6.50, less than Deluxe instead of Basic at .*10.00.*follow-on",
        )
        self._assert_impossible(
            self._upgrade(self.contract, date(2026, 5, 31), self.deluxe),
            "have Deluxe instead of Basic already",
        )

    def test_r8_not_before_the_upgrade_it_replaces(self):
        self._agree(self._upgrade(self.contract, date(2026, 5, 31)))
        self._assert_impossible(
            self._upgrade(self.contract, date(2026, 5, 1), self.deluxe),
            "Premium instead of Basic holds from 05/31/2026: choose that day or a "
            "later",
        )

    def test_r7_the_last_month_that_is_invoiced_cannot_change(self):
        self._invoice_up_to(self.contract, date(2027, 1, 30))
        self._assert_impossible(
            self._upgrade(self.contract, TODAY),
            "Every month of .* from 04/15/2026 on is invoiced already: extend",
        )

    def test_r7_days_outside_the_term_are_refused(self):
        self._assert_impossible(
            self._upgrade(self.contract, date(2026, 4, 14)), "04/14/2026 has passed"
        )
        self._assert_impossible(
            self._upgrade(self.contract, date(2027, 1, 31)), "ends on 01/30/2027"
        )
        later = self._create_contract(date(2026, 6, 1))
        self._assert_impossible(
            self._upgrade(later, date(2026, 5, 1)), "starts on 06/01/2026"
        )

    def test_r8_never_a_silent_list_price(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.premium_upgrade.product_tmpl_id
        ).unlink()
        self._assert_impossible(
            self._upgrade(self.contract, date(2026, 4, 30)),
            "Premium instead of Basic has no price for 12 months in price list WaaS",
        )

    def test_r7_only_what_the_bundle_offers(self):
        other = self._create_waas_product(
            "Other", "upgrade", waas_component_id=self.office_premium.id
        )
        self._create_price(other, 12, 1.0)
        self._assert_impossible(
            self._upgrade(self.contract, date(2026, 4, 30), other),
            "Workplace does not offer Other",
        )

    def test_an_upgrade_needs_lines_and_one_for_each_place(self):
        self._assert_impossible(
            self._create_change(self.contract), "Add an upgrade or an option"
        )
        change = self._create_change(
            self.contract,
            effective_date=date(2026, 4, 30),
            products={self.premium_upgrade: {}, self.deluxe: {}},
        )
        self._assert_impossible(change, "two upgrades for Office: keep one")

    def test_r7_other_hardware_is_no_upgrade_of_a_running_contract(self):
        big = self._create_waas_product(
            "Big Laptop",
            "upgrade",
            waas_component_id=self._create_device("Laptop XL").id,
        )
        self.laptop_slot.upgrade_ids = big
        self._create_price(big, 12, 9.0)
        self._assert_impossible(
            self._upgrade(self.contract, date(2026, 4, 30), big), "is other hardware"
        )

    def test_a_contract_that_does_not_run_does_not_change(self):
        self.contract.waas_state = "awaiting"
        with self._assert_refuses("has not started: .* Cancel order"):
            self.contract.with_user(self.seller).action_waas_upgrade()
        self._assert_impossible(
            self._upgrade(self.contract, date(2026, 4, 30)), "has not started"
        )
        self.contract.waas_state = "ended"
        with self._assert_refuses("no running WaaS contract"):
            self.contract.with_user(self.seller).action_waas_leaving_cost()

    # === NOBODY TYPES IT ===#

    def test_r8_nobody_types_prices_states_or_amounts(self):
        change = self._upgrade(self.contract, date(2026, 4, 30))
        for values in (
            {"state": "applied"},
            {"total_after": 1.0},
            {"commission_amount": 1.0},
        ):
            with self._assert_refuses("users cannot enter them", AccessError):
                change.write(values)
        for values in ({"price_unit": 0.0}, {"commission_amount": 99.0}):
            with self._assert_refuses("users cannot enter them"):
                change.line_ids.write(values)
        with self._assert_refuses("users cannot enter them", AccessError):
            self._create_change(self.contract, state="applied")

    def test_what_was_sent_stays_as_it_was_sent(self):
        change = self._upgrade(self.contract, date(2026, 4, 30))
        change.action_submit()
        for write in (
            lambda: change.write({"effective_date": date(2026, 5, 1)}),
            lambda: change.line_ids.write({"quantity": 1}),
            lambda: change.line_ids.unlink(),
            lambda: change.write({"line_ids": [(5, 0, 0)]}),
            lambda: self.env["waas.change.line"]
            .with_user(self.seller)
            .create({"change_id": change.id, "product_id": self.deluxe.id}),
        ):
            with self._assert_refuses("was sent: press Renew", UserError):
                write()
        with self._assert_refuses("stays as a record"):
            change.unlink()
