from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..defaults import without_defaults


class WaasReturn(models.Model):
    """Chapter 8, returns: the secure pick-up and its fee (R15)."""

    _inherit = "waas.return"

    # === COMPUTE METHODS ===#

    @api.depends("method", "line_ids.contract_id", "fee_frozen", "fee_move_id")
    def _compute_fee(self):
        """What the price list says, until it is agreed."""
        for record in self:
            pricelist = record._get_pricelist()
            record.currency_id = pricelist.currency_id or record.company_id.currency_id
            if record.method != "pickup":
                record.fee_amount = 0.0
            elif record.confirmed_on:
                record.fee_amount = record.fee_frozen
            else:
                record.fee_amount = record._get_fee() or 0.0

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
        contract_sudo = self.line_ids.contract_id.sudo()[:1]
        return contract_sudo.pricelist_id or self.company_id.sudo().waas_pricelist_id

    def _get_fee(self):
        """The fee of the price list without VAT, or None when it has none (R15)."""
        self.ensure_one()
        return self._get_pickup_price(self.company_id, self._get_pricelist())

    @api.model
    def _get_pickup_price(self, company, pricelist):
        """The fee, also of a pick-up that is not booked yet; see :meth:`_get_fee`."""
        product = company.waas_pickup_product_id
        if not product or not pricelist:
            return None
        price, rule_id = pricelist._get_product_price_rule(product, 1.0)
        return pricelist.currency_id.round(price) if rule_id else None

    def _get_fee_problem(self):
        if self._get_fee() is not None:
            return False
        return self.env._(
            "Price list %(pricelist)s has no price for %(product)s: add a rule without "
            "a term for it, 0.00 if the pick-up is free (R15).",
            pricelist=self._get_pricelist().display_name or "?",
            product=self.company_id.waas_pickup_product_id.display_name
            or self.env._("the pick-up"),
        )

    def _confirm_pickup(self):
        self.ensure_one()
        self.lock_for_update(allow_referencing=True)  # one fee, whoever else confirms
        fee = self._get_fee()
        self.write(
            {
                "state": "confirmed",
                "confirmed_on": fields.Datetime.now(),
                "fee_frozen": fee,
                "fee_move_id": self._invoice_fee(fee).id,
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

    def _invoice_fee(self, fee):
        """The posted invoice of the pick-up; none when it is free."""
        if self._get_pricelist().currency_id.is_zero(fee):
            return self.env["account.move"]
        product = self.company_id.waas_pickup_product_id
        move = self._make_invoice(
            [{"product_id": product.id, "quantity": 1, "price_unit": fee}]
        )
        move._post(soft=False)
        return move

    def _make_invoice(self, lines):
        """A draft invoice to the end customer (R13).

        :param list lines: values of its lines, each with a ``product_id``
        """
        self.ensure_one()
        for values in lines:
            values.update(self._prepare_taxes(values["product_id"]))
        contract = self.line_ids.contract_id[:1]
        today = self.company_id._waas_today()
        return (
            without_defaults(self.env["account.move"])
            .with_company(self.company_id)
            .create(
                {
                    **contract._prepare_invoice(today),
                    "invoice_origin": self.name,
                    "waas_return_id": self.id,
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
        taxes = self.line_ids.contract_id[:1].fiscal_position_id.map_tax(taxes)
        return {"tax_ids": [Command.set(taxes.ids)]}
