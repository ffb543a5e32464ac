from ..common.cases_returns import WaasReturnCommon


class ErasureCommon(WaasReturnCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record = cls._create_return(cls.devices)
        cls._receive(cls.record, cls.devices)
        cls.shelf = (
            cls.env["stock.warehouse"]
            .search([("company_id", "=", cls.also.id)], limit=1)
            .lot_stock_id
        )

    def _get_place(self, device):
        return device.quant_ids.filtered(lambda quant: quant.quantity > 0).location_id

    def _move(self, device, target, source=None, user=None):
        """What somebody does who moves a device by an ordinary transfer."""
        warehouse = self.shelf.warehouse_id
        source = source or self._get_place(device)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.int_type_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
            }
        )
        move = picking._waas_add_device(device, source, target)
        move._waas_pick_device(device)
        return picking.with_user(user or self.warehouse)._action_done()
