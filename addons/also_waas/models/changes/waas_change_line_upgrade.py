from odoo import models
from odoo.tools import format_amount, format_date

from ..contract.contract_line import Row


class WaasChangeLine(models.Model):
    """What workplaces can be upgraded to (R7)."""

    _inherit = "waas.change.line"

    def _get_upgrade_problem(self):
        bundle = self.bundle_line_id
        if not bundle or bundle not in self.contract_id._waas_get_bundle_lines():
            return "bundle", self.env._(
                "Choose the workplaces of %(contract)s that get %(product)s.",
                contract=self.contract_id.name,
                product=self.product_id.display_name,
            )
        if self.product_id not in self._get_allowed_products():
            return "offer", self.env._(
                "%(bundle)s does not offer %(choice)s: choose another upgrade or "
                "option, or allow it on the bundle.",
                bundle=bundle.product_id.display_name,
                choice=self.product_id.display_name,
            )
        if self.slot_id:
            return self._get_slot_problem()
        return self._get_hardware_problem()

    def _get_slot_problem(self):
        """Why an upgrade cannot fill its place."""
        twins = self.change_id.line_ids.filtered(
            lambda line: line.slot_id == self.slot_id
            and line.bundle_line_id == self.bundle_line_id
        )
        if len(twins) > 1:
            return "twice", self.env._(
                "There are two upgrades for %(slot)s: keep one.", slot=self.slot_id.name
            )
        if self.product_id.waas_component_id.waas_role == "device":
            return "device", self.env._(
                "%(product)s is other hardware: add it as an option or as more "
                "workplaces, or make a follow-on contract.",
                product=self.product_id.display_name,
            )
        if self._has_unfinished_part():
            return "part", self.env._(
                "%(slot)s was upgraded for the last month already.",
                slot=self.slot_id.name,
            )
        if self.replaced_line_id:
            return self._get_replaced_problem()
        return None

    def _has_unfinished_part(self):
        """Whether the place was upgraded for the days of the last month alone."""
        return not self.replaced_line_id and bool(
            self.contract_id.contract_line_ids.filtered(
                lambda line: line.waas_installment_id
                and line._waas_get_slot() == self.slot_id
                and line._waas_get_bundle_line() == self.bundle_line_id
                and line.date_end >= self.change_id.effective_date
            )
        )

    def _get_replaced_problem(self):
        """What is agreed holds to the end: dearer is possible, cheaper is not."""
        replaced = self.replaced_line_id
        if replaced.product_id == self.product_id:
            return "same", self.env._(
                "These workplaces have %(product)s already.",
                product=self.product_id.display_name,
            )
        currency = self.currency_id
        former = replaced._waas_get_row().price_unit
        if currency.compare_amounts(self.price_unit, former) < 0:
            return "downgrade", self.env._(
                "%(product)s costs %(price)s, less than %(replaced)s at %(former)s: "
                "what was agreed holds to the end of the term. A follow-on contract "
                "can have the cheaper one.",
                product=self.product_id.display_name,
                price=format_amount(self.env, self.price_unit, currency),
                replaced=replaced.product_id.display_name,
                former=format_amount(self.env, former, currency),
            )
        if self.change_id.effective_date < replaced._waas_get_valid_from():
            return "earlier", self.env._(
                "%(replaced)s holds from %(date)s: choose that day or a later one.",
                replaced=replaced.product_id.display_name,
                date=format_date(self.env, replaced._waas_get_valid_from()),
            )
        return None

    def _get_hardware_problem(self):
        """Hook: why the devices that come with it cannot be rented out (R14)."""
        return None

    # === THE PLAN ===#

    def _plan_rows(self, parts, running, billing):
        """The rows this line becomes.

        :param list parts: months that are billed apart, with their shares
        :param list running: the first month that bills the whole price; empty when the
            contract ends before
        :param billing: the month that invoices the parts
        :return: list of pairs of a row and this line
        """
        self.ensure_one()
        nothing = self.env["contract.line"]
        rows = [
            Row(
                nothing,
                self.product_id,
                self.quantity,
                self.price_unit,
                month.date_start,
                self.contract_id.date_end,
                0,
            )
            for month in running
        ]
        if parts:
            rows.append(
                self._plan_part(self.product_id, self.price_unit, parts, billing)
            )
        if parts and self.replaced_line_id:
            replaced = self.replaced_line_id._waas_get_row()
            former = -replaced.price_unit * replaced.quantity / self.quantity
            rows.append(self._plan_part(replaced.product, former, parts, billing))
        return [(row, self) for row in rows]

    def _plan_part(self, product, price_unit, parts, billing):
        """What is invoiced once for the days until the new price runs."""
        amount = sum(
            self.contract_id._waas_round(price_unit * self.quantity * float(share))
            for _month, share in parts
        )
        return Row(
            self.env["contract.line"],
            product,
            1.0,
            self.contract_id._waas_round(amount),
            self.change_id.effective_date,
            parts[-1][0].date_end,
            billing.number,
        )
