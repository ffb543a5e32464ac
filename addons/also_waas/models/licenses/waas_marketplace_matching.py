from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...simpleapi.customers import CustomerDesk
from .waas_marketplace_call import Journal


class WaasMarketplace(models.Model):
    """The end customers of a marketplace, matched with ours (R9)."""

    _inherit = "waas.marketplace"

    customer_ids = fields.One2many(
        comodel_name="waas.marketplace.customer", inverse_name="marketplace_id"
    )

    # === ACTIONS ===#

    def action_match_customers(self):
        """Find the accounts of all end customers that have licenses, and show them."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_manager()
        self.sudo()._match_customers()  # checked above; the password is secret
        return self.action_view_customers()

    def action_view_customers(self):
        """Open the end customers of this marketplace."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_marketplace_customer_action"
            ),
            "domain": [("marketplace_id", "=", self.id)],
        }

    # === MATCHING ===#

    def _match_customers(self):
        """Read all accounts once, and note those that are one end customer's without
        doubt; a person looks at the others."""
        customers = self._make_customers()
        wanted = customers.filtered(lambda customer: not customer.account_number)
        if not wanted:
            return
        if not self.reseller_account:
            raise UserError(self.env._("Test the connection first."))
        with self._connect_for_user() as client:
            accounts = self._get_customer_desk(client).get_all()
        taken = set(self.customer_ids.mapped("account_number"))
        free = [
            one
            for one in accounts
            if one.is_active and str(one.account_id) not in taken
        ]
        wanted._match(free)

    def _get_customer_desk(self, client):
        return CustomerDesk(client, int(self.reseller_account or 0), Journal(self))

    def _make_customers(self):
        """An account, still without number, for each end customer with licenses."""
        licenses = self.env["waas.license"]._read_group(
            Domain("company_id", "=", self.company_id.id)
            & Domain("channel", "=", "marketplace")
            & Domain("state", "!=", "ended"),
            ["partner_id"],
        )
        partners = self.env["res.partner"].union(
            *(partner.commercial_partner_id for (partner,) in licenses)
        )
        new = partners - self.customer_ids.partner_id
        self.env["waas.marketplace.customer"].create(
            [{"marketplace_id": self.id, "partner_id": partner.id} for partner in new]
        )
        return self.customer_ids
