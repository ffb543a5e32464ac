from odoo import fields, models

from ...defaults import without_defaults

RETURN_PRODUCTS = (
    "waas_pickup_product_id",
    "waas_pickup_device_product_id",
    "waas_pickup_site_product_id",
    "waas_claim_product_id",
)


def _default_product(name):
    """The service of this name that comes with the addon, as long as it is there."""
    return lambda self: self.env.ref(
        f"also_waas.product_{name}", raise_if_not_found=False
    )


class ResCompany(models.Model):
    """What a company decides about returned devices, and its places for them."""

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
        default=_default_product("pickup"),
        help="Its price in the price list, without a term, is the cost of a secure "
        "pick-up, independent of what it collects. At least one of the three "
        "fees has a price.",
    )
    waas_pickup_device_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Fee per Device",
        check_company=True,
        domain="[('type', '=', 'service')]",
        default=_default_product("pickup_device"),
        help="Its price in the price list, without a term, is what each device of a "
        "secure pick-up costs; the list may ask less from a quantity on.",
    )
    waas_pickup_site_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Fee per Site",
        check_company=True,
        domain="[('type', '=', 'service')]",
        default=_default_product("pickup_site"),
        help="Its price in the price list, without a term, is the cost of each "
        "address of a secure pick-up.",
    )
    waas_claim_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Claim Product",
        check_company=True,
        domain="[('type', '=', 'service')]",
        default=_default_product("claim"),
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
            company.sudo()._waas_set_up_returns()  # as the chapter before
        return result

    def _waas_set_up_returns(self):
        """The places and the products a return needs; safe to repeat."""
        self.ensure_one()
        # A company that was there before the addon got no default.
        for name in RETURN_PRODUCTS:
            if not self[name]:
                self[name] = self._fields[name].default(self)
        if not self.waas_quarantine_location_id:
            self.waas_quarantine_location_id = self._waas_make_return_location(
                self.env._("Quarantine (WaaS)"), is_waas_quarantine=True
            )
        if not self.waas_resale_location_id:
            self.waas_resale_location_id = self._waas_make_return_location(
                self.env._("Resale (WaaS)")
            )
        if not self.waas_return_type_id:
            self.waas_return_type_id = self.env["stock.picking.type"].create(
                self._waas_prepare_return_type()
            )

    def _waas_make_return_location(self, name, **values):
        """A location outside of warehouses: the company's stock, never available."""
        return self.env["stock.location"].create(
            {"name": name, "usage": "internal", "company_id": self.id, **values}
        )

    def _waas_prepare_return_type(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.id)], limit=1
        )
        return {
            "name": self.env._("WaaS Returns"),
            "code": "incoming",
            "sequence_code": "WRET",
            "company_id": self.id,
            "warehouse_id": warehouse.id,
            "default_location_src_id": self.waas_location_id.id,
            "default_location_dest_id": self.waas_quarantine_location_id.id,
            # The device is chosen when it arrives: until then it may be replaced.
            "reservation_method": "manual",
            "use_create_lots": False,
            "use_existing_lots": True,
            "create_backorder": "always",
        }

    def _waas_get_quarantine(self):
        """Where devices of the company wait for their erasure."""
        self.ensure_one()
        company_sudo = self.sudo()  # a place, not a secret
        if not company_sudo.waas_quarantine_location_id:
            company_sudo._waas_set_up()
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
