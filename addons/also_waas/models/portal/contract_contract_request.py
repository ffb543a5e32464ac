"""Requests of partner and end customer on a contract."""

from odoo import api, fields, models
from odoo.exceptions import UserError

DEVICES_SHOWN = 20  # the page of devices lists all of them


class ContractContract(models.Model):
    _inherit = "contract.contract"

    @api.private
    def _waas_get_portal_values(self, is_reseller):
        values = super()._waas_get_portal_values(is_reseller)
        return {
            **values,
            "devices": [
                device._waas_get_portal_row()
                for device in self.waas_device_ids[:DEVICES_SHOWN]
            ],
            "device_count": len(self.waas_device_ids),
            "changes": [
                change._get_portal_row()
                for change in self.waas_change_ids
                # A draft of the back office is internal until it is sent.
                if change.state != "draft" or change.asked_by_id
            ],
            "returns": [
                record._get_portal_row()
                for record in self.waas_return_line_ids.return_id
            ],
            "end_plan": self._waas_get_end_plan(),
            "end_dates": self._waas_get_end_dates(),
            "may_ask": self.waas_state == "running",
        }

    def _waas_get_end_plan(self):
        """When the end is announced and what was chosen, or None when it is far away.

        :return: dict ``{date_end, decision_date, choice, label}``
        """
        today = self.company_id._waas_today()
        if self.waas_state != "running" or not self.waas_notice_date:
            return None
        if self.waas_notice_date > today:
            return None
        labels = dict(self._fields["waas_end_choice"]._description_selection(self.env))
        return {
            "date_end": self.date_end,
            "decision_date": self.waas_decision_date,
            "choice": self.waas_end_choice,
            "label": labels.get(self.waas_end_choice),
        }

    def _waas_get_end_dates(self):
        """The dates around the end of a running term: the question, the deadline of the
        choice, the end, and the return of the devices (R15).

        :return: list of dicts ``{date, label, is_past}``
        """
        if self.waas_state != "running":
            return []
        today = self.company_id._waas_today()
        returns = self.env["waas.return"]
        steps = [
            (
                self.waas_notice_date,
                self.env._("we ask the end customer what it wants"),
            ),
            (
                self.waas_decision_date,
                self.env._(
                    "the end customer has chosen: extend, new contract or return"
                ),
            ),
            (
                self.date_end,
                self.env._("last day of the contract; its licenses end with it"),
            ),
            (
                returns._get_due_date(self.company_id, self.date_end),
                self.env._("the devices are back with us"),
            ),
        ]
        return [
            {"date": date, "label": label, "is_past": date < today}
            for date, label in steps
        ]

    @api.private
    def _waas_ensure_offered(self, months):
        """Refuse a length that the page does not offer, with the reasons (R12)."""
        self.ensure_one()
        offers = {offer["months"]: offer for offer in self._waas_get_extension_offers()}
        offer = offers.get(months)
        if not offer:
            raise UserError(self.env._("Choose one of the lengths that we offer."))
        if not offer["possible"]:
            raise UserError("\n".join(offer["reasons"]))

    @api.private
    def _waas_get_portal_cost(self):
        """What leaving costs today (R11), for the page: amounts as texts.

        :return: dict ``{total, invoiced, credited, owed, owed_total, months, devices,
            licenses}``; ``credited`` is False where nothing is
        """
        self.ensure_one()
        cost = self._waas_get_leaving_cost()
        amount = self.currency_id.format
        return {
            "total": amount(cost["total"]),
            "invoiced": amount(cost["invoiced"] + cost["draft"]),
            "credited": bool(cost["credited"]) and amount(cost["credited"]),
            "owed": amount(cost["owed"]),
            "owed_total": amount(cost["owed_total"]),
            "months": cost["months"],
            "devices": cost["devices"],
            "licenses": cost["licenses"],
        }

    @api.private
    def _waas_get_upgrade_rows(self, is_reseller):
        """What :meth:`_waas_get_upgrade_choices` gives, for the page.

        :return: list of dicts ``{field, name, bundle, quantity, is_upgrade, price,
            commission}``, amounts as texts; the commission for the partner only
        """
        amount = self.currency_id.format
        return [
            {
                "field": choice["field"],
                "name": choice["product"].name,
                "bundle": choice["line"].product_id.name,
                "quantity": choice["line"].quantity,
                "is_upgrade": bool(choice["slot"]),
                "price": amount(choice["price"]),
                "commission": is_reseller and amount(choice["commission"]),
            }
            for choice in self._waas_get_upgrade_choices()
        ]

    @api.private
    def _waas_get_upgrade_choices(self):
        """Products that can be added to the bundles of the contract, with today's price
        for its term and the partner's commission (R7, R8).

        :return: list of dicts ``{field, line, product, slot, price, commission}``: the
            name of its field in a form, records and amounts; products without a price,
            or that are not possible, are left out
        """
        self.ensure_one()
        wanted = [
            (line, slot, product)
            for line in self._waas_get_bundle_lines()
            for slot, product in line._waas_get_offered()
        ]
        prices = self.pricelist_id.with_company(self.company_id)._waas_get_prices(
            [(product, 1.0, product.uom_id) for _line, _slot, product in wanted],
            self.waas_term_id,
            fields.Datetime.now(),
        )
        rows = []
        for line, slot, product in wanted:
            price = prices.get((product, 1.0, product.uom_id))
            # The agreed price holds to the end: an upgrade can only be more expensive.
            former = line._waas_get_upgrade(slot).price_unit
            if price and self.currency_id.compare_amounts(price.price, former) >= 0:
                rows.append(
                    {
                        "field": f"{line.id}_{product.id}",
                        "line": line,
                        "slot": slot,
                        "product": product,
                        "price": price.price,
                        "commission": price.commission,
                    }
                )
        return rows

    @api.private
    def _waas_answer_end(self, choice):
        """The end customer chooses what happens at the end of the term.

        :param str choice: ``return`` or ``follow_on``; an extension is a change
        """
        self.ensure_one()
        if not self._waas_get_end_plan():
            raise UserError(self.env._("There is nothing to choose now."))
        if choice not in ("return", "follow_on"):
            raise UserError(self.env._("Choose what happens at the end of the term."))
        if self.waas_end_choice:
            raise UserError(
                self.env._("You have chosen already: contact us to change it.")
            )
        labels = dict(self._fields["waas_end_choice"]._description_selection(self.env))
        contract_sudo = self.sudo()  # the controller checked whose contract it is
        contract_sudo.waas_end_choice = choice
        contract_sudo._waas_tell(
            self.env._(
                "%(name)s chose in the portal: %(choice)s.",
                name=self.env.user.name,
                choice=labels[choice],
            )
        )
