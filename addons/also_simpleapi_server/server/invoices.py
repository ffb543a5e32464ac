"""Invoices of a month: one for each company, with the charges of its subscriptions."""

from datetime import datetime, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from .billing import get_charges

# Of the following month: until then a month has no invoices.
CLOSES_ON = timedelta(days=4)


class Invoices:
    """The part of a marketplace that bills."""

    def get_latest_invoices_for_period(
        self, year, month, resellerContext=None, groupByDepartments=False
    ):
        begin = datetime(year, month, 1)
        if self.clock.now < begin + relativedelta(months=1) + CLOSES_ON:
            return []
        return self._make_invoices(year, month, f"INV-{year}{month:02}")

    def get_preview_invoices(self, resellerContext=None, groupByDepartments=False):
        now = self.clock.now
        return self._make_invoices(now.year, now.month, "")

    def _make_invoices(self, year, month, number):
        invoices = []
        for company in self._find("Company"):
            charges = [
                charge
                for bought in self._find("Service")
                if bought.parent_id == company.id and bought.commitment
                for charge in self._make_charges(bought, company, year, month, number)
            ]
            if charges:
                invoices.append(
                    {
                        "BillingInterval": f"{month:02}/{year}",
                        "CompanyAccountId": company.id,
                        "CompanyName": company.values["CompanyName"],
                        "CustomerId": company.values.get("CustomerId", ""),
                        "InvoiceNumber": number and f"{number}-{company.id}",
                        "Charges": charges,
                    }
                )
        return invoices

    def _make_charges(self, bought, company, year, month, number):
        self._tick(bought)
        for name, value, history in (*bought.before, *bought.get_parts()):
            service = self.services[name]
            _term, price = service.terms[value]
            for units, cost, first, after in get_charges(
                bought.commitment.start, history, Decimal(str(price)), year, month
            ):
                yield {
                    "AccountId": bought.id,
                    "ServiceId": service.name,
                    "ServiceName": service.display_name,
                    "ProductNumber": service.product_number,
                    "PriceableItemId": 9,
                    "PriceableItemType": "Monthly",
                    "UDRCValue": units,
                    "Costs": float(cost),
                    "CostsOfUnit": price,
                    "Currency": service.currency,
                    "ActualChargeInterval": f"{first:%d.%m.%Y} - {after:%d.%m.%Y}",
                    "ContractId": bought.values["ContractId"],
                    "PurchaseOrderNumber": bought.values["PurchaseOrderNumber"],
                    "SAPInvoiceNumber": number,
                    "EndCustomerName": company.values["CompanyName"],
                }
