"""The end customer: what it owes, and how its credit was decided."""

from collections import defaultdict

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

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
        partner_sudo = self.sudo()  # goes into a hash only
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
        :return: dict id -> dict of amounts with VAT, in the company's currency.
            ``receivable``: open invoices of all companies of the group, as booked.
            Later chapters add ``rent``, the rent still to come
        """
        receivables = self._waas_get_receivables(company)
        return {
            customer.id: {"receivable": receivables.get(customer.id, 0.0)}
            for customer in self
        }

    def _waas_get_receivables(self, company):
        """What these customers owe the group on open invoices, in one query.

        What another company of the group owes them is its own matter: it is not
        set off against what they owe this one.

        :param company: ``res.company``, the lessor; amounts are in its currency
        :return: dict of amounts by id of the customer; none for who owes nothing
        """
        # Users who see a deal may know whether its credit suffices, also where that
        # depends on another company of the group: the answer is a sum. The invoices
        # themselves are for accountants.
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", self.ids),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                ],
                ["partner_id", "company_id"],
                ["amount_residual:sum"],
            )
        )
        lessor, today = company.sudo(), company._waas_today()
        by_root = defaultdict(float)
        for customer, owner, amount in groups:
            by_root[customer.id, owner.root_id] += owner.currency_id._convert(
                amount, lessor.currency_id, lessor, today
            )
        receivables = defaultdict(float)
        for (customer_id, root), amount in by_root.items():
            is_own = root == lessor.root_id
            receivables[customer_id] += amount if is_own else max(amount, 0.0)
        return dict(receivables)

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
