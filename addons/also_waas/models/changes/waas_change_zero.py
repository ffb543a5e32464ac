from odoo import fields, models
from odoo.exceptions import UserError

from ..common.waas_blocker_mixin import Blocker


class WaasChange(models.Model):
    """An upgrade without surcharge, an upgrade, option or extension without commission
    is agreed for a reason (R7, R8)."""

    _inherit = "waas.change"

    waas_zero_reason = fields.Char(
        string="Reason for Zero",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="Why something of this change costs nothing, or earns the partner "
        "nothing. Not needed where the price list says it.",
    )

    def _get_zero_problem(self):
        """What costs or earns nothing without a reason, as a sentence, or False."""
        self.ensure_one()
        # The reason is for employees; whether it is missing is for all users.
        if (self.sudo().waas_zero_reason or "").strip():
            return False
        lines = self.line_ids.filtered(
            lambda line: line._get_zeros() and not line.list_reason
        )
        if not lines:
            return False
        return self.env._(
            "%(zeros)s: write why under Reason for Zero, or have a WaaS manager "
            "correct the price list.",
            zeros="; ".join(
                f"{line.product_id.name}: {', '.join(line._get_zeros())}"
                for line in lines
            ),
        )

    def _waas_get_open_points(self, known=None):
        points = super()._waas_get_open_points(known)
        # Commissions are compared, and not shown.
        if problem := self.sudo()._get_zero_problem():
            points.append(Blocker("zero", problem, "sales"))
        return points

    def _ensure_possible(self):
        result = super()._ensure_possible()
        # Commissions are compared, and not shown.
        if problem := self.sudo()._get_zero_problem():
            raise UserError(
                self.env._(
                    "%(change)s needs a reason.\n%(problem)s",
                    change=self.name,
                    problem=problem,
                )
            )
        return result
