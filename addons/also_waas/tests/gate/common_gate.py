from datetime import date

from ..common.cases import WaasCommon

# One workplace for 36 months: 36 x 45.99.
TOTAL = 1655.64


LAST_DAY = date(2099, 12, 31)


class GateCommon(WaasCommon):
    """R1: no rental is confirmed before the credit is approved and all agreements are
    signed by ALSO and the end customer, whichever door somebody comes through."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(quantity=1)

    def _open_gate(self, order):
        """Everything is there, and nobody has confirmed yet."""
        self.also.waas_auto_confirm = False
        self._confirm(order)
        self.assertFalse(order._waas_get_blockers())
        self.assertEqual(order.state, "sent")
