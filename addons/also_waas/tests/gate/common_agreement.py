from ..common.cases import WaasCommon

TOTAL = 1655.64


class AgreementCommon(WaasCommon):
    """R1: what ALSO and the end customer sign is frozen, and about the deal as it
    stands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.waas_auto_confirm = False
        cls.order = cls._create_order(quantity=1)

    def _send(self, order=None):
        order = order or self.order
        order.action_waas_send_agreements()
        return order.waas_agreement_ids.filtered(lambda a: a.state == "sent")
