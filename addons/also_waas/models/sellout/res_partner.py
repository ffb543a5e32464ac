from odoo import fields, models


class ResPartner(models.Model):
    """What a reseller was credited with (R5)."""

    _inherit = "res.partner"

    waas_number_ids = fields.One2many(
        comodel_name="waas.manufacturer.reseller",
        inverse_name="reseller_id",
        string="Numbers at Manufacturers",
        groups="also_waas.group_waas_user",
    )

    def _waas_get_sellout_lines(self, date_from, date_to):
        """What was reported in the name of a reseller, in reports of a period.

        Final reports only; as the user, so that nobody sees another's.

        :param date date_from: reports that begin on this day or later
        :param date date_to: and end on this day or earlier
        :return: ``waas.sellout.line``
        """
        self.ensure_one()
        return self.env["waas.sellout.line"].search(
            [
                ("reseller_id", "child_of", self.commercial_partner_id.id),
                ("state", "!=", "draft"),
                ("period_from", ">=", date_from),
                ("period_to", "<=", date_to),
            ]
        )
