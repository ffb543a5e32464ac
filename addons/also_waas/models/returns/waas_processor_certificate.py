from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...batches import log_failure, work_isolating

WARNING_DAYS = 30


class WaasProcessorCertificate(models.Model):
    """The certificate of a company that collects and erases devices (R15)."""

    _name = "waas.processor.certificate"
    _description = "WaaS Processor Certificate"
    _inherit = "waas.readable.mixin"
    _order = "valid_until desc, id desc"
    _rec_name = "standard"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Processor",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('waas_is_processor', '=', True)]",
    )
    standard = fields.Char(
        required=True, help="For example ADISA, R2v3, e-Stewards or ISO 27001."
    )
    number = fields.Char(string="Certificate Number", required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, index=True)
    document = fields.Binary(attachment=True)
    document_name = fields.Char()

    _check_dates = models.Constraint(
        "CHECK (valid_until >= valid_from)",
        "A certificate cannot expire before it becomes valid.",
    )

    # === BUSINESS METHODS ===#

    def _is_valid(self, date):
        self.ensure_one()
        return self.valid_from <= date <= self.valid_until

    @api.model
    def _cron_warn(self):
        """Remind of certificates that expire soon and have no successor."""
        today = self.env.company._waas_today()
        soon = today + relativedelta(days=WARNING_DAYS)
        expiring = self.search(
            [("valid_until", "<=", soon), ("partner_id.waas_is_processor", "=", True)]
        )
        work_isolating(
            expiring.partner_id,
            lambda partners: expiring.filtered(
                lambda certificate: certificate.partner_id in partners
            )._warn_of_end(today, soon),
            log_failure,
        )

    def _warn_of_end(self, today, soon):
        for partner, certificates in self.grouped("partner_id").items():
            if not any(
                certificate._is_valid(today) and certificate.valid_until > soon
                for certificate in partner.waas_processor_certificate_ids
            ):
                certificates._warn(partner)
            else:
                partner._waas_todo_drop("processor")

    def _warn(self, partner):
        """A to-do with the processor, once."""
        last = max(self.mapped("valid_until"))
        partner._waas_todo(
            "processor",
            deadline=last,
            note=lambda env: env._(
                "%(processor)s is certified until %(date)s: ask for the new "
                "certificate. Without one it cannot be chosen any more.",
                processor=partner.display_name,
                date=format_date(env, last),
            ),
        )
