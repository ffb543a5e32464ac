from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_users import check_identity

# A key with this scope gives access to the offer only.
OFFER_SCOPE = "waas.offer"
KEY_DAYS = 365


class WaasMarketplace(models.Model):
    """The API key with which the marketplace reads the offer (R10)."""

    _inherit = "waas.marketplace"

    offer_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Reads the Offer As",
        help="The key of the offer feed belongs to this user, whose company's price "
        "list is offered. It needs no rights; commissions are shown to WaaS users "
        "only.",
    )

    def _may_read_offer(self, user):
        """Whether a key of this user may read the offer. Keys without a scope count as
        well, so the user is checked: WaaS users, and those that a marketplace reads
        as."""
        return bool(user) and (
            user.has_group("also_waas.group_waas_user")
            or bool(self.search_count([("offer_user_id", "=", user.id)], limit=1))
        )

    @check_identity
    def action_make_offer_key(self):
        """Create a key for the offer feed, and show it once."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.apikeys.show",
            "name": self.env._("Key of the Offer Feed"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": self._make_offer_key()},
        }

    def _make_offer_key(self):
        """
        :return: a new key that reads the offer for a year and can do nothing else
        """
        self.check_access("write")
        self._ensure_administrator()
        if not self.offer_user_id:
            raise UserError(
                self.env._(
                    "Choose first the user as whom the marketplace reads the offer."
                )
            )
        if self.company_id != self.offer_user_id.company_id:
            raise UserError(
                self.env._(
                    "%(user)s belongs to another company than %(marketplace)s: its "
                    "price list would be offered. Choose a user of %(company)s.",
                    user=self.offer_user_id.name,
                    marketplace=self.name,
                    company=self.company_id.name,
                )
            )
        # Only an administrator creates a key for another user, with a longer validity
        # than that user could choose.
        keys_sudo = self.env["res.users.apikeys"].with_user(self.offer_user_id).sudo()
        return keys_sudo._generate(
            OFFER_SCOPE,
            self.env._("Offer feed of %(name)s", name=self.name),
            fields.Datetime.now() + timedelta(days=KEY_DAYS),
        )
