import logging

from odoo import api, models
from odoo.exceptions import UserError

from ...batches import OF_THE_DATABASE

_logger = logging.getLogger(__name__)


class WaasSelloutReport(models.Model):
    """Scheduled opening, closing and sending of reports."""

    _inherit = "waas.sellout.report"

    @api.model
    def _cron_report(self):
        """Every day: open reports of periods that ended, close and send those that are
        automatic, and retry failed ones."""
        cron = self.env["ir.cron"]
        self.env["waas.manufacturer"]._turn_on_delivered()
        self._open_due()
        for report in self.search([("state", "=", "draft")]):
            if report._get_manufacturer().sellout and report._is_over():
                report._attempt(report._attend)
                # Committed before it is sent: a file that was fetched cannot be taken
                # back, and a report that is closed again could have other lines.
                cron._commit_progress(1)
        for report in self._find_unsent():
            report._attempt(report._send)
            cron._commit_progress(1)
        cron._commit_progress()

    @api.model
    def _find_unsent(self):
        """Hook: closed reports that are sent automatically and were not sent yet."""
        return self.browse()

    def _attempt(self, work):
        """Work on one report; its errors never stop the others."""
        try:
            with self.env.cr.savepoint():
                work()
        except UserError as error:
            self._ask_for_help(str(error))
        except OF_THE_DATABASE:  # the next run retries
            if self.env.cr.connection.closed:
                raise
            _logger.info("Sell-out report %s waits for another transaction", self.name)
        except Exception as error:  # noqa: BLE001 - see above
            _logger.exception("Scheduled work on sell-out report %s failed", self.name)
            self._ask_for_help(
                self.env._(
                    "An error of the system (%(error)s): see the log of the server.",
                    error=type(error).__name__,
                )
            )

    def _ask_for_help(self, note):
        self._ask("sellout_error", note)

    @api.model
    def _open_due(self):
        """Open a report for each period that ended, in companies that rent out."""
        groups = self.env["contract.contract"]._read_group(
            [("generation_type", "=", "waas")], ["company_id"]
        )
        for (company,) in groups:
            manufacturers = self.env["waas.manufacturer"].with_company(company)
            # Also archived ones: their deliveries are reported as well.
            manufacturers = manufacturers.with_context(active_test=False)
            for manufacturer in manufacturers.search([("sellout", "=", True)]):
                self._open_next(manufacturer, company)

    @api.model
    def _open_next(self, manufacturer, company):
        """Open the next report of a manufacturer, if its period ended.

        :return: the open report, or an empty record set
        """
        manufacturer = manufacturer.with_company(company)
        if report := self._get_open(manufacturer, company.id):
            return report
        values = {"manufacturer_id": manufacturer.id, "company_id": company.id}
        following = self.new(values)
        if following.date_to >= following._get_today():
            return self.browse()
        report = self.create(values)
        if not manufacturer.sellout_auto:
            report._ask("sellout_close")
        return report

    def _attend(self):
        """Update an open report, and close it if it is automatic. The next period may
        have ended as well."""
        self.ensure_one()
        if not self._get_manufacturer().sellout_auto:
            self._refresh()
            return
        self._recount()
        if problems := self._get_obstacles():
            self._ask("sellout_stuck", "\n".join(problems))
            return
        self._close()
        following = self._open_next(self.manufacturer_id, self.company_id)
        if following:
            following._attend()

    def _ask(self, kind, note=""):
        """Create a to-do for the responsible, once; see :meth:`_waas_todo`."""
        self._waas_todo(kind, self.user_id, note=note)
