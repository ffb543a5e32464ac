"""Who brings deals, and at which prices."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

# What a partner is and earns in WaaS.
TERMS_OF_PARTNERS = ("waas_is_reseller", "waas_pricelist_id")
# Who keeps all contacts; a WaaS user keeps those of its deals.
KEEPERS = (
    "base.group_partner_manager",
    "sales_team.group_sale_manager",
    "stock.group_stock_manager",
)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "waas.guarded.mixin"]

    waas_is_reseller = fields.Boolean(
        string="WaaS Partner",
        company_dependent=True,
        help="A reseller that brings this company WaaS deals and earns commission on "
        "them.",
    )
    waas_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="WaaS Price List",
        company_dependent=True,
        help="Prices and commissions of the deals this partner brings. Empty: the "
        "company's WaaS price list.",
        check_company=True,
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        # After the creation: defaults of the context are checked as well.
        if not self._waas_keeps_contacts() and any(
            partner[name] for partner in partners for name in TERMS_OF_PARTNERS
        ):
            self._waas_refuse_terms()
        return partners

    def write(self, vals):
        if not vals.keys().isdisjoint(TERMS_OF_PARTNERS):
            if not self._waas_keeps_contacts():
                self._waas_refuse_terms()
        if "email" in vals:
            self._waas_ensure_may_readdress()
        return super().write(vals)

    @api.model
    def _waas_refuse_terms(self):
        """WaaS users enter end customers; only users who manage contacts decide who is
        a partner, and at which prices."""
        raise AccessError(
            self.env._(
                "Who is a WaaS partner, and at which prices, is for a WaaS manager to "
                "enter: ask one."
            )
        )

    def _waas_ensure_may_readdress(self):
        """Who controls the mail address of a user can reset the password."""
        if self._waas_keeps_contacts():
            return
        # Whether there is a user, archived ones included.
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        if user := users_sudo.search([("partner_id", "in", self.ids)], limit=1):
            raise AccessError(
                self.env._(
                    "%(name)s logs in with this contact: have a WaaS manager change "
                    "the mail address, or enter another contact.",
                    name=user.name,
                )
            )

    @api.model
    def _waas_keeps_contacts(self):
        user = self.env.user
        return self.env.su or (
            not user.has_group("also_waas.group_waas_user")
            or any(user.has_group(group) for group in KEEPERS)
        )
