from ..common.cases import WaasCommon
from ..common.replayed import replayed


class QuotationCommon(WaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_taxes()

    @classmethod
    @replayed
    def _set_up_taxes(cls):
        # VAT of 15% for everybody.
        cls.env["account.fiscal.position"].search(
            [("company_id", "=", cls.also.id)]
        ).auto_apply = False

    @classmethod
    @replayed
    def _create_full_order(cls, quantity=10, options=20, months=36, **values):
        """Workplaces with an upgrade, and options of a number of their own."""
        order = cls._create_order(months, **values)
        order._waas_add_bundle(
            cls.bundle,
            quantity,
            upgrades={cls.office_slot: cls.premium_upgrade},
            options={cls.monitor_option: options},
        )
        return order

    def _get_lines(self, order, product):
        return order.order_line.filtered(lambda line: line.product_id == product)

    def _get_bundle_line(self, order):
        return order.order_line.filtered(lambda line: line.waas_role == "bundle")

    def _read_lines(self, order):
        """What is on the order: name of product -> (number, price)."""
        return {
            line.product_id.name: (line.product_uom_qty, line.price_unit)
            for line in order.order_line
        }

    def _assert_amounts(self, order, monthly, commission):
        """Monthly price, contract total and commission, to the cent."""
        months = order.waas_term_id.months
        self.assertEqual(
            order.currency_id.compare_amounts(order.waas_monthly_amount, monthly),
            0,
            f"{order.waas_monthly_amount} a month, expected {monthly}",
        )
        self.assertAlmostEqual(order.waas_total_amount, monthly * months, 2)
        self.assertAlmostEqual(order.sudo().waas_commission_amount, commission, 2)
