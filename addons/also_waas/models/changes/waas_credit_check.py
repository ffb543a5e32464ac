from odoo import fields, models


class WaasCreditCheck(models.Model):
    """A change by which ALSO's exposure grows needs credit, too."""

    _inherit = "waas.credit.check"

    change_id = fields.Many2one(
        comodel_name="waas.change",
        string="For Change",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    def _after_decision(self):
        result = super()._after_decision()
        # As for orders: an officer decides, the gate applies.
        changes_sudo = self.env["waas.change"].sudo()
        changes_sudo.search(
            [
                ("partner_id", "child_of", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "waiting"),
            ]
        )._waas_proceed_if_ready()
        return result
