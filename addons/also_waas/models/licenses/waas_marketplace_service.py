from decimal import Decimal

from odoo import api, fields, models

from ...commitments import Term


class WaasMarketplaceService(models.Model):
    """What a marketplace sells, and which license of ours it is (R9).

    Names, prices and terms are those of one marketplace: each country is an instance of
    its own.
    """

    _name = "waas.marketplace.service"
    _description = "WaaS Marketplace Service"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "vendor, title, id"
    _rec_name = "title"
    _rec_names_search = ["title", "name", "product_number"]
    _check_company_auto = True

    marketplace_id = fields.Many2one(
        comodel_name="waas.marketplace",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="marketplace_id.company_id", store=True, index=True
    )
    name = fields.Char(string="Service", required=True, readonly=True)
    title = fields.Char(string="Name There", required=True, readonly=True)
    vendor = fields.Char(readonly=True)
    product_number = fields.Char(
        string="Vendor's Number", readonly=True, help="Of the vendor, to compare with."
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="License",
        domain="[('waas_role', '=', 'license')]",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Our license that is ordered as this service.",
    )
    is_offered = fields.Boolean(
        string="Still Sold",
        default=True,
        readonly=True,
        help="The marketplace listed it when its catalogue was read last.",
    )
    has_terms_accepted = fields.Boolean(
        string="Terms Accepted",
        readonly=True,
        help="Nothing is ordered before a person accepted the vendor's terms at the "
        "marketplace.",
    )
    # === What an order says ===
    seat_field = fields.Char(readonly=True)
    billing_field = fields.Char(string="Field of the Term", readonly=True)
    term_ids = fields.One2many(
        comodel_name="waas.marketplace.term",
        inverse_name="service_id",
        string="Terms",
    )
    value_ids = fields.One2many(
        comodel_name="waas.marketplace.value",
        inverse_name="service_id",
        string="Other Fields",
        help="What the service wants to know besides seats and term.",
    )
    fields_read_on = fields.Datetime(readonly=True)
    problem = fields.Char(compute="_compute_problem", help="Why it cannot be ordered.")

    _unique_name = models.UniqueIndex(
        "(marketplace_id, name)", "This service is in the catalogue already."
    )
    _unique_product = models.UniqueIndex(
        "(marketplace_id, product_id) WHERE product_id IS NOT NULL",
        "This license is ordered as another service already.",
    )

    # === COMPUTE METHODS ===#

    @api.depends(
        "product_id",
        "is_offered",
        "has_terms_accepted",
        "fields_read_on",
        "seat_field",
        "term_ids.is_used",
        "term_ids.months",
        "value_ids.value",
        "value_ids.is_mandatory",
    )
    def _compute_problem(self):
        for service in self:
            service.problem = service._get_problem() if service.product_id else False

    def _get_problem(self):
        """Why it cannot be ordered, as a sentence, or False."""
        if not self.is_offered:
            return self.env._("The marketplace does not list it any more.")
        if not self.has_terms_accepted:
            return self.env._(
                "Its terms wait for a person who accepts them at the marketplace."
            )
        if not self.fields_read_on:
            return self.env._("Read its fields first.")
        if not self.seat_field:
            return self.env._("It has no field for seats.")
        if not self.term_ids.filtered(lambda term: term.is_used and term.months):
            return self.env._("None of its terms may be bought: allow one.")
        missing = self.value_ids.filtered(
            lambda value: value.is_mandatory and not value.value
        )
        if missing:
            return self.env._(
                "Enter what it wants to know: %(fields)s.",
                fields=", ".join(missing.mapped("label")),
            )
        return False

    def _get_terms(self):
        """The terms for which it may be bought.

        :return: list of ``commitments.Term``
        """
        return [
            Term(term.value, term.months, Decimal(str(term.price)))
            for term in self.term_ids
            if term.is_used and term.months
        ]

    # === ACTIONS ===#

    def action_read_fields(self):
        """Ask the marketplace what an order of these services says."""
        self.check_access("write")
        self.env["waas.marketplace"]._ensure_manager()
        for marketplace, services in self.grouped("marketplace_id").items():
            # Checked above; users cannot read the password.
            marketplace.sudo()._read_fields(services.sudo())
        return True

    # === CATALOGUE ===#

    def _note_fields(self, found, seat_fields):
        """Take over the fields of a service; what users entered stays.

        :param found: list of ``simpleapi.catalogue.Field``
        :param seat_fields: names that seats may have
        """
        self.ensure_one()
        names = [field.name for field in found]
        seats = next((name for name in seat_fields if name in names), False)
        billing = next((field for field in found if field.has_terms), None)
        self.write(
            {
                "seat_field": seats,
                "billing_field": billing.name if billing else False,
                "fields_read_on": fields.Datetime.now(),
            }
        )
        self.term_ids._keep_only(self, billing.choices if billing else ())
        used = (seats, self.billing_field)
        self.value_ids._keep_only(
            self, [field for field in found if field.name not in used]
        )
