"""Licenses start, change and end with their contract (R9)."""

from odoo import fields, models
from odoo.exceptions import UserError


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_license_ids = fields.One2many(
        comodel_name="waas.license",
        inverse_name="contract_id",
        string="Licenses",
        readonly=True,
        groups="also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
        "account.group_account_invoice",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("waas_state") in ("ended", "cancelled"):
            # Any user who may end a contract ends its licenses.
            licenses_sudo = self.sudo().waas_license_ids
            for company, licenses in licenses_sudo.grouped("company_id").items():
                licenses._cancel(company._waas_today())
        return result

    def _waas_after_activation(self, date):
        result = super()._waas_after_activation(date)
        self.waas_license_ids._start(date)
        return result

    def _waas_get_ending_licenses(self, date):
        """Licenses in force, also those that a change switched or added (R7)."""
        licenses_sudo = self.sudo().waas_license_ids  # part of the readable contract
        if not licenses_sudo:
            return super()._waas_get_ending_licenses(date)
        seats = dict.fromkeys(licenses_sudo.product_id, 0)
        for license_sudo in licenses_sudo:
            seats[license_sudo.product_id] += license_sudo._get_seats_on(date)
        return [
            f"{number} × {product.name}" for product, number in seats.items() if number
        ]

    def _waas_make_licenses(self):
        """Create a license for each license line of the order."""
        quiet = self.env["waas.license"].with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        )
        return quiet.create(
            [
                line._waas_prepare_license(contract)
                for contract in self
                for line in contract.waas_order_id.order_line
                if line._waas_is_license()
            ]
        )

    # === FOR CHANGES OF A CONTRACT ===#

    def _waas_add_license(self, product, seats, date, contract_line=None, **values):
        """Add seats that were not on the order.

        :param product: ``product.product`` with the WaaS role *license*
        :param int seats: how many
        :param date date: from this day on
        :param contract_line: ``contract.line`` whose price pays for them
        :param values: of the license, such as ``seats_per_unit`` and ``channel``
        :return: the new ``waas.license``
        """
        self.ensure_one()
        # The caller checked the right to change the contract; users cannot edit
        # licenses.
        license_sudo = (
            self.env["waas.license"]
            .sudo()
            .create(
                {
                    "contract_id": self.id,
                    "product_id": product.id,
                    "agreed_seats": seats,
                    "contract_line_id": contract_line.id if contract_line else False,
                    **values,
                }
            )
        )
        license_sudo._start(date)
        return license_sudo

    def _waas_switch_license(self, source, product, seats, date):
        """Switch seats to another license: an upgrade (R7). The old seats are cancelled
        when the new ones are there, so that users always have one.

        :param source: the current license, as ``sale.order.line``, ``contract.line``,
            ``product.product`` or ``waas.license``
        :param product: ``product.product`` of the new license
        :param int seats: how many of them are switched
        :param date date: from this day on
        :return: the ``waas.license`` with the new seats
        :raises UserError: when the contract has fewer of the old seats
        """
        self.ensure_one()
        old_sudo = (
            self.sudo()
            ._waas_find_licenses(source, date)
            .filtered(lambda license_: license_.product_id != product)
        )
        if sum(license_._get_seats_on(date) for license_ in old_sudo) < seats:
            raise UserError(
                self.env._(
                    "%(contract)s has fewer than %(seats)s seats to switch to "
                    "%(product)s on that day: switch fewer.",
                    contract=self.name,
                    seats=seats,
                    product=product.display_name,
                )
            )
        new_sudo = old_sudo.browse()
        for license_sudo in old_sudo:
            taken = min(seats, license_sudo._get_seats_on(date))
            if taken:
                new_sudo |= license_sudo._switch(product, taken, date)
                seats -= taken
        return new_sudo

    def _waas_find_licenses(self, source, date):
        """The licenses of this contract that ``source`` stands for, in force on a
        day."""
        field = {
            "sale.order.line": "order_line_id",
            "contract.line": "contract_line_id",
            "product.product": "product_id",
            "waas.license": "id",
        }[source._name]
        return self.waas_license_ids.filtered_domain(
            [(field, "in", source.ids)]
        ).filtered(lambda license_: license_._get_seats_on(date))
