from datetime import date

from freezegun import freeze_time

from ..common.cases import WaasCommon

START = date(2026, 1, 31)


TODAY = date(2026, 4, 15)


class InvoiceRunCommon(WaasCommon):
    """Three contracts that have run since the end of January, today being 15 April."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.first = cls._create_contract(START, quantity=1)
        cls.second = cls._create_contract(
            START, quantity=2, partner_id=cls.other_customer.id
        )
        cls.third = cls._create_contract(START, months=36, quantity=3)
        cls.contracts = cls.first + cls.second + cls.third

    def _get_invoices(self, contracts=None):
        contracts = contracts or self.contracts
        return contracts.waas_installment_ids.move_id

    def _pay(self, move):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
