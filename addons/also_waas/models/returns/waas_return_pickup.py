from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...defaults import without_defaults


class WaasReturn(models.Model):
    """The secure pick-up and the invoice of its fee (R15)."""

    _inherit = "waas.return"

    # === ACTIONS ===#

    def action_confirm_pickup(self):
        """Order the pick-up and invoice its fee (R15)."""
        self._ensure_state("announced")
        for record in self:
            if problem := record._get_pickup_problem():
                raise UserError(problem)
        for record in self._get_allowed():
            record._confirm_pickup()
        return True

    # === BUSINESS METHODS ===#

    def _get_pickup_problem(self):
        """Why this pick-up cannot be ordered, as a sentence, or False."""
        self.ensure_one()
        if self.method != "pickup":
            return self.env._("The customer sends these devices: nothing is picked up.")
        if not (self.pickup_address_id and self.pickup_contact):
            return self.env._("Enter where the devices are, and who hands them over.")
        if not (self.pickup_from and self.pickup_to):
            return self.env._("Agree with the customer from when to when they come.")
        day = self.company_id._waas_get_day(self.pickup_from)
        if day < self.company_id._waas_today():
            return self.env._("The pick-up was agreed for the past: agree another day.")
        if problem := self.processor_id._waas_get_processor_problem(day):
            return problem
        return self._get_fee_problem()

    def _get_pricelist(self):
        self.ensure_one()
        # A price, for users who may read the return.
        contract_sudo = self.sudo()._get_contract()
        return contract_sudo.pricelist_id or self.company_id.sudo().waas_pricelist_id

    def _confirm_pickup(self):
        self.ensure_one()
        # One fee, also when two users confirm at once.
        self.lock_for_update(allow_referencing=True)
        parts = self._get_open_parts()
        self.write(
            {
                "state": "confirmed",
                "confirmed_on": fields.Datetime.now(),
                **self._freeze_fee(parts),
                "fee_move_id": self._invoice_fee(parts).id,
            }
        )
        self.message_post(
            body=self.env._(
                "%(processor)s collects the devices on %(date)s.",
                processor=self.processor_id.display_name,
                date=format_date(
                    self.env, self.company_id._waas_get_day(self.pickup_from)
                ),
            )
        )

    def _invoice_fee(self, parts):
        """The posted invoice of the pick-up, a line for each kind of fee; none when it
        is free."""
        currency = self._get_fee_currency()
        lines = [
            {
                "product_id": part.product.id,
                "quantity": part.quantity,
                "price_unit": part.price,
            }
            for part in parts
            if not currency.is_zero(part.amount)
        ]
        if not lines:
            return self.env["account.move"]
        move = self._make_invoice(lines, currency)
        self._ensure_fee(move, self._sum_parts(parts))
        move._post(soft=False)
        return move

    def _ensure_fee(self, move, agreed):
        """What is invoiced is what was agreed, to the cent."""
        if move.currency_id.compare_amounts(move.amount_untaxed, agreed):
            raise UserError(
                self.env._(
                    "The pick-up is %(agreed)s without VAT, but its invoice would be "
                    "%(found)s: look at the taxes of the fee products; they are not "
                    "included in the price.",
                    agreed=format_amount(self.env, agreed, move.currency_id),
                    found=format_amount(
                        self.env, move.amount_untaxed, move.currency_id
                    ),
                )
            )

    def _make_invoice(self, lines, currency=None):
        """A draft invoice to the end customer (R13).

        :param list lines: values of its lines, each with a ``product_id``
        :param currency: ``res.currency`` of the amounts; that of the contract by
            default
        """
        self.ensure_one()
        contract = self._get_contract()
        today = self.company_id._waas_today()
        contract._waas_ensure_taxes_and_rate(
            self.env["product.product"].browse(
                [values["product_id"] for values in lines]
            ),
            currency or contract.currency_id,
            today,
        )
        for values in lines:
            values.update(self._prepare_taxes(values["product_id"]))
        return (
            without_defaults(self.env["account.move"])
            .with_company(self.company_id)
            .create(
                {
                    **contract._prepare_invoice(today),
                    "invoice_origin": self.name,
                    "waas_return_id": self.id,
                    **({"currency_id": currency.id} if currency else {}),
                    "invoice_line_ids": [Command.create(values) for values in lines],
                }
            )
        )

    def _prepare_taxes(self, product_id):
        """The sales tax of the company for a product that has none of it: the products
        of a return come with the addon, before a company has taxes."""
        company = self.company_id
        product = self.env["product.product"].browse(product_id)
        if product.taxes_id._filter_taxes_by_company(company):
            return {}
        taxes = company.account_sale_tax_id
        position = self._get_contract().fiscal_position_id
        archived = taxes._waas_get_archived() or position._waas_get_archived_tax(taxes)
        if archived:
            raise UserError(
                self.env._(
                    "The tax %(tax)s is archived, and nothing takes its place for "
                    "%(product)s: make it active again, or enter the tax that replaces "
                    "it.",
                    tax=archived.name,
                    product=product.display_name,
                )
            )
        return {"tax_ids": [Command.set(position.map_tax(taxes).ids)]}

    def _get_contract(self):
        """The oldest of the contracts that devices come back from: it says price list,
        fiscal position and payment term, in whichever order they were entered."""
        return self._get_leading_contract(self.line_ids.contract_id)

    @api.model
    def _get_leading_contract(self, contracts):
        return contracts.sorted("id")[:1]
