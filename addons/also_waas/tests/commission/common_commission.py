from datetime import date, datetime

from freezegun import freeze_time

from ..common.cases import WaasCommon
from ..common.replayed import replayed

MARCH = datetime(2026, 3, 10, 10)


APRIL = datetime(2026, 4, 1, 10)


MAY = datetime(2026, 5, 1, 10)


class CommissionCommon(WaasCommon):
    """A world in March 2026: 60 of commission for a workplace of 36 months, 3 for
    Office Premium in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(MARCH))

    # === WHAT PEOPLE DO ===#

    @replayed
    def _settle(self, moment=APRIL, user=None, **values):
        """Settle what was earned before the month of ``moment``.

        :return: the live settlements of WaaS
        """
        with freeze_time(moment):
            self.env["commission.make.settle"].with_user(
                user or self.accountant
            ).create(
                {"settlement_type": "waas", "date_to": moment.date(), **values}
            ).action_settle()
        return self._get_settlements()

    def _get_settlements(self):
        return self.env["commission.settlement"].search(
            [("settlement_type", "=", "waas"), ("state", "!=", "cancel")]
        )

    @replayed
    def _bill(self, settlements, moment=APRIL, **values):
        """Make the bills by the neighbour's wizard, as its button opens it."""
        with freeze_time(moment):
            wizard = (
                self.env["commission.make.invoice"]
                .with_user(self.accountant)
                .with_context(settlement_ids=settlements.ids)
                .create(values)
            )
            wizard.button_create()
        return settlements.invoice_id

    @replayed
    def _post(self, bills, moment=APRIL):
        with freeze_time(moment):
            bills.action_post()
        return bills

    @replayed
    def _pay(self, bill, moment=APRIL):
        with freeze_time(moment):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=bill.ids
            ).create({"payment_date": moment.date()})._create_payments()

    @replayed
    def _credit(self, bill):
        """Credit a posted bill in full."""
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({"journal_id": bill.journal_id.id}).refund_moves()
        refund = bill.reversal_move_ids
        refund.invoice_date = refund.invoice_date or date(2026, 4, 1)
        refund.action_post()
        lines = (bill + refund).line_ids.filtered(
            lambda line: line.account_type == "liability_payable"
            and not line.reconciled
        )
        if lines:
            lines.reconcile()

    def _get_rows(self, order):
        return self.env["waas.commission"].search([("order_id", "=", order.id)])

    def _get_balance(self, order):
        return sum(self._get_rows(order).mapped("amount"))


class CommissionSettlementCommon(CommissionCommon):
    """What was earned is settled by month and paid by a self-billed bill, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm(cls._create_order(36, quantity=1))
        cls.contract = cls.order.waas_contract_ids
        cls.row = cls.order.waas_commission_ids
