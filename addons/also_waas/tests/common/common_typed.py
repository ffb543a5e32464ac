from .cases import WaasCommon


class TypedCommon(WaasCommon):
    """What people type is understood or asked for, and a message is true."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(12, quantity=1)
        cls.also.waas_auto_confirm = False

    def _bring(self, **values):
        country = self.env.ref("base.nl")
        return self.reseller._waas_bring_customer(
            {
                "name": "Bakery",
                "vat": "",
                "street": "Mill Lane 1",
                "zip": "1234 AG",
                "city": "Utrecht",
                "contact_name": "Ann",
                "contact_email": "ann@bakery.test",
                **values,
            },
            country,
        )
