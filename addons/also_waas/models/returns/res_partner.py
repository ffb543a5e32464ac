"""The certified companies that collect and erase (R15)."""

from odoo import api, fields, models
from odoo.tools import format_date


class ResPartner(models.Model):
    _inherit = "res.partner"

    waas_is_processor = fields.Boolean(
        string="Certified Processor",
        index=True,
        help="Collects and erases returned devices, as long as a certificate of it is "
        "valid.",
    )
    waas_processor_certificate_ids = fields.One2many(
        comodel_name="waas.processor.certificate",
        inverse_name="partner_id",
        string="Processor Certificates",
        groups="base.group_user",
    )
    waas_certified_until = fields.Date(
        string="Certified Until",
        compute="_compute_waas_certified_until",
        search="_search_waas_certified_until",
        groups="base.group_user",
    )

    @api.depends("waas_processor_certificate_ids.valid_until")
    def _compute_waas_certified_until(self):
        for partner in self:
            partner.waas_certified_until = max(
                partner.waas_processor_certificate_ids.mapped("valid_until"),
                default=False,
            )

    @api.model
    def _search_waas_certified_until(self, operator, value):
        if operator not in (">=", ">"):
            return NotImplemented
        return [("waas_processor_certificate_ids.valid_until", operator, value)]

    def _waas_get_processor_problem(self, date):
        """Why this partner cannot collect or erase on ``date``, or False (R15)."""
        if not self:
            return self.env._("Choose a certified processor.")
        self.ensure_one()
        if not self.waas_is_processor:
            return self.env._(
                "%(partner)s is no certified processor: tick that on the contact and "
                "enter its certificate.",
                partner=self.display_name,
            )
        # That a processor is certified, is no secret.
        certificates = self.sudo().waas_processor_certificate_ids
        if any(certificate._is_valid(date) for certificate in certificates):
            return False
        if not certificates:
            return self.env._(
                "%(partner)s has no certificate: enter it on the contact, or choose "
                "another processor.",
                partner=self.display_name,
            )
        return self.env._(
            "No certificate of %(partner)s is valid on %(date)s: ask for the new one "
            "and enter it on the contact, or choose another processor.",
            partner=self.display_name,
            date=format_date(self.env, date),
        )
