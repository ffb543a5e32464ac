from odoo import api, fields, models

from ...simpleapi.catalogue import get_months


class WaasMarketplaceTerm(models.Model):
    """A term for which a service can be bought, with its price (R12): what binds
    longer is cheaper."""

    _name = "waas.marketplace.term"
    _description = "WaaS Marketplace Term"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "service_id, months, id"
    _rec_name = "label"
    _check_company_auto = True

    service_id = fields.Many2one(
        comodel_name="waas.marketplace.service",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="service_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    value = fields.Char(required=True, readonly=True, help="As an order says it.")
    label = fields.Char(string="Term", required=True, readonly=True)
    months = fields.Integer(
        aggregator=None,
        help="For how long it binds. Enter it where the value does not say so.",
    )
    price = fields.Monetary(
        string="Price per Seat and Month",
        help="What the marketplace asks of your company. The cheapest mix of terms is "
        "bought that ends with the contract.",
    )
    is_used = fields.Boolean(string="May Be Bought", default=True)

    _unique_value = models.UniqueIndex(
        "(service_id, value)", "The service has this term already."
    )
    _check_months = models.Constraint(
        "CHECK (months >= 0 AND months <= 60 AND price >= 0)",
        "A term has up to 60 months, and a price of 0 or more.",
    )

    @api.model
    def _keep_only(self, service, choices):
        """Take over the terms that a service is sold for.

        :param choices: pairs of value and label
        """
        labels = dict(choices)
        kept = self.filtered(lambda term: term.value in labels)
        (self - kept).unlink()
        for term in kept:
            if term.label != labels[term.value]:
                term.label = labels[term.value]
        known = set(kept.mapped("value"))
        self.create(
            [
                {
                    "service_id": service.id,
                    "value": value,
                    "label": label,
                    "months": get_months(value),
                }
                for value, label in choices
                if value not in known
            ]
        )
