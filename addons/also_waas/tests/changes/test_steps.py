"""Every button of changes and returns, in every state and twice in a row: it works, or
it says why not and what to do, and then nothing is any different."""

from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common_steps import StepsMixin
from .test_upgrade import START, TODAY, ChangeCommon


@tagged("post_install", "-at_install", "slow")
class TestStepsOfChanges(StepsMixin, ChangeCommon):
    """Upgrade, workplaces, extension and early end: cancelled, refused, expired and
    repeated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        devices = cls._put_in_stock(cls.laptop, 5)
        devices.sudo()._waas_arrive(cls.contract, START)
        cls._put_in_stock(cls.laptop, 3, first=6)
        cls.env["stock.quant"].search([("lot_id", "in", devices.ids)]).sudo().unlink()
        cls._invoice_up_to(cls.contract, date(2026, 4, 15))

    # === KINDS ===#

    def _make_upgrade(self):
        return self._upgrade(self.contract, date(2026, 4, 30))

    def _make_seats(self):
        return self._create_change(
            self.contract, "seats", seat_count=2, effective_date=date(2026, 4, 20)
        )

    def _make_extension(self):
        return self._create_change(self.contract, "extension", months=15)

    def _make_termination(self):
        return self._create_change(
            self.contract, "termination", effective_date=date(2026, 4, 15)
        )

    # === STATES ===#

    def _reach_draft(self, change):
        pass

    def _reach_waiting(self, change):
        change.action_submit()

    def _reach_refused_by_the_customer(self, change):
        change.action_submit()
        change.waas_agreement_ids.sudo()._refuse("Too dear")

    def _reach_refused_by_credit(self, change):
        change.action_submit()
        change.waas_credit_check_ids.with_user(self.officer)._reject("Too much")

    def _reach_signed_by_the_customer(self, change):
        change.action_submit()
        self._customer_signs(change)

    def _reach_agreed(self, change):
        """Delivered, where devices come with it."""
        self._agree(change)

    def _reach_agreed_and_not_applied(self, change):
        self.also.waas_auto_confirm = False
        self._agree(change)

    def _reach_delivered(self, change):
        self._agree(change)
        for picking in change.sudo().picking_ids:
            picking.action_assign()
            picking.move_ids.picked = True
            picking.with_user(self.warehouse).button_validate()

    def _reach_delivered_in_part(self, change):
        self._agree(change)
        for picking in change.sudo().picking_ids:
            picking.action_assign()
            picking.move_ids.quantity = 1
            picking.move_ids.picked = True
            picking.with_user(self.warehouse).with_context(
                skip_backorder=True
            ).button_validate()

    def _reach_cancelled(self, change):
        change.action_submit()
        change.action_cancel()

    def _reach_overtaken(self, change):
        """The contract ended while the draft lay there."""
        self._agree(self._make_termination())

    def _reach_beside_another(self, change):
        self._upgrade(self.contract, date(2026, 4, 30), self.deluxe).action_submit()

    def _get_story(self, change):
        """What belongs to a change, found anew each time."""
        env = self.env
        contract = self.contract.sudo()

        def story():
            agreements = env["waas.agreement"].sudo()
            domain = [("order_id", "=", contract.waas_order_id.id)]
            pickings = (
                env["stock.picking"]
                .sudo()
                .search([("waas_change_id.contract_id", "=", contract.id)])
            )
            return (
                contract.waas_change_ids,
                contract.waas_change_ids.line_ids,
                contract,
                contract.contract_line_ids,
                contract.waas_installment_ids,
                agreements.search(domain),
                env["waas.credit.check"].sudo().search(domain),
                env["waas.signing.link"].sudo().search(domain),
                env["mail.mail"].sudo().search([]),
                env["mail.activity"].sudo().search([]),
                pickings,
                pickings.move_ids,
                env["account.move"].sudo().search([("company_id", "=", self.also.id)]),
                env["waas.commission"].sudo().search([]),
                env["waas.license"].sudo().search([]),
            )

        return story

    def _get_previewed(self, record):
        if record._name == "waas.change" and record.state == "draft":
            return record._get_frozen_fields()
        if record._name == "waas.change.line" and record.change_id.state == "draft":
            return record._get_frozen_fields()
        return super()._get_previewed(record)

    def _check(self):
        self._assert_ledger()
        for change in self.contract.waas_change_ids:
            actors = [blocker.actor for blocker in change._waas_get_blockers()]
            self.assertEqual(change.waas_next_actor or None, next(iter(actors), None))
        open_changes = self.contract.waas_change_ids.filtered(
            lambda change: change.state in ("waiting", "delivering")
        )
        self.assertLessEqual(len(open_changes), 1)

    def _see_the_day(self):
        self.env.invalidate_all()
        with self._committing():
            self.env["waas.change"].sudo()._cron_waas_refresh_next_actor()

    def _test(self, kind, states, later=None):
        """Each state of a kind of change; ``later`` is a day on which it is tried."""
        for state in states:
            with self._undone():
                change = getattr(self, f"_make_{kind}")()
                getattr(self, f"_reach_{state}")(change)
                # Who may do all of it: rights are for another test.
                change = change.with_env(self.env)
                with self.subTest(kind=kind, state=state), freeze_time(later or TODAY):
                    self._see_the_day()
                    self._assert_offers(change)
                    self._try_everything(
                        lambda change=change: [change], self._get_story(change)
                    )

    EVERY = (
        "draft",
        "waiting",
        "refused_by_the_customer",
        "signed_by_the_customer",
        "agreed",
        "agreed_and_not_applied",
        "cancelled",
        "overtaken",
        "beside_another",
    )

    def test_steps_of_an_upgrade(self):
        self._test("upgrade", [*self.EVERY, "refused_by_credit"])

    def test_steps_of_more_workplaces(self):
        self._test(
            "seats",
            [*self.EVERY, "refused_by_credit", "delivered", "delivered_in_part"],
        )

    def test_steps_of_an_extension(self):
        self._test("extension", [*self.EVERY, "refused_by_credit"])

    def test_steps_of_an_early_end(self):
        self._test("termination", [s for s in self.EVERY if s != "overtaken"])

    def test_steps_of_changes_that_expired(self):
        """Weeks later: the day has passed, and the term of an extension as well."""
        states = ("draft", "waiting", "signed_by_the_customer")
        for kind in ("upgrade", "seats", "termination"):
            self._test(kind, states, "2026-06-20")
        self._test("extension", states, "2027-03-01")
