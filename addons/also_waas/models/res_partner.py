from odoo import fields, models


class ResPartner(models.Model):
    """A contact's part in WaaS: reseller, end customer."""

    _inherit = "res.partner"

    waas_is_reseller = fields.Boolean(
        string="WaaS Partner",
        help="A reseller that brings WaaS deals and earns commission on them.",
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

    def _waas_get_exposure(self, company):
        """What this end customer owes ALSO, or will (R13).

        :param company: ``res.company``, the lessor
        :return: dict of amounts in the company's currency. ``receivable``: open
            invoices, with VAT, as booked. Later chapters add ``rent``, the rent still
            to come, without VAT
        """
        self.ensure_one()
        # Whoever may see a deal may know whether its credit suffices; the receivable
        # itself is for accountants.
        partner_sudo = self.commercial_partner_id.sudo().with_company(company)
        partner_sudo.invalidate_recordset(["credit"])  # nothing else refreshes it
        return {"receivable": partner_sudo.credit}

    def _waas_get_credit_check(self, company):
        """The decision on this end customer's credit that counts today (R1).

        :return: the newest decided ``waas.credit.check``, approved or rejected, or an
            empty record set
        """
        self.ensure_one()
        return self.env["waas.credit.check"].search(
            [
                ("partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("state", "in", ("approved", "rejected", "expired")),
            ],
            order="decided_on desc, id desc",
            limit=1,
        )
