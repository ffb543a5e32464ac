from datetime import timedelta

from odoo import models

from ..sellout.waas_sellout_report_sales import Sale


class WaasSelloutReport(models.Model):
    """Activated seats are sold out, too (R5, R9)."""

    _inherit = "waas.sellout.report"

    def _get_license_sales(self):
        products = self._get_manufacturer()._get_sellout_products(self.company_id)
        start = self._get_start()
        licenses = self.env["waas.license"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("product_id", "in", [product.id for product in products]),
                ("date_start", "<=", self.date_to),
                # Seats that were never provisioned are not activated.
                ("confirmed_on", "!=", False),
                "|",
                ("date_start", ">=", start),
                ("step_ids.date", ">=", start),
            ],
            order="id",
        )
        # Seats that were active before the first report are left out.
        before = start - timedelta(days=1)
        return [
            Sale(
                source=f"{license_._name},{license_.id}",
                product=license_.product_id,
                contract=license_.contract_id,
                bundle=license_._get_bundle(),
                date=license_._get_sold_since(self.date_to),
                quantity=max(
                    license_._get_sold_seats(self.date_to)
                    - license_._get_sold_seats(before),
                    0,
                ),
            )
            for license_ in licenses
        ]
