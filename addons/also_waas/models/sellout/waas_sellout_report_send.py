from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all

from ...sellout import folder
from .waas_sellout_report_file import WRITERS

# Attempts for a report that is sent automatically; then a user has to act.
TRIES = 5


class WaasSelloutReport(models.Model):
    """Sending the file, as often as needed, always with the same content (R5)."""

    _inherit = "waas.sellout.report"

    sending_ids = fields.One2many(
        comodel_name="waas.sellout.sending",
        inverse_name="report_id",
        string="Transmissions",
        readonly=True,
    )
    sending_state = fields.Selection(
        selection=[("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed")],
        string="Last Sending",
        compute="_compute_sending_state",
        search="_search_sending_state",
    )

    @api.depends("sending_ids.state")
    def _compute_sending_state(self):
        for report in self:
            report.sending_state = report.sending_ids.sorted("id")[-1:].state

    @api.model
    def _search_sending_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        lasts = self.env["waas.sellout.sending"]._read_group(
            [], ["report_id"], ["id:max"]
        )
        sendings = self.env["waas.sellout.sending"].browse(last for _r, last in lasts)
        found = sendings.filtered(lambda sending: sending.state in value).report_id
        return [("id", "in", found.ids)]

    # === ACTIONS ===#

    def action_send(self):
        """Send closed reports, also those that were sent before."""
        failed = self.browse()
        for report in self:
            report._ensure_manager()
            sending_sudo = report._send()
            if sending_sudo.state == "failed":
                failed |= report
        return not failed or failed._get_failed_action()

    def action_close_and_send(self):
        """Close a report, and send it."""
        self.ensure_one()
        result = self.action_close()
        return self.action_send() if result is True else result

    def _get_failed_action(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "sticky": True,
                "message": "\n".join(
                    report.sending_ids.sorted("id")[-1:].error for report in self
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS ===#

    def _send(self):
        """Send the file of the closed report, and log it.

        :return: ``waas.sellout.sending``, as superuser
        :raises UserError: when there is nothing to send, or no recipient
        """
        self.ensure_one()
        self._lock()
        content = self._get_content()
        manufacturer = self._get_manufacturer()
        if problem := manufacturer._get_sellout_channel_problem():
            raise UserError(problem)
        # Users cannot edit the log; the right to send was checked.
        sending_sudo = (
            self.env["waas.sellout.sending"]
            .sudo()
            .create(
                {
                    "report_id": self.id,
                    "user_id": self.env.uid,
                    "channel": manufacturer.sellout_channel,
                    "recipient": self._get_recipient(),
                    "sha256": self.sha256,
                }
            )
        )
        if manufacturer.sellout_channel == "mail":
            self._mail(sending_sudo, content)
        else:
            self._put(sending_sudo, content)
        return sending_sudo

    def _get_obstacles(self):
        problem = self._get_manufacturer()._get_sellout_channel_problem()
        return super()._get_obstacles() + ([problem] if problem else [])

    def _get_recipient(self):
        manufacturer = self._get_manufacturer()
        if manufacturer.sellout_channel == "mail":
            return manufacturer._get_sellout_emails()
        return f"{manufacturer.sellout_folder}/{self.file_name}"

    def _put(self, sending, content):
        """Write the file into the manufacturer's folder. An existing file is replaced
        by the same content, also when this transaction is rolled back and repeated.
        """
        manufacturer = self._get_manufacturer()
        try:
            folder.put(
                manufacturer._get_sellout_root(),
                manufacturer.sellout_folder,
                self.file_name,
                content,
            )
        except folder.OutsideFolder:
            sending._note_result(manufacturer._get_outside_folder_message(), True)
        except OSError as error:
            sending._note_result(
                self.env._(
                    "The file could not be written to %(folder)s: %(error)s. Ask an "
                    "administrator to look at the folder, then send it again.",
                    folder=manufacturer.sellout_folder,
                    error=error.strerror or str(error),
                ),
                True,
            )
        else:
            sending._note_result(False, False)

    def _mail(self, sending, content):
        """Queue the mail; its result is noted when it is sent."""
        # The right to send was checked; the system creates the mail.
        template = self.env.ref("also_waas.mail_template_sellout").sudo()
        attachment = sending.env["ir.attachment"].create(
            {
                "name": self.file_name,
                "raw": content,
                "mimetype": WRITERS[self.file_name.rpartition(".")[2]].MIMETYPE,
                "res_model": sending._name,
                "res_id": sending.id,
            }
        )
        sending.mail_id = template.send_mail(
            self.id,
            email_values={
                "email_to": sending.recipient,
                "attachment_ids": attachment.ids,
                "auto_delete": False,
            },
        )
        # Only the system triggers the mail queue.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _after_sending(self, sending):
        """Note the result of a sending on the report."""
        self.ensure_one()
        if sending.state == "failed":
            self._ask("sellout_unsent", sending.error or "")
            return
        self._waas_todo_drop("sellout_unsent")
        if self.state == "closed":
            # The right to send was checked; the state is a system field.
            self.sudo().write({"state": "sent", "sent_on": fields.Datetime.now()})

    def _message_receive_bounce(self, email, partner):
        """The mail server accepted the report and returned it later."""
        result = super()._message_receive_bounce(email, partner)
        for report in self:
            # Users cannot edit the log.
            sendings_sudo = report.sudo().sending_ids.filtered(
                lambda sending: sending.channel == "mail"
                and email in email_normalize_all(sending.recipient)
            )
            sendings_sudo.sorted("id")[-1:]._note_result(
                self.env._(
                    "The mail to %(email)s came back: correct the address of "
                    "%(manufacturer)s, then send it again.",
                    email=email,
                    manufacturer=report.manufacturer_id.name,
                ),
                True,
            )
        return result

    @api.model
    def _find_unsent(self):
        """Adds those that failed, up to the last attempt."""
        unsent = self.search(
            [
                ("state", "=", "closed"),
                "|",
                ("sending_ids", "=", False),
                ("sending_state", "in", ["failed"]),
            ],
            order="id",
        )
        return unsent.filtered(
            lambda report: report._get_manufacturer().sellout_auto
            and len(report.sending_ids) < TRIES
        )
