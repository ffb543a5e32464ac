from odoo import api, fields, models


class WaasPersonForget(models.TransientModel):
    """Erase a person on request (GDPR); it cannot be undone."""

    _name = "waas.person.forget"
    _description = "Anonymise a Person"
    _inherit = "waas.readable.mixin"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        domain=[("is_company", "=", False)],
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        context = self.env.context
        if "partner_id" in fields and context.get("active_model") == "res.partner":
            values.setdefault("partner_id", context.get("active_id"))
        return values

    def action_forget(self):
        """Make the person nameless."""
        self.ensure_one()
        return self.partner_id.action_waas_forget()
