from odoo import fields, models


class ResCompany(models.Model):
    """Where a company keeps what it rents out."""

    _inherit = "res.company"

    waas_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="At Customer Location",
        check_company=True,
        domain="[('is_waas', '=', True), ('company_id', '=', id)]",
        help="Where rented devices are: at the end customer, still in your books.",
    )

    def _waas_set_up(self):
        result = super()._waas_set_up()
        self._waas_set_up_location()
        return result

    def _waas_set_up_location(self):
        """Give each company its *at customer* location."""
        customers = self.env.ref("stock.stock_location_customers")
        for company in self.filtered(lambda company: not company.waas_location_id):
            company_sudo = company.sudo()  # users who create a company may complete it
            company_sudo.waas_location_id = company_sudo.env["stock.location"].create(
                {
                    "name": self.env._("At Customer (WaaS)"),
                    "usage": "internal",
                    "is_waas": True,
                    "company_id": company.id,
                    # A child of Customers, so that ordinary delivery rules lead here.
                    "location_id": customers.id,
                }
            )
