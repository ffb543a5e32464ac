from odoo import models

from ...simpleapi.desk import AmbiguousError, Desk, Order
from ...simpleapi.outcomes import MarketplaceRefused
from .waas_marketplace_call import Journal


class WaasMarketplaceCustomer(models.Model):
    """The account and the tenant of an end customer, opened before its first license;
    each is looked for before it is made."""

    _inherit = "waas.marketplace.customer"

    def _prepare_tenant(self):
        """What a tenant is ordered with: what its service always says, and what is
        known of the customer."""
        partner = self.partner_id
        known = {
            "Primarydomainname": self.domain,
            "PrimaryContactEmailAddress": partner.email,
            "Phone": partner.phone,
            "PostalCode": partner.zip,
        }
        values = self.marketplace_id.tenant_service_id.value_ids
        said = {value.name: value.value or known.get(value.name) for value in values}
        return {name: value for name, value in said.items() if value}

    def _open(self, client):
        """Find or make the account of a customer and its tenant.

        :param client: ``SimpleApiClient``
        :raises MarketplaceError: when that is not possible now; what was done is
            noted, and the next call goes on from there
        """
        self.ensure_one()
        self._open_account(client)
        self._open_tenant(client)

    def _open_account(self, client):
        if self.account_number:
            return
        if problem := self._get_problem():
            raise MarketplaceRefused(problem)
        desk = self.marketplace_id._get_customer_desk(client)
        self._note_account(
            desk.open(
                self._prepare_account(), self.partner_id.vat, self._get_reference()
            )
        )

    def _open_tenant(self, client):
        service = self.marketplace_id.tenant_service_id
        if self.tenant_number or not service:
            return
        desk = Desk(client, Journal(self.marketplace_id))
        tenant = self._find_tenant(desk, service) or desk.order(
            Order(
                company_id=int(self.account_number),
                service=service.name,
                reference=f"{self._get_reference()}-T",
                contract="",
                fields=self._prepare_tenant(),
            )
        )
        self.tenant_number = str(tenant.account_id)

    def _find_tenant(self, desk, service):
        """A customer mostly has a tenant already, of whoever sold to it before."""
        found = [
            one
            for one in desk.get_all(int(self.account_number))
            if one.is_active and one.service == service.name
        ]
        if len(found) > 1:
            tenants = ", ".join(str(one.account_id) for one in found)
            raise AmbiguousError(
                self.env._(
                    "%(customer)s has more than one tenant: %(tenants)s. Choose one.",
                    customer=self.partner_id.display_name,
                    tenants=tenants,
                )
            )
        return found[0] if found else None
