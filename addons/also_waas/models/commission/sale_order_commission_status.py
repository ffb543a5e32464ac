"""A traffic light with reasons. What a deal earns, what is still missing and who
must act, and when it is paid (R1)."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..gate.sale_order import GATE_GROUPS

LIGHTS = [("red", "Stopped"), ("amber", "Something Is Missing"), ("green", "Earned")]
# The partner may know that a deal stopped, never why ALSO or its customer said no.
STOPPED_CODES = ("credit_rejected", "agreements_refused")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    waas_commission_light = fields.Selection(
        selection=LIGHTS,
        compute="_compute_waas_blockers",
        search="_search_waas_commission_light",
        groups=GATE_GROUPS,
        help="Red: the deal was stopped and earns nothing. Amber: something is "
        "missing. Green: the partner has earned the commission.",
    )
    waas_is_stopped = fields.Boolean(
        string="Stopped",
        compute="_compute_waas_next_actor",
        store=True,
        groups=GATE_GROUPS,
        help="Credit was rejected, or the end customer refused the agreements.",
    )
    waas_commission_earned = fields.Monetary(
        string="Commission of the Deal",
        compute="_compute_waas_blockers",
        groups=GATE_GROUPS,
        help="Earned so far; what an open quotation would earn.",
    )
    waas_commission_reason = fields.Char(
        string="Still Missing for Commission",
        compute="_compute_waas_blockers",
        groups=GATE_GROUPS,
    )
    waas_commission_progress = fields.Char(
        string="Commission Progress",
        compute="_compute_waas_blockers",
        groups=GATE_GROUPS,
    )
    waas_commission_payout = fields.Date(
        string="Pay-out",
        compute="_compute_waas_blockers",
        groups=GATE_GROUPS,
        help="When the partner is paid; for an open quotation: if the last condition "
        "were met today.",
    )
    waas_commission_html = fields.Html(
        string="Partner's Commission",
        compute="_compute_waas_blockers",
        sanitize=False,
        groups=GATE_GROUPS,
    )

    # === COMPUTE METHODS ===#

    @api.depends("waas_commission_amount", "waas_commission_ids.state")
    def _compute_waas_blockers(self):
        return super()._compute_waas_blockers()

    def _waas_show_blockers(self, blockers):
        """What is missing is what the commission waits for: it is asked once."""
        result = super()._waas_show_blockers(blockers)
        light = self._waas_get_light_summary(blockers) if self.is_waas else {}
        missing = light.get("missing", [])
        self.waas_commission_light = light.get("light", False)
        self.waas_commission_earned = light.get("amount", 0.0)
        self.waas_commission_reason = missing[0]["message"] if missing else False
        self.waas_commission_progress = light.get("state_label", False)
        self.waas_commission_payout = light.get("date_payout", False)
        self.waas_commission_html = light and self._waas_render_light(light)
        return result

    @api.model
    def _search_waas_commission_light(self, operator, value):
        if operator != "in":
            return NotImplemented
        kept = Domain(
            "waas_commission_ids",
            "any",
            [("reverses_id", "=", False), ("reversal_ids", "=", False)],
        )
        cancelled = Domain("state", "=", "cancel")
        waiting = Domain(self._waas_get_waiting_domain())
        stopped = Domain("waas_is_stopped", "=", True)
        domains = {
            "green": Domain("state", "=", "sale") | (cancelled & kept),
            "amber": waiting & ~stopped,
            "red": (waiting & stopped) | (cancelled & ~kept),
        }
        wanted = [domains[light] for light in value if light in domains]
        return Domain("is_waas", "=", True) & Domain.OR(wanted)

    # === ACTIONS ===#

    def action_view_waas_commission(self):
        """Open what this order has earned its reseller."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "also_waas.waas_commission_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS ===#

    def _waas_keep_blockers(self, blockers):
        result = super()._waas_keep_blockers(blockers)
        codes = {blocker.code for blocker in blockers}
        self.waas_is_stopped = not codes.isdisjoint(STOPPED_CODES)
        return result

    def _waas_get_commission_light(self):
        """The traffic light of a deal as plain data, for employees and for the people
        of its reseller. It shows no amount and no reason of a credit decision.

        :return: dict of ``order``, ``contract``, ``customer`` (names), ``light`` (key
            of LIGHTS), ``amount`` and ``currency`` (record), ``missing`` (list of dicts
            ``code``, ``message``, ``actor``, ``actor_label``), ``state`` and
            ``state_label``, ``date_earned``, ``date_payout``, and ``rows`` (list of
            dicts, one for each row of the ledger)
        :raises AccessError: when the user is neither an employee nor of the reseller
        """
        self.ensure_one()
        [summary] = self._waas_get_commission_lights()
        # Checked above; returns only what the docstring says.
        rows_sudo = self.sudo().waas_commission_ids.sorted("id")
        return {**summary, "rows": [row._get_light_row() for row in rows_sudo]}

    def _waas_get_light_summary(self, blockers):
        """:meth:`_waas_get_commission_light` without the rows of the ledger.

        :param list blockers: of :meth:`_waas_get_blockers`
        """
        self._waas_ensure_may_see_commission()
        order_sudo = self.sudo()  # checked above; returns only what the docstring says
        rows_sudo = order_sudo.waas_commission_ids
        missing = order_sudo._waas_get_commission_points(blockers)
        state = rows_sudo._get_progress() if rows_sudo else "expected"
        light = order_sudo._waas_get_light(rows_sudo, missing)
        return {
            "order": order_sudo.name,
            "contract": order_sudo.waas_contract_ids.name,
            "customer": order_sudo.partner_id.commercial_partner_id.name,
            "light": light,
            "amount": order_sudo._waas_get_light_amount(rows_sudo, light),
            "currency": order_sudo.currency_id,
            "missing": missing,
            "state": state,
            "state_label": order_sudo._waas_get_progress_label(state, light),
            "date_earned": max(rows_sudo.mapped("date_earned"), default=False),
            "date_payout": order_sudo._waas_get_light_payout(rows_sudo, light),
        }

    def _waas_get_commission_lights(self):
        """:meth:`_waas_get_light_summary` of a list of deals, with few queries.

        :return: list of dicts, in the order of the deals
        """
        for order in self:
            order._waas_ensure_may_see_commission()
        # Checked above; a light shows what its docstring says.
        answers = dict(self.sudo()._waas_get_all_blockers())
        return [order._waas_get_light_summary(answers[order]) for order in self]

    def _waas_ensure_may_see_commission(self):
        """The end customer never sees a commission, nor does another partner."""
        user = self.env.user
        if self.env.su or not user.share:
            return
        # The owner of the deal decides what the portal user may see.
        reseller = self.sudo().waas_reseller_id.commercial_partner_id
        if (
            not user.has_group("also_waas.group_waas_reseller")
            or user.commercial_partner_id != reseller
        ):
            raise AccessError(
                self.env._("The commission of a deal is for the partner who brings it.")
            )

    def _waas_get_light(self, rows, missing):
        if self.state == "cancel" or any(
            point["code"] in STOPPED_CODES for point in missing
        ):
            # A contract that ran has earned, whatever became of its order (R1).
            kept = rows.filtered(
                lambda row: not row.reverses_id and not row.reversal_ids
            )
            return "green" if kept else "red"
        return "amber" if self.state != "sale" else "green"

    def _waas_get_light_amount(self, rows, light):
        if rows:
            return sum(rows.mapped("amount"))
        return 0.0 if light == "red" else self.waas_commission_amount

    def _waas_get_light_payout(self, rows, light):
        """The last day on which something of the deal is paid."""
        if rows:
            return max(filter(None, rows.mapped("date_payout")), default=False)
        reseller = self.waas_reseller_id.commercial_partner_id
        if light != "amber" or not reseller or not self.waas_commission_amount:
            return False
        return reseller._waas_get_date_payout(
            self.company_id, self.company_id._waas_today()
        )

    def _waas_get_progress_label(self, state, light):
        if state == "expected":
            if light == "red":
                return self.env._("Not earned")
            if light == "green":
                return self.env._("This deal earns no commission")
            return self.env._("Expected")
        states = self.env["waas.commission"]._fields["state"]
        return dict(states._description_selection(self.env))[state]

    def _waas_get_commission_points(self, blockers):
        """What is still missing for the commission and who must act, in words that the
        reseller may read.

        :param list blockers: of :meth:`_waas_get_blockers`
        :return: list of dicts, the next step first
        """
        if self.state not in ("draft", "sent"):
            return []
        actors = dict(self._fields["waas_next_actor"]._description_selection(self.env))
        points = [
            {
                "code": blocker.code,
                "message": blocker.told,
                "actor": blocker.actor,
                "actor_label": actors[blocker.actor],
            }
            for blocker in blockers
        ]
        if not points:
            message = self.env._("Everything is there: the order must be confirmed.")
            points.append(
                {
                    "code": "confirm",
                    "message": message,
                    "actor": "sales",
                    "actor_label": actors["sales"],
                }
            )
        return points

    def _waas_render_light(self, light):
        """The light as a small box for a form."""
        labels = dict(
            self._fields["waas_commission_light"]._description_selection(self.env)
        )
        colors = {"red": "danger", "amber": "warning", "green": "success"}
        parts = [
            Markup(
                '<span class="badge text-bg-%s me-2">%s</span><strong>%s</strong> %s'
            )
            % (
                colors[light["light"]],
                labels[light["light"]],
                format_amount(self.env, light["amount"], light["currency"]),
                light["state_label"],
            )
        ]
        if light["date_payout"]:
            parts.append(
                self.env._(
                    "Pay-out: %(date)s",
                    date=format_date(self.env, light["date_payout"]),
                )
            )
        parts += [
            Markup('<span class="badge text-bg-secondary me-2">%s</span>%s')
            % (point["actor_label"], point["message"])
            for point in light["missing"]
        ]
        rows = Markup().join(Markup("<div>%s</div>") % part for part in parts)
        return Markup('<div class="o_also_waas_light" data-light="%s">%s</div>') % (
            light["light"],
            rows,
        )
