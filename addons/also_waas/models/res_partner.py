from odoo import fields, models


class ResPartner(models.Model):
    """A contact's part in WaaS: reseller, end customer."""

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
        help="Prices and commissions of the deals this partner brings (R8). Empty: the "
        "company's WaaS price list.",
    )
    waas_credit_check_ids = fields.One2many(
        comodel_name="waas.credit.check",
        inverse_name="partner_id",
        string="Credit Checks",
        groups="also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
        "account.group_account_invoice",
    )

    def _waas_describe_party(self):
        """What an agreement says of a party. Contacts that say the same may be merged
        without a word; another name, number or address is another text.

        :return: list of texts; of a contact with neither number nor address its id too
        """
        partner_sudo = self.sudo()  # goes into a hash, nobody reads it
        address = [
            partner_sudo.street,
            partner_sudo.street2,
            partner_sudo.zip,
            partner_sudo.city,
            partner_sudo.state_id.code,
            partner_sudo.country_id.code,
        ]
        numbers = [partner_sudo.vat, partner_sudo.company_registry]
        said = [
            " ".join((text or "").split())
            for text in (partner_sudo.name, *numbers, *address)
        ]
        return said if any(said[1:]) else [*said, str(partner_sudo.id)]

    def _waas_get_exposure(self, company):
        """What this end customer owes ALSO, or will (R13).

        :param company: ``res.company``, the lessor
        :return: dict of amounts, see :meth:`_waas_get_exposures`
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        return customer._waas_get_exposures(company)[customer.id]

    def _waas_get_exposures(self, company):
        """The same for many end customers at once.

        :param company: ``res.company``, the lessor
        :return: dict id -> dict of amounts in the company's currency. ``receivable``:
            open invoices, with VAT, as booked. Later chapters add ``rent``, the rent
            still to come, without VAT
        """
        # Whoever may see a deal may know whether its credit suffices; the receivable
        # itself is for accountants.
        customers_sudo = self.sudo().with_company(company)
        customers_sudo.invalidate_recordset(["credit"])  # nothing else refreshes it
        return {
            customer.id: {"receivable": customer.credit} for customer in customers_sudo
        }

    def _waas_get_credit_check(self, company):
        """The decision on this end customer's credit that counts today (R1).

        :return: the newest decided ``waas.credit.check``, approved or rejected, or an
            empty record set
        """
        self.ensure_one()
        decided = self._waas_get_credit_checks(
            company, ("approved", "rejected", "expired")
        )
        return decided.sorted("decided_on desc, id desc")[:1]

    def _waas_get_credit_checks(self, company, states):
        """The credit checks in one of some states; of a list of customers, all are
        read at once."""
        self.ensure_one()
        return self.commercial_partner_id.waas_credit_check_ids.filtered(
            lambda check: check.company_id == company and check.state in states
        )
