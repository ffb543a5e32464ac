from odoo import fields, models
from odoo.exceptions import UserError

from ...simpleapi.catalogue import list_fields, list_services


class WaasMarketplace(models.Model):
    """The catalogue of a marketplace."""

    _inherit = "waas.marketplace"

    service_ids = fields.One2many(
        comodel_name="waas.marketplace.service", inverse_name="marketplace_id"
    )
    tenant_service_id = fields.Many2one(
        comodel_name="waas.marketplace.service",
        string="Service of Tenants",
        domain="[('marketplace_id', '=', id)]",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="What a Microsoft tenant is ordered as. Licenses are ordered under the "
        "tenant of their end customer.",
    )

    def action_read_catalogue(self):
        """Read what the marketplace sells, and show it: each license of ours is
        assigned to one of the services."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_manager()
        self.sudo()._read_catalogue()  # checked above; the password is secret
        return self.action_view_services()

    def action_view_services(self):
        """Open the catalogue."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_marketplace_service_action"
            ),
            "domain": [("marketplace_id", "=", self.id)],
        }

    def _read_catalogue(self):
        if not self.market_account:
            raise UserError(
                self.env._(
                    "Which of the marketplaces? Test the connection, or enter the "
                    "number of the marketplace."
                )
            )
        with self._connect_for_user() as client:
            found = list_services(client, int(self.market_account))
        self._note_services(found)

    def _note_services(self, found):
        known = {service.name: service for service in self.service_ids}
        new = []
        for service in found:
            values = {
                "title": service.title,
                "vendor": service.vendor,
                "product_number": service.product_number,
                "has_terms_accepted": service.has_terms_accepted,
                "is_offered": True,
            }
            if record := known.pop(service.name, None):
                if any(record[name] != value for name, value in values.items()):
                    record.write(values)
            else:
                new.append({"marketplace_id": self.id, "name": service.name, **values})
        self.env["waas.marketplace.service"].create(new)
        self.service_ids.browse().union(*known.values()).write({"is_offered": False})

    def _read_fields(self, services):
        account = self.reseller_account
        if not account:
            raise UserError(self.env._("Test the connection first."))
        with self._connect_for_user() as client:
            for service in services:
                found = list_fields(client, int(account), service.name)
                service._note_fields(found, client.profile.seat_fields)
