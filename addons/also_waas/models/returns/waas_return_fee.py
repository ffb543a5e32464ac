from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class FeePart(NamedTuple):
    """One part of the fee: for the pick-up, for its devices or for its sites."""

    kind: str  # pickup, device or site
    product: Any  # product.product on the invoice
    quantity: int
    price: float  # of one, in the currency of the price list
    amount: float
    reason: Any  # why it costs nothing, as the price list says; False without


class WaasReturn(models.Model):
    """The fee of a secure pick-up (R15): a price for the pick-up, for each device and
    for each site, from the price list. A fee of zero needs a reason."""

    _inherit = "waas.return"

    fee_parts = fields.Json(
        readonly=True,
        copy=False,
        help="The currency, and quantity and price of each kind, as agreed.",
    )
    fee_explanation = fields.Char(
        string="Fee Breakdown",
        compute="_compute_fee_explanation",
        help="The parts of the fee: for the pick-up, for each device and for each "
        "site.",
    )
    fee_waits = fields.Boolean(
        compute="_compute_fee", help="The fee is zero, and no reason is entered."
    )
    fee_zero_reason = fields.Char(
        string="Reason for Zero",
        copy=False,
        tracking=True,
        help="Why this pick-up costs nothing. Not needed where the price list says it.",
    )
    site_count = fields.Integer(
        string="Sites",
        compute="_compute_site_count",
        help="The number of addresses of its devices.",
    )

    # === COMPUTE METHODS ===#

    @api.depends(
        "method",
        "line_ids.contract_id",
        "line_ids.state",
        "line_ids.pickup_address_id",
        "pickup_address_id",
        "fee_zero_reason",
        "confirmed_on",
        "fee_frozen",
        "fee_parts",
    )
    def _compute_fee(self):
        """The fee by the price list, until it is agreed."""
        for record in self:
            currency = record._get_fee_currency()
            record.currency_id = currency
            parts = record._get_open_parts() if record.method == "pickup" else []
            if record.confirmed_on and record.method == "pickup":
                record.fee_amount = record.fee_frozen
            else:
                record.fee_amount = record._sum_parts(parts)
            record.fee_waits = bool(parts) and not record._is_fee_explained(parts)

    @api.depends("fee_amount", "fee_parts")
    @api.depends_context("lang")
    def _compute_fee_explanation(self):
        for record in self:
            record.fee_explanation = record._explain_fee(
                record._get_stated_parts(), record.currency_id
            )

    @api.depends("line_ids.state", "line_ids.pickup_address_id", "pickup_address_id")
    def _compute_site_count(self):
        for record in self:
            record.site_count = len(record._get_sites())

    # === CRUD METHODS ===#

    def _ensure_as_agreed(self, vals):
        """The agreed fee and its reason cannot be changed."""
        result = super()._ensure_as_agreed(vals)
        if not vals.keys().isdisjoint(("fee_zero_reason", "pickup_address_id")) and any(
            record.confirmed_on for record in self
        ):
            raise UserError(
                self.env._(
                    "The pick-up was confirmed with its place and its fee: cancel this "
                    "return and make another one."
                )
            )
        return result

    # === SITES ===#

    def _get_sites(self, lines=None):
        """The sites of the devices of a pick-up.

        :param lines: ``waas.return.line``; all that come back by default
        :return: dict of the lines by the address where their devices are: two contacts
            of one address are one site
        """
        self.ensure_one()
        if lines is None:
            lines = self.line_ids.filtered(lambda line: line.state != "cancelled")
        addresses, sites = {}, {}
        for line in lines:
            address = line._get_pickup_address()
            address = addresses.setdefault(_get_site_key(address), address)
            sites[address] = sites.get(address, line.browse()) | line
        return sites

    # === PRICE ===#

    @api.model
    def _get_fee_products(self, company):
        """:return: dict of ``product.product`` by kind, without those that a company
        does without"""
        products = {
            "pickup": company.waas_pickup_product_id,
            "device": company.waas_pickup_device_product_id,
            "site": company.waas_pickup_site_product_id,
        }
        return {kind: product for kind, product in products.items() if product}

    @api.model
    def _get_price_parts(self, company, pricelist, device_count=1, site_count=1):
        """What a price list asks for a pick-up, also of one that is not booked yet.

        :return: list of :class:`FeePart`; empty when it has no price for any kind
        """
        quantities = {"pickup": 1, "device": device_count, "site": site_count}
        parts = []
        for kind, product in self._get_fee_products(company).items():
            if quantities[kind] and pricelist:
                part = self._get_part(
                    kind, product, quantities[kind], pricelist.with_company(company)
                )
                parts += [part] if part else []
        return parts

    @api.model
    def _get_part(self, kind, product, quantity, pricelist):
        """One part by the rule that holds for this quantity, or None without one."""
        price, rule_id = pricelist._get_product_price_rule(product, quantity)
        if not rule_id:
            return None
        currency = pricelist.currency_id
        price = currency.round(price)
        amount = currency.round(price * quantity)
        reason = False
        if currency.is_zero(amount):
            rule = pricelist.env["product.pricelist.item"].browse(rule_id)
            reason = rule._waas_get_zero_reason(
                product, quantity, product.uom_id, fields.Datetime.now()
            )
        return FeePart(kind, product, quantity, price, amount, reason)

    @api.model
    def _get_pickup_price(self, company, pricelist, device_count=1, site_count=1):
        """The fee without VAT, also of a pick-up that is not booked yet.

        :return: amount in the currency of the price list, None when it has no price
        """
        parts = self._get_price_parts(company, pricelist, device_count, site_count)
        return pricelist.currency_id.round(self._sum_parts(parts)) if parts else None

    def _get_open_parts(self):
        """The parts of the fee that is not agreed yet (R15)."""
        self.ensure_one()
        if self.confirmed_on:
            return []
        return self._get_price_parts(
            self.company_id,
            self._get_pricelist(),
            self.device_count,
            len(self._get_sites()),
        )

    def _get_fee_currency(self):
        self.ensure_one()
        if self.fee_parts:
            return self.env["res.currency"].browse(self.fee_parts["currency_id"])
        return self._get_pricelist().currency_id or self.company_id.currency_id

    def _is_fee_explained(self, parts):
        """Whether there is a fee, or a reason why there is none."""
        currency = self._get_fee_currency()
        return (
            currency.compare_amounts(self._sum_parts(parts), 0) > 0
            or any(part.reason for part in parts)
            or bool((self.fee_zero_reason or "").strip())
        )

    def _get_fee_problem(self):
        """Why the fee cannot be agreed, as a sentence, or False (R15)."""
        self.ensure_one()
        parts = self._get_open_parts()
        if not parts:
            return self.env._(
                "Price list %(pricelist)s has no price for a pick-up: have a WaaS "
                "manager add a rule without a term for %(products)s.",
                pricelist=self._get_pricelist().display_name or "?",
                products=self._name_fee_products(),
            )
        if self._is_fee_explained(parts):
            return False
        return self.env._(
            "The fee of this pick-up is %(amount)s: write why under Reason for "
            "Zero, or have a WaaS manager correct price list %(pricelist)s.",
            amount=format_amount(
                self.env, self._sum_parts(parts), self._get_fee_currency()
            ),
            pricelist=self._get_pricelist().display_name,
        )

    def _name_fee_products(self):
        products = self._get_fee_products(self.company_id).values()
        names = [product.display_name for product in products]
        return ", ".join(names) or self.env._("a fee product")

    # === WHAT WAS AGREED ===#

    def _freeze_fee(self, parts):
        """Values of what is agreed."""
        return {
            "fee_frozen": self._sum_parts(parts),
            "fee_parts": {
                "currency_id": self._get_fee_currency().id,
                "parts": [
                    {
                        "kind": part.kind,
                        "product_id": part.product.id,
                        "quantity": part.quantity,
                        "price": part.price,
                        "amount": part.amount,
                    }
                    for part in parts
                ],
            },
        }

    def _get_stated_parts(self):
        """The parts as they were agreed, else as they are now; those that cost
        something.

        :return: list of tuples ``(kind, quantity, price)``
        """
        self.ensure_one()
        if self.method != "pickup":
            return []
        if self.fee_parts:
            return [
                (part["kind"], part["quantity"], part["price"])
                for part in self.fee_parts["parts"]
                if part["amount"]
            ]
        return self._state_parts(self._get_open_parts())

    @api.model
    def _sum_parts(self, parts):
        """What these :class:`FeePart` cost together."""
        return sum(part.amount for part in parts)

    @api.model
    def _state_parts(self, parts):
        """Those of these :class:`FeePart` that cost something, as they are stated."""
        return [(part.kind, part.quantity, part.price) for part in parts if part.amount]

    @api.model
    def _explain_fee(self, stated, currency):
        """What a fee is made up of, for people; False where that is the fee itself.

        :param list stated: see :meth:`_get_stated_parts`
        """
        if not stated or stated == [("pickup", 1, stated[0][2])]:
            return False
        return " + ".join(
            self._explain_part(kind, quantity, format_amount(self.env, price, currency))
            for kind, quantity, price in stated
        )

    @api.model
    def _explain_part(self, kind, quantity, price):
        if kind == "device":
            return self.env._(
                "%(count)s × %(price)s per device", count=quantity, price=price
            )
        if kind == "site":
            return self.env._(
                "%(count)s × %(price)s per site", count=quantity, price=price
            )
        return self.env._("%(price)s for the pick-up", price=price)

    def _note_fee_difference(self):
        """The agreed fee is kept; an accountant credits or invoices the difference."""
        for record in self:
            agreed = {
                kind: quantity for kind, quantity, _price in record._get_stated_parts()
            }
            now = {"device": record.device_count, "site": len(record._get_sites())}
            if record.state not in ("confirmed", "transit") or all(
                agreed.get(kind, count) == count for kind, count in now.items()
            ):
                continue
            record._remind(
                "return_fee_changed",
                lambda env, record=record, now=now: env._(
                    "The fee of %(return)s was agreed as %(agreed)s; now there are "
                    "%(devices)s devices at %(sites)s sites. The fee does not "
                    "change: credit or invoice the difference if needed.",
                    agreed=record.with_env(env).fee_explanation,
                    devices=now["device"],
                    sites=now["site"],
                    **{"return": record.name},
                ),
            )


def _get_site_key(address):
    """What two contacts of one address have in common."""
    if not address.street:
        return address
    lines = (address.street, address.street2, address.zip, address.city)
    return (
        *("".join((line or "").lower().split()) for line in lines),
        address.country_id,
    )
