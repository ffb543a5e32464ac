from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaasManufacturerReseller(models.Model):
    """The number of a partner at a manufacturer or supplier. Most programmes need it to
    credit a sale to the partner (R5)."""

    _name = "waas.manufacturer.reseller"
    _description = "Partner Number at a Manufacturer"
    _inherit = ["waas.manufacturer.number.mixin"]
    _order = "reseller_id, manufacturer_id"
    _rec_names_search = ["reseller_id"]
    _check_company_auto = True

    reseller_id = fields.Many2one(
        comodel_name="res.partner",
        string="Partner",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('waas_is_reseller', '=', True)]",
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )

    _unique_reseller = models.UniqueIndex(
        "(company_id, manufacturer_id, reseller_id)",
        "This partner has a number at this manufacturer already: change that one.",
    )

    @api.constrains("reseller_id")
    def _check_reseller(self):
        for row in self:
            if row.reseller_id != row.reseller_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to %(partner)s: enter the number on "
                        "%(partner)s, it applies to all of its contacts.",
                        contact=row.reseller_id.display_name,
                        partner=row.reseller_id.commercial_partner_id.display_name,
                    )
                )
