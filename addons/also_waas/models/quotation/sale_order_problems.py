"""What a quotation itself still lacks, and where that is put right."""

from odoo import api, models

from ..common.waas_blocker_mixin import Blocker, Way


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === ACTIONS ===#

    def action_waas_add_bundle(self):
        """Open the choice of a bundle with its upgrades and options."""
        self.ensure_one()
        return self.env["waas.bundle.configure"]._get_action(self)

    def action_view_waas_pricelist(self):
        """Open the price list that lacks a price of this deal."""
        self.ensure_one()
        return self.pricelist_id._get_records_action()

    def action_view_waas_hardware(self):
        """Open the hardware whose warranty is too short for the term."""
        self.ensure_one()
        devices = self._waas_get_components().filtered(
            lambda device: device._waas_get_term_problem(self.waas_term_id)
        )
        return devices._get_records_action(name=self.env._("Hardware"))

    def action_waas_ask_hardware(self):
        """Open a new request for the hardware that is not approved (R14)."""
        self.ensure_one()
        device = self._waas_get_components().filtered(self._waas_get_hardware_problem)
        manufacturer = device[:1].waas_manufacturer_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hardware Request"),
            "res_model": "waas.hardware.request",
            "view_mode": "form",
            "context": {
                "default_company_id": self.company_id.id,
                "default_reseller_id": self.waas_reseller_id.id,
                "default_manufacturer_name": manufacturer.name,
                "default_description": device[:1].display_name,
            },
        }

    # === COMPUTE METHODS ===#

    def _compute_waas_blockers(self):
        """What is shown of deals in any state names their contacts."""
        self.filtered("is_waas")._waas_read_parties()
        return super()._compute_waas_blockers()

    # === BUSINESS METHODS ===#

    @api.model
    def _waas_get_blocker_triggers(self):
        return (*super()._waas_get_blocker_triggers(), "is_waas", "state")

    @api.model
    def _waas_get_waiting_domain(self):
        return [("is_waas", "=", True), ("state", "in", ("draft", "sent"))]

    def _waas_read_ahead(self):
        result = super()._waas_read_ahead()
        self._waas_read_parties()
        products = self.order_line.product_id
        products.product_tmpl_id.fetch()
        products.fetch(["product_template_attribute_value_ids"])  # of their names
        return result

    def _waas_read_parties(self):
        # Reading one field reads all of all contacts, unless they are read already.
        self._waas_get_parties().mapped("name")

    def _waas_get_parties(self):
        """Hook: the contacts of the quotations, which are read together."""
        return (
            self.partner_id
            | self.partner_invoice_id
            | self.partner_shipping_id
            | self.waas_reseller_id
            | self.company_id.partner_id
            | self.user_id.partner_id
        )

    def _waas_get_open_points(self, known=None):
        """What the quotation itself still lacks; later chapters add theirs."""
        return [
            *super()._waas_get_open_points(known),
            *(
                Blocker(
                    code,
                    message,
                    self._waas_get_actor(code),
                    self._waas_get_public_message(code),
                )
                for code, message in self._waas_get_deal_problems(known)
            ),
        ]

    @api.model
    def _waas_get_actor(self, code):
        """Hook: who fixes a problem of the deal: key of ``ACTORS``."""
        return "sales"

    @api.model
    def _waas_get_public_message(self, code):
        """Hook: what portal users read about a problem; empty: the same."""
        return ""

    def _waas_get_ways(self):
        manager = "also_waas.group_waas_manager"
        hardware = self.env._("Open Hardware")
        return super()._waas_get_ways() | {
            "bundle": Way(self.env._("Add a Bundle"), "action_waas_add_bundle"),
            "price": Way(
                self.env._("Open Price List"), "action_view_waas_pricelist", manager
            ),
            "hardware": Way(
                self.env._("Ask for the Hardware"), "action_waas_ask_hardware"
            ),
            "warranty": Way(hardware, "action_view_waas_hardware", manager),
        }

    def _waas_get_deal_problems(self, known=None):
        """Pairs of code and sentence for what sales must put right."""
        if not self.waas_reseller_id:
            yield (
                "reseller",
                self.env._("Choose the partner who brings this deal."),
            )
        if not self.waas_term_id:
            yield "term", self.env._("Choose the term.")
        longest = self.company_id.waas_max_months
        if self.waas_term_id.months > longest:
            yield (
                "term_length",
                self.env._(
                    "%(term)s is longer than the %(longest)s months that a contract of "
                    "%(company)s lasts at most: choose a shorter term, or have a WaaS "
                    "manager raise the limit under Settings > WaaS.",
                    term=self.waas_term_id.display_name,
                    longest=longest,
                    company=self.company_id.name,
                ),
            )
        if not self.waas_delivery_route:
            yield (
                "route",
                self.env._(
                    "Choose the delivery: via the partner or directly to the end "
                    "customer."
                ),
            )
        if self.is_expired:
            yield (
                "expired",
                self.env._(
                    "The quotation has expired: renew its expiration date, or make a "
                    "new one."
                ),
            )
        if problem := self._waas_get_party_problem():
            yield "party", problem
        lines = self.order_line
        if not lines.filtered(lambda line: line.waas_role == "bundle"):
            yield "bundle", self.env._("Add a bundle.")
        for line in lines:
            if line._waas_is_priced() and not line.pricelist_item_id:
                yield "price", line._waas_get_missing_price_message()
        for device in self._waas_get_components():
            if problem := self._waas_get_hardware_problem(device):
                yield "hardware", problem
            elif problem := device._waas_get_term_problem(self.waas_term_id):
                yield "warranty", problem

    def _waas_get_components(self):
        return self.order_line.filtered(
            lambda line: line.waas_role == "component"
        ).product_id

    def _waas_get_hardware_problem(self, device):
        return device._waas_get_hardware_problem(self.waas_reseller_id, self.company_id)
