from odoo import api, models
from odoo.exceptions import UserError


class WaasReturn(models.Model):
    """The buttons of a return."""

    _inherit = "waas.return"

    def action_add_devices(self):
        """Add every device that the customer has, and that no return waits for."""
        self._ensure_state("draft", "announced")
        for record in self:
            devices = record._get_returnable_devices()
            if not devices:
                raise UserError(
                    self.env._(
                        "%(customer)s has no devices that are not in a return.",
                        customer=record.partner_id.display_name,
                    )
                )
            record._add_devices(devices)
        return True

    def action_accept_responsibility(self):
        """Note that the customer bears the full responsibility (R15)."""
        self._ensure_state("draft")
        for record in self._get_allowed():
            record._accept(record.accepted_by)
        return True

    def action_announce(self):
        """Notify the customer of what comes back and how, with the documents."""
        self._ensure_state("draft")
        for record in self:
            if problem := record._get_announce_problem():
                raise UserError(problem)
        records_sudo = self._get_allowed()
        for record in records_sudo:
            record._announce()
        return True

    def action_send(self):
        """Mail the documents to the customer again."""
        self._ensure_state("announced", "confirmed", "transit")
        template = self.env.ref("also_waas.mail_template_return")
        for record in self._get_allowed():
            mail_sudo = template._waas_queue(record, record.partner_id)
            mail_sudo._waas_print_documents()  # a user who sends sees the error
        return True

    def action_hand_over(self):
        """The devices left the customer, who sends them."""
        self._ensure_state("announced")
        for record in self._get_allowed("stock.group_stock_user"):
            record._hand_over()
        return True

    def action_receive(self):
        """Open the window in which serial numbers are scanned."""
        self.ensure_one()
        self._ensure_state("announced", "confirmed", "transit", "received")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "also_waas.waas_return_receive_action"
        )
        return {**action, "context": {"default_return_id": self.id}}

    def action_report_missing(self):
        """Report the devices that did not come missing."""
        self._ensure_may_miss()
        for record in self._get_allowed("stock.group_stock_user"):
            lines = record.line_ids.filtered(lambda line: line.state == "expected")
            if not lines:
                raise UserError(
                    self.env._(
                        "Nothing is to be reported: every device has come, or is "
                        "missing or claimed already."
                    )
                )
            lines._report_missing()
        return True

    def action_claim(self):
        """Claim what is missing: a draft invoice, and the devices are written off."""
        for record in self._get_allowed():
            lines = record.line_ids.filtered(lambda line: line.state == "missing")
            if not lines and "expected" not in record.line_ids.mapped("state"):
                raise UserError(record._get_nothing_missing_message())
            if not lines:
                raise UserError(
                    self.env._(
                        "Report what is missing on %(return)s before you claim it.",
                        **{"return": record.name},
                    )
                )
            lines._claim()
        return True

    def action_invoice_missing(self):
        """For accountants: invoice in one step what did not come back in time. What is
        overdue is reported missing and claimed, and the claims are posted."""
        records_sudo = self._get_allowed("account.group_account_invoice")
        for record in records_sudo:
            if problem := record._get_claim_problem():
                raise UserError(problem)
        invoices = self.env["account.move"]
        for record in records_sudo:
            invoices |= record._invoice_missing().with_env(self.env)
        return invoices._get_records_action(name=self.env._("Claims"))

    def action_issue_certificate(self):
        """Issue the certificate of what was erased until now, and mail it."""
        for record in self._get_allowed():
            certificate = record._issue_certificate()
            record._try_to_mail(certificate._get_mail_template(), certificate)
        return True

    def action_cancel(self):
        """Cancel the return, as long as nothing came back."""
        self._ensure_state("draft", "announced", "confirmed", "transit")
        for record in self._get_allowed():
            record._cancel()
        return True

    def action_view_pickings(self):
        """Open the receipts."""
        self.ensure_one()
        return self.picking_ids._get_records_action(name=self.env._("Receipts"))

    def action_view_erasures(self):
        """Open the erasures of the returned devices."""
        self.ensure_one()
        return self.erasure_ids._get_records_action(name=self.env._("Erasures"))

    def action_view_certificates(self):
        """Open the certificates for the end customer."""
        self.ensure_one()
        return self.certificate_ids._get_records_action(name=self.env._("Certificates"))

    def action_view_invoices(self):
        """Open the fee and the claims."""
        self.ensure_one()
        return self.invoice_ids._get_records_action(name=self.env._("Invoices"))

    def action_grade(self):
        """Open the window that grades what was erased."""
        devices = self._get_gradable_devices()
        if not devices:
            raise UserError(
                self.env._("Nothing to grade: no device here is erased and waiting.")
            )
        return devices.action_waas_grade()

    def _get_gradable_devices(self):
        """What is erased and waits in quarantine."""
        return self.line_ids.device_id.filtered(
            # Whether it is in quarantine is no secret.
            lambda device: device.sudo().waas_arrival_id
            and device._waas_get_certificate()
        )

    @api.depends("line_ids.device_id.waas_arrival_id", "erasure_ids.state")
    def _compute_has_gradable(self):
        for record in self:
            record.has_gradable = bool(record._get_gradable_devices())

    @api.depends("partner_id", "line_ids.device_id", "state")
    def _compute_has_returnable(self):
        for record in self:
            record.has_returnable = record.state in ("draft", "announced") and bool(
                record._get_returnable_devices()
            )
