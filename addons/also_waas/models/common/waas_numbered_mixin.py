from odoo import api, models


class WaasNumberedMixin(models.AbstractModel):
    """A document that gets its number, its ``name``, from the sequence whose code is
    the name of its model."""

    _name = "waas.numbered.mixin"
    _description = "WaaS Document Number"
    _inherit = ["waas.guarded.mixin"]

    @api.model
    def _waas_fill_system_fields(self, vals_list):
        result = super()._waas_fill_system_fields(vals_list)
        for vals in vals_list:
            if vals.get("name") in (None, False, "/"):
                company = self._waas_get_number_company(vals)
                sequence = self.env["ir.sequence"].with_company(company)
                vals["name"] = sequence.next_by_code(self._name)
        return result

    @api.model
    def _waas_get_number_company(self, vals):
        """Hook: whose sequence numbers a document.

        :param dict vals: values of the new document
        :return: ``res.company``
        """
        return self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
