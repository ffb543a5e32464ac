from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ContractLine(models.Model):
    """Chapter 4, contract: a monthly price, frozen from the order."""

    _inherit = "contract.line"

    waas_order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.constrains("product_id", "contract_id")
    def _check_waas_product(self):
        """A storable good on a contract's invoice would book cost of goods and leave
        ALSO's stock, of which it stays part (R13)."""
        for line in self:
            if (
                line.contract_id.generation_type == "waas"
                and line.product_id
                and line.product_id.type != "service"
            ):
                raise ValidationError(
                    self.env._(
                        "%(product)s is goods: a WaaS contract invoices services only, "
                        "its hardware stays ALSO's (R13).",
                        product=line.product_id.display_name,
                    )
                )
