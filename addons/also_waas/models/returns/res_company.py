"""What a company decides about returned devices, and its places for them."""

from odoo import fields, models

from ...defaults import without_defaults


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_quarantine_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Quarantine Location",
        check_company=True,
        domain="[('is_waas_quarantine', '=', True), ('company_id', '=', id)]",
        help="Where devices wait for their erasure.",
    )
    waas_resale_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Resale Location",
        check_company=True,
        domain="[('usage', '=', 'internal'), ('is_waas', '=', False), "
        "('is_waas_quarantine', '=', False), ('company_id', '=', id)]",
        help="Where devices wait for a buyer that are not rented out again.",
    )
    waas_return_type_id = fields.Many2one(
        comodel_name="stock.picking.type",
        string="Operation Type of Returns",
        check_company=True,
        domain="[('company_id', '=', id)]",
    )
    waas_return_days = fields.Integer(
        string="Return Within (days)",
        default=14,
        help="After the end of a contract, or after the return was asked for. Later, "
        "devices are overdue.",
    )
    waas_pickup_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Fee per Pick-up",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Its price in the price list, without a term, is the cost of a secure "
        "pick-up, independent of what it collects. At least one of the three "
        "fees has a price.",
    )
    waas_pickup_device_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Fee per Device",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Its price in the price list, without a term, is what each device of a "
        "secure pick-up costs; the list may ask less from a quantity on.",
    )
    waas_pickup_site_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Fee per Site",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Its price in the price list, without a term, is the cost of each "
        "address of a secure pick-up.",
    )
    waas_claim_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Claim Product",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="On the invoice for a device that does not come back.",
    )
    waas_claim_basis = fields.Selection(
        selection=[("book", "Its book value"), ("list", "Its sales price")],
        string="A Missing Device Costs",
        default="book",
        required=True,
    )

    waas_bill_use = fields.Boolean(
        string="Bill Holdover Rent",
        help="Off: devices that are overdue after the end of a contract raise a to-do "
        "and are claimed. On: besides, each month that begins is invoiced at the last "
        "rent, for the part of the devices that is still out. The customer has "
        "to have agreed to that in the agreements.",
    )

    def _waas_set_up(self):
        result = super()._waas_set_up()
        for company in self:
            company_sudo = company.sudo()  # as the chapter before
            company_sudo._waas_set_up_return_products()
            company_sudo._waas_set_up_return_places()
        return result

    def _waas_set_up_return_products(self):
        """What is on the invoices of a return (R15). Never sold, so never on a
        quotation (R3)."""
        self._waas_set_up_service(
            "waas_pickup_product_id",
            "WAAS-PICKUP",
            lambda env: env._("Secure Pick-up of Devices"),
        )
        self._waas_set_up_service(
            "waas_pickup_device_product_id",
            "WAAS-PICKUP-DEVICE",
            lambda env: env._("Secure Pick-up, per Device"),
        )
        self._waas_set_up_service(
            "waas_pickup_site_product_id",
            "WAAS-PICKUP-SITE",
            lambda env: env._("Secure Pick-up, per Site"),
        )
        self._waas_set_up_service(
            "waas_claim_product_id",
            "WAAS-CLAIM",
            lambda env: env._("Device Not Returned"),
        )

    def _waas_set_up_return_places(self):
        """Locations outside of warehouses, the company's stock and never available, and
        the operation type of what comes back."""
        if not self.waas_quarantine_location_id:
            self.waas_quarantine_location_id = self._waas_make_location(
                "WAAS-QUARANTINE",
                name=self.env._("Quarantine (WaaS)"),
                is_waas_quarantine=True,
            )
        if not self.waas_resale_location_id:
            self.waas_resale_location_id = self._waas_make_location(
                "WAAS-RESALE", name=self.env._("Resale (WaaS)")
            )
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.id)], limit=1
        )
        # Without a warehouse, Odoo takes any receipts for those of a purchase. The
        # first warehouse brings the type along.
        if warehouse and not self.waas_return_type_id:
            self.waas_return_type_id = self._waas_get_or_make(
                "stock.picking.type",
                [("sequence_code", "=", "WRET"), ("code", "=", "incoming")],
                self._waas_prepare_return_type(warehouse),
            )

    def _waas_prepare_return_type(self, warehouse):
        return {
            "name": self.env._("WaaS Returns"),
            "code": "incoming",
            "sequence_code": "WRET",
            # After the receipts that a purchase takes.
            "sequence": warehouse.in_type_id.sequence + 1,
            "warehouse_id": warehouse.id,
            "default_location_src_id": self.waas_location_id.id,
            "default_location_dest_id": self.waas_quarantine_location_id.id,
            # The device is chosen when it arrives: until then it may be replaced.
            "reservation_method": "manual",
            "use_create_lots": False,
            "use_existing_lots": True,
            "create_backorder": "always",
        }

    def _waas_get_uses(self):
        uses = super()._waas_get_uses()
        count = (
            self.env["waas.return"]
            .sudo()  # only their number
            .search_count(
                [
                    ("company_id", "=", self.id),
                    ("state", "not in", ("draft", "closed", "cancelled")),
                ]
            )
        )
        if count:
            uses.append(self.env._("%(count)s returns are open", count=count))
        return uses

    def _waas_get_quarantine(self):
        """Where devices of the company wait for their erasure; empty for a company that
        rents nothing out."""
        self.ensure_one()
        company_sudo = self.sudo()  # a place, not a secret
        return company_sudo.waas_quarantine_location_id.with_env(self.env)

    # === OUT OF QUARANTINE ===#

    def _waas_get_release_location(self, decision):
        """Where a device goes that is ``refurbished``, for ``resale`` or ``scrap``."""
        self.ensure_one()
        # Locations of the company, for users who move devices.
        company_sudo = self.sudo()
        if decision == "resale":
            return company_sudo.waas_resale_location_id
        if decision == "scrap":
            return company_sudo.env["stock.location"].search(
                [("company_id", "=", self.id), ("usage", "=", "inventory")],
                order="id",
                limit=1,
            )
        return company_sudo.waas_return_type_id.warehouse_id.lot_stock_id

    def _waas_make_release(self, lots, decision):
        """The validated transfer that takes erased devices out of quarantine."""
        self.ensure_one()
        target = self._waas_get_release_location(decision)
        source = self._waas_get_quarantine()
        picking = without_defaults(self.env["stock.picking"]).create(
            {
                "picking_type_id": self.waas_return_type_id.warehouse_id.int_type_id.id,
                "company_id": self.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "origin": self.env._("Out of quarantine"),
            }
        )
        moves = picking._waas_add_devices(
            [
                picking._waas_prepare_device_move(
                    lot, lot._waas_get_quarantine_place(), target
                )
                for lot in lots
            ]
        )
        moves._waas_pick_devices(lots)
        picking._action_done()
        return picking
