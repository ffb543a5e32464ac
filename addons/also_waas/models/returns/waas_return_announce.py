from odoo import api, fields, models

from ...defaults import without_defaults
from ...qr_codes import make_qr_code


class WaasReturn(models.Model):
    """A return is announced: transfers wait for its devices, and the customer gets the
    documents."""

    _inherit = "waas.return"

    def _get_announce_problem(self):
        """Why the return cannot be announced yet, as a sentence, or False."""
        self.ensure_one()
        if not self.line_ids:
            return self.env._("Add the devices that come back.")
        if self.method == "self":
            return not self.accepted_on and self.env._(
                "A customer that sends the devices bears the full responsibility "
                "for their delivery: enter under 'Accepted By' who accepted it."
            )
        return self._get_pickup_problem()

    def _announce(self):
        self.ensure_one()
        self.write(
            {
                "state": "announced",
                "announced_on": fields.Datetime.now(),
                "date_due": self.date_due or self._get_due_date(self.company_id),
            }
        )
        self.line_ids._announce()
        self._waas_todo_drop("return_plan", "return_pickup", "return_agree")
        self._mail("also_waas.mail_template_return")

    def _get_qr_code(self):
        """The number as a QR code, for the label: the source of an image."""
        self.ensure_one()
        return make_qr_code(self.name)

    def _waas_get_signatory(self):
        return self.contract_ids[:1]._waas_get_signatory()

    def _mail(self, template):
        """Queue a mail to the end customer."""
        self.ensure_one()
        self._try_to_mail(self.env.ref(template), self)

    def _try_to_mail(self, template, record):
        """Queue a mail about ``record`` to the end customer. What keeps it from being
        made, its PDF or its text, does not stop the return: its responsible is notified
        and sends it."""
        self.ensure_one()
        if error := template._waas_try_to_queue(record, record.partner_id):
            self._remind(
                "mail",
                lambda env: env._(
                    "%(mail)s, about %(record)s: %(error)s Fix it, then send the "
                    "mail from there, or print it and send it manually.",
                    mail=template.with_env(env).name,
                    record=record.display_name,
                    error=error,
                ),
                summary=lambda env: env._(
                    "A mail to the end customer could not be prepared"
                ),
                add=True,
            )

    def _get_receipt(self):
        """The transfer that waits for devices, made when there is none."""
        self.ensure_one()
        waiting = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )[:1]
        if waiting:
            return waiting
        company = self.company_id
        return without_defaults(self.env["stock.picking"]).create(
            {
                "picking_type_id": company.waas_return_type_id.id,
                "company_id": company.id,
                "partner_id": self.partner_id.id,
                "origin": self.name,
                "location_id": company.waas_location_id.id,
                "location_dest_id": company._waas_get_quarantine().id,
            }
        )

    def _hand_over(self):
        self.ensure_one()
        self.write({"state": "transit", "handed_over_on": fields.Datetime.now()})
        expected = self.line_ids.filtered(lambda line: line.state == "expected")
        expected.device_id._waas_log("picked_up", document=self, party=self.partner_id)

    @api.depends(
        "state",
        "method",
        "line_ids",
        "accepted_on",
        "processor_id",
        "pickup_address_id",
        "pickup_contact",
        "pickup_from",
        "pickup_to",
        "fee_amount",
        "fee_waits",
    )
    def _compute_announce_problem(self):
        for record in self:
            record.announce_problem = (
                record._get_announce_problem() if record.state == "draft" else False
            )
