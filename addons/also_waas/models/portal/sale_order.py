"""A quotation as a partner sees it in the portal.

The methods get the order as superuser, after the controller checked that it is the
partner's own. They show what portal users may see: about credit, only whether it is
approved.
"""

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

# Problems that a partner fixes on the page of its draft; the back office fixes the
# rest.
OWN_PROBLEMS = (
    "term",
    "term_length",
    "route",
    "bundle",
    "price",
    "hardware",
    "warranty",
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    waas_submitted_on = fields.Datetime(
        string="Submitted On", readonly=True, copy=False
    )

    # === PARTNER VIEW ===#

    @api.private
    def _waas_get_portal_row(self):
        """:return: dict ``{id, name, customer, term, monthly, commission, label,
        colour}``, the amounts as texts"""
        self.ensure_one()
        _key, label, colour = self._waas_get_public_state()
        return {
            "id": self.id,
            "name": self.name,
            "customer": self.partner_id.name,
            "term": self.waas_term_id.display_name,
            "monthly": self.currency_id.format(self.waas_monthly_amount),
            "commission": self.currency_id.format(self.waas_commission_amount),
            "label": label,
            "colour": colour,
        }

    @api.private
    def _waas_get_portal_values(self):
        """Values of a deal's page.

        :return: dict of plain values and lists of dicts, amounts as texts
        """
        self.ensure_one()
        return {
            "deal": self._waas_get_portal_details(),
            "points": self._waas_get_public_points(),
            "bundles": self._waas_get_portal_lines(),
            "services": self._waas_get_portal_services(),
            "advice": self._waas_get_installation_advice(self.waas_reseller_id),
        }

    def _waas_get_portal_details(self):
        """The row of a deal with what only its own page shows."""
        route = self._fields["waas_delivery_route"]
        routes = dict(route._description_selection(self.env))
        contract = self.waas_contract_ids
        return {
            **self._waas_get_portal_row(),
            "state": self.state,
            "is_draft": self._waas_is_partner_draft(),
            "customer_id": self.partner_id.commercial_partner_id.id,
            "total": self.currency_id.format(self.waas_total_amount),
            "term_id": self.waas_term_id.id,
            "route": self.waas_delivery_route,
            "route_label": routes.get(self.waas_delivery_route),
            "reference": self.client_order_ref,
            "contract_id": contract.id,
            "contract": contract.name,
        }

    def _waas_get_portal_services(self):
        """The services that the partner itself offers and invoices (R6).

        :return: list of dicts ``{name, price, amount, period}``: the price as it is
            typed, the amount with its currency
        """
        return [
            {
                "name": service.name,
                "price": formatLang(self.env, service.price),
                "amount": service.currency_id.format(service.price),
                "period": service.period,
            }
            for service in self.waas_reseller_service_ids
        ]

    @api.private
    def _waas_get_public_state(self):
        """The state of a deal for portal users.

        :return: tuple (key, label, Bootstrap colour)
        """
        contract = self.waas_contract_ids
        if self.state == "cancel":
            return "cancel", self.env._("Cancelled"), "secondary"
        if contract:
            labels = dict(
                contract._fields["waas_state"]._description_selection(self.env)
            )
            colour = "success" if contract.waas_state == "running" else "info"
            return contract.waas_state, labels[contract.waas_state], colour
        if self._waas_is_partner_draft():
            return "draft", self.env._("Draft"), "secondary"
        if self.state == "draft":
            return "prepared", self.env._("In Preparation"), "secondary"
        if self.waas_agreement_state in ("sent", "refused"):
            # The end customer must act, or refused.
            labels = dict(
                self._fields["waas_agreement_state"]._description_selection(self.env)
            )
            colour = "warning" if self.waas_agreement_state == "sent" else "danger"
            return (
                self.waas_agreement_state,
                labels[self.waas_agreement_state],
                colour,
            )
        return "sent", self.env._("With Us"), "warning"

    @api.private
    def _waas_get_public_points(self):
        """What is missing and who must act, for portal users: without confidential
        facts about the end customer's credit (R1).

        :return: list of dicts ``{code, actor, message}``
        """
        actors = self._waas_get_public_actors()
        you = self.env._("You")
        is_draft = self._waas_is_partner_draft()
        own = {code for code, _message in self._waas_get_own_problems()}
        points = [
            {
                "code": code,
                "actor": you if is_draft and code in own else actors[blocker.actor],
                "message": blocker.told,
            }
            for blocker in self._waas_get_blockers()
            for code in [self._waas_get_public_code(blocker)]
        ]
        if is_draft and not own:
            send = self._waas_get_send_message()
            points.insert(0, {"code": "send", "actor": you, "message": send})
        if self.state == "sent" and not points:
            confirm = self.env._("Everything is there: the order must be confirmed.")
            points.append(
                {"code": "confirm", "actor": actors["also"], "message": confirm}
            )
        return points

    def _waas_get_public_actors(self):
        """:return: dict of names by key: portal users see the company, not who acts in
        it"""
        actors = dict(self._fields["waas_next_actor"]._description_selection(self.env))
        # The name of the company that rents out is public.
        company = self.sudo().company_id.name
        return actors | dict.fromkeys(("sales", "credit", "also"), company)

    def _waas_get_commission_points(self, blockers):
        """For portal users as on the page of the deal: they see the company, not who
        acts in it, and a draft waits for its partner, who completes and sends it."""
        points = super()._waas_get_commission_points(blockers)
        if not self.env.user.share:
            return points
        actors = self._waas_get_public_actors()
        points = [{**point, "actor_label": actors[point["actor"]]} for point in points]
        if not self._waas_is_partner_draft():
            return points
        own = dict(self._waas_get_own_problems())
        mine = own or {"send": self._waas_get_send_message()}
        return [
            {
                "code": code,
                "message": message,
                "actor": "reseller",
                "actor_label": self.env._("You"),
            }
            for code, message in mine.items()
        ] + [point for point in points if point["code"] not in own]

    def _waas_get_send_message(self):
        return self.env._("Send us the quotation.")

    def _waas_get_own_problems(self):
        """What is missing on the deal and the partner can fix; the rest is for the back
        office.

        :return: list of tuples (code, sentence)
        """
        return [
            problem
            for problem in self._waas_get_deal_problems()
            if problem[0] in OWN_PROBLEMS
        ]

    @api.model
    def _waas_get_public_code(self, blocker):
        if blocker.code in ("credit_rejected", "credit_insufficient"):
            return "credit_not_approved"
        if blocker.code.startswith("credit_"):
            return "credit_open"
        return blocker.code

    @api.private
    def _waas_get_portal_lines(self):
        """Bundles with the lines that belong to them, for the page of a deal.

        :return: list of dicts, the rows of the bundles, further ``{children,
            contents}``: the rows of upgrades and options, and texts
        """
        return [
            {
                **line._waas_get_portal_row(),
                "children": [
                    child._waas_get_portal_row()
                    for child in line.waas_child_line_ids
                    if child.waas_role == "charge"
                ],
                "contents": [
                    f"{child.product_uom_qty:g} × {child.product_id.name}"
                    for child in line.waas_child_line_ids
                    if child.waas_role == "component"
                ],
            }
            for line in self.order_line
            if line.waas_role == "bundle"
        ]

    @api.private
    def _waas_get_live_price(self, bundle, quantity, upgrades, options):
        """Price and commission of a choice, before it is saved on the quotation.

        :param dict upgrades: slot -> upgrade product
        :param dict options: option product -> number
        :return: dict of texts ``{monthly, total, commission, missing}``
        """
        rows = [(bundle, quantity)]
        rows += [
            (upgrade, quantity * slot.quantity) for slot, upgrade in upgrades.items()
        ]
        rows += [(option, number) for option, number in options.items() if number]
        preview = self._waas_preview(rows)
        texts = {
            name: format_amount(self.env, preview[name], self.currency_id)
            for name in ("monthly", "total", "commission")
        }
        return {**texts, "missing": ", ".join(preview["missing"].mapped("name"))}
