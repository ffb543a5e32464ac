from datetime import timedelta

from odoo import fields

from ..common.cases_returns import WaasReturnCommon
from ..common.cases_steps import SIGNATURE
from ..common.replayed import replayed


class ReturnCommon(WaasReturnCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_fee()

    @classmethod
    @replayed
    def _set_up_fee(cls):
        cls.fee_rule = cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": cls.also.waas_pickup_product_id.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 45.0,
            }
        )

    @classmethod
    @replayed
    def _create_site(cls):
        """Another address of the customer, where devices stand."""
        return cls.env["res.partner"].create(
            {
                "name": "Branch",
                "parent_id": cls.customer.id,
                "type": "delivery",
                "street": "Quay 9",
                "zip": "3011 AA",
                "city": "Rotterdam",
            }
        )

    def _get_todos(self, record, kind):
        return record.sudo()._waas_find_todos(kind)

    @replayed
    def _create_pickup(self, devices, **values):
        start = fields.Datetime.now() + timedelta(days=3)
        return self._create_return(
            devices,
            announce=False,
            **{
                "method": "pickup",
                "pickup_address_id": self.customer.id,
                "pickup_contact": "Porter",
                "pickup_phone": "+31 30 1234567",
                "pickup_from": start,
                "pickup_to": start + timedelta(hours=2),
                "processor_id": self.processor.id,
                **values,
            },
        )

    def _hand_over(self, record, user=None, **values):
        """At the door: what somebody enters in the window of the return."""
        action = record.action_hand_over()
        window = (
            self.env[action["res_model"]]
            .with_user(user or self.warehouse)
            .with_context(**action["context"])
            .create(
                {
                    "counted": record.device_count,
                    "seals": "A1, A2",
                    "collected_by": "Driver",
                    "signature": SIGNATURE,
                    **values,
                }
            )
        )
        window.action_collect()
        return record.handover_ids[-1:]

    def _get_places(self, devices):
        return [
            device.quant_ids.filtered(lambda quant: quant.quantity > 0).location_id
            for device in devices
        ]

    def _get_mails_of(self, record):
        return self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )
