from odoo import models
from odoo.fields import Domain


class WaasLicenseCheck(models.Model):
    """Differences between contracts and their invoices."""

    _inherit = "waas.license.check"

    def _check_invoices(self, company, today, compare_all):
        """Compare the running contracts of a company with their invoices."""
        compared = Domain(
            [
                ("company_id", "=", company.id),
                ("waas_state", "=", "running"),
                ("waas_license_ids.contract_line_id", "!=", False),
            ]
        )
        mine = Domain("kind", "=", "invoice")

        def compare(contracts):
            found = self._find_invoice_differences(contracts, today)
            part = mine & Domain("contract_id", "in", contracts.ids)
            self._settle(company, part, found, today)

        contracts = self.env["contract.contract"].search(compared, order="id")
        compare_all(contracts, compare)
        over = mine & Domain("contract_id", "not any", compared)
        self._settle(company, over, (), today)

    def _find_invoice_differences(self, contracts, today):
        """Compare the seats of each price of a contract with the invoice of this month.

        Months without invoice are left to the invoice run.
        """
        groups = self._group_by_price(contracts)
        months = self._get_invoiced_months(contracts, today)
        first_days = {month.contract_id: month.date_start for month in months}
        invoiced = self._get_invoiced(months)
        later = self._get_invoiced_later(first_days)
        for (contract, product, slot), licenses in groups.items():
            if contract not in first_days:
                continue
            price = (contract, product)
            if values := self._compare_invoice(
                licenses,
                first_days[contract],
                *invoiced.get(price, (0.0, 0.0)),
                later.get(price, 0),
            ):
                yield {"key": f"price:{contract.id}:{product.id}:{slot.id}", **values}

    def _group_by_price(self, contracts):
        """Licenses by the contract and the product whose price pays for them, and by
        their slot: a bundle may hold two different licenses. Added workplaces have a
        contract line of their own, but their seats are added to the existing
        license."""
        licenses = self.env["waas.license"].search(
            [("contract_id", "in", contracts.ids), ("contract_line_id", "!=", False)]
        )
        return licenses.grouped(
            lambda license_: (
                license_.contract_id,
                license_.contract_line_id.product_id,
                license_.order_line_id.waas_slot_id,
            )
        )

    def _get_invoiced_months(self, contracts, today):
        """The invoiced months that include ``today``."""
        return self.env["waas.installment"].search(
            [
                ("contract_id", "in", contracts.ids),
                ("date_start", "<=", today),
                ("date_end", ">=", today),
                ("state", "in", ("invoiced", "partial", "paid")),
            ]
        )

    def _get_invoiced(self, months):
        """What was invoiced for months, less what was credited; without the prorated
        part of a month in which a change was applied.

        :return: dict (contract, product) -> (quantity, amount without VAT)
        """
        result = {}
        rent = [("contract_line_id.waas_installment_id", "=", False)]
        for sign, domain in (
            (
                1,
                [
                    ("waas_installment_id", "in", months.ids),
                    ("move_id", "in", months.move_id.ids),
                ],
            ),
            (
                -1,
                [
                    ("move_id.reversed_entry_id", "in", months.move_id.ids),
                    ("parent_state", "=", "posted"),
                    ("contract_line_id.contract_id", "in", months.contract_id.ids),
                ],
            ),
        ):
            for line, quantity, amount in self.env["account.move.line"]._read_group(
                [*domain, *rent],
                ["contract_line_id"],
                ["quantity:sum", "price_subtotal:sum"],
            ):
                price = (line.contract_id, line.product_id)
                before = result.get(price, (0.0, 0.0))
                result[price] = (
                    before[0] + sign * quantity,
                    before[1] + sign * amount,
                )
        return result

    def _get_invoiced_later(self, first_days):
        """Quantities that were added when the month was invoiced already: they are
        invoiced separately, with a later month.

        :param first_days: dict ``contract.contract`` -> first day of the month
        :return: dict (contract, product) -> quantity
        """
        result = {}
        for part in self.env["contract.line"].search(
            [
                ("contract_id", "in", [contract.id for contract in first_days]),
                ("waas_installment_id", "!=", False),
                ("is_canceled", "=", False),
            ]
        ):
            change_line = part.waas_change_line_id
            first_day = first_days[part.contract_id]
            if (
                part.product_id == change_line.product_id
                and part.date_start <= first_day <= part.date_end
            ):
                price = (part.contract_id, part.product_id)
                result[price] = result.get(price, 0) + change_line.quantity
        return result

    def _compare_invoice(self, licenses, first_day, quantity, amount, later):
        """
        :return: dict of values, None where both are equal
        """
        license_ = licenses[0]
        per_unit = license_.seats_per_unit
        contract = sum(license_._get_seats_on(first_day) for license_ in licenses)
        invoiced = round((quantity + later) * per_unit)
        if contract == invoiced:
            return None
        line = license_.contract_line_id
        price = amount / quantity if quantity else line.price_unit
        company = license_.company_id
        difference = line.contract_id.currency_id._convert(
            (invoiced - contract) / per_unit * price,
            company.currency_id,
            company,
            first_day,
        )
        return {
            "kind": "invoice",
            "license_id": license_.id,
            "contract_id": license_.contract_id.id,
            "product_id": license_.product_id.id,
            "contract_seats": contract,
            "marketplace_seats": sum(licenses.mapped("provisioned_seats")),
            "invoiced_seats": invoiced,
            "seats": invoiced - contract,
            "amount": difference,
            "responsible": "accountant",
            "proposal": self.env._(
                "The invoice of this month says %(invoiced)s seats, the contract "
                "%(contract)s: credit or invoice the difference.",
                invoiced=invoiced,
                contract=contract,
            ),
        }
