from ..common.replayed import replayed
from .common_returns import ReturnCommon


class PickupFeeCommon(ReturnCommon):
    """R15: a secure pick-up is for a fee: by pick-up, by device and by site. Zero asks
    for a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls._create_site()

    @replayed
    def _price(self, product, price, **values):
        return self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": product.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": price,
                **values,
            }
        )

    @replayed
    def _price_all(self, device=4.0, site=25.5):
        self._price(self.also.waas_pickup_device_product_id, device)
        self._price(self.also.waas_pickup_site_product_id, site)

    @replayed
    def _confirm_pickup(self, record):
        record.action_announce()
        record.action_confirm_pickup()
        return record
