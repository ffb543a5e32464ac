from odoo import fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import format_date

from .waas_sellout_line import SNAPSHOT_FIELDS


def _get_snapshot(line):
    """The values of a line that are compared, of a record or of values for one."""
    return tuple(line.get(name) or False for name in SNAPSHOT_FIELDS)


class WaasSelloutReport(models.Model):
    """Checking and closing a report: from then on its lines are final."""

    _inherit = "waas.sellout.report"

    # === ACTIONS ===#

    def action_refresh(self):
        """Update the report with what happened since."""
        for report in self:
            report.check_access("write")
            report._ensure_open()
            report._recount()
        return True

    def action_close(self):
        """Make reports final; one that changed since the user looked at it is shown
        again."""
        changed = self.browse()
        for report in self:
            report._ensure_manager()
            report._lock()
            report._ensure_open()
            if report._recount():
                changed |= report
            else:
                report._close()
        return not changed or changed._get_changed_action()

    def action_view_lines(self):
        """Open the lines, to filter, group and count them."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_sellout_line_action"
            ),
            "domain": [("report_id", "=", self.id)],
            "context": {},
        }

    def _get_changed_action(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "%(reports)s changed since it was last refreshed, so it is not "
                    "closed yet: look at it once more.",
                    reports=", ".join(changed.name for changed in self),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _ensure_manager(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "also_waas.group_waas_manager"
        ):
            raise AccessError(
                self.env._("Only WaaS managers close and send sell-out reports.")
            )

    # === BUSINESS METHODS ===#

    def _get_today(self):
        """Today in the time zone of the company: the end of a period does not depend on
        the user."""
        return self.company_id._waas_today()

    def _is_over(self):
        return self.date_to < self._get_today()

    def _get_day(self, moment):
        """The day of a moment in the time zone of the company."""
        return self.company_id._waas_get_day(moment)

    def _lock(self):
        try:
            self.lock_for_update()
        except LockError:
            raise UserError(
                self.env._(
                    "Another user is closing or sending %(report)s: try again in a "
                    "moment.",
                    report=self.name,
                )
            ) from None

    def _recount(self):
        """Hook: create the lines again, from all deliveries and licenses.

        :return: whether they differ from the lines before
        """
        return self._refresh(recount=True)

    def _refresh(self, recount=False):
        """Create the lines again.

        :param bool recount: from everything, instead of what changed since the last
            report was closed
        :return: whether they differ from the lines before
        """
        self.ensure_one()
        # Lines come from deliveries and contracts, users cannot edit them; the right to
        # prepare a report was checked.
        report_sudo = self.sudo()
        lines = report_sudo._prepare_lines(recount)
        before = report_sudo.line_ids.sorted("number").read(SNAPSHOT_FIELDS, load=None)
        if [_get_snapshot(line) for line in before] == [
            _get_snapshot(line) for line in lines
        ]:
            return False
        report_sudo.line_ids.unlink()
        report_sudo.env["waas.sellout.line"].create(
            [{**line, "report_id": self.id} for line in lines]
        )
        self.invalidate_recordset(["line_ids"])
        return True

    def _get_problems(self):
        """Why the report cannot be closed, as sentences."""
        self.ensure_one()
        if self.date_to >= self._get_today():
            return [
                self.env._(
                    "The period runs until %(date)s: close the report after it.",
                    date=format_date(self.env, self.date_to),
                )
            ]
        return self._get_line_problems()

    def _get_obstacles(self):
        """Why the report is not sent automatically, as sentences."""
        return self._get_problems()

    def _get_line_problems(self):
        """What is missing on the lines, as sentences."""
        problems = []
        lines = self.line_ids
        if products := lines.filtered(lambda line: not line.mpn).product_id:
            problems.append(
                self.env._(
                    "Without a manufacturer part number: %(products)s. Give it on the "
                    "product, then refresh.",
                    products=", ".join(products.mapped("display_name")),
                )
            )
        homeless = lines.filtered(lambda line: not line.country_id).contract_id
        if homeless:
            problems.append(
                self.env._(
                    "Without a country: %(customers)s. Give it on the end customer, "
                    "then refresh.",
                    customers=", ".join(homeless.partner_id.mapped("display_name")),
                )
            )
        return problems

    def _close(self):
        """Make the report final: its lines, and its file.

        :raises UserError: when something is missing
        """
        self.ensure_one()
        if problems := self._get_problems():
            raise UserError("\n".join([self.display_name, *problems]))
        # The right to close was checked; users cannot edit it.
        self.sudo().write(self._prepare_closing())
        self._waas_todo_drop("sellout_close", "sellout_stuck", "sellout_error")

    def _prepare_closing(self):
        """Hook: values to keep on a report that is being closed."""
        return {
            "state": "closed",
            "closed_on": fields.Datetime.now(),
            "closed_by_id": self.env.uid,
        }
