from urllib.parse import urlencode

from odoo import http
from odoo.http import request

from .portal_waas import WaasPortal


class WaasCustomersPortal(WaasPortal):
    """The end customers of a partner."""

    @http.route(
        ["/my/waas/customers", "/my/waas/customers/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_customers(self, page=1, **kwargs):
        """The end customers of the partner, what each rents, and a link to a new
        deal."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        values, customers_sudo = self._waas_prepare_list(
            # A partner cannot read addresses: the page shows names and cities.
            request.env["res.partner"].sudo(),
            "/my/waas/customers",
            reseller._waas_get_customer_domain(),
            {
                "name": {"label": request.env._("Name"), "order": "name, id"},
                "newest": {"label": request.env._("Newest"), "order": "id desc"},
            },
            self._waas_get_customer_filters(reseller),
            page,
            kwargs,
            search_by=(
                request.env._("Name, city or VAT number"),
                ("name", "city", "vat"),
            ),
        )
        values |= {
            "page_name": "waas_customers",
            "rows": self._waas_prepare_customer_rows(reseller, customers_sudo),
        }
        return request.render("also_waas.portal_customers", values)

    def _waas_get_customer_filters(self, reseller):
        running = self._waas_get_running_domain(reseller)
        return {
            "all": {"label": request.env._("All"), "domain": []},
            "renting": {
                "label": request.env._("Renting"),
                "domain": [("contract_ids", "any", running)],
            },
            "others": {
                "label": request.env._("Not Renting"),
                "domain": [("contract_ids", "not any", running)],
            },
        }

    def _waas_get_running_domain(self, reseller):
        return [
            ("company_id", "in", request.env.companies.ids),
            ("waas_reseller_id", "child_of", reseller.ids),
            ("waas_state", "=", "running"),
        ]

    def _waas_prepare_customer_rows(self, reseller, customers_sudo):
        """The contracts and deals of the partner with each of these customers.

        :return: list of dicts, the rows of the customers, further ``{query, contracts,
            deals}``: the search for the customer, the number of running contracts, the
            number of open quotations
        """
        running = self._waas_count_by_customer(
            # Portal users have no rights on it: the domain restricts to their own.
            request.env["contract.contract"].sudo(),
            self._waas_get_running_domain(reseller),
            customers_sudo,
        )
        asked = self._waas_count_by_customer(
            request.env["sale.order"],
            [*reseller._waas_get_deal_domain(), ("state", "in", ("draft", "sent"))],
            customers_sudo,
        )
        return [
            {
                **customer._waas_get_portal_row(),
                "query": urlencode({"search": customer.name}),
                "contracts": running.get(customer.id, 0),
                "deals": asked.get(customer.id, 0),
            }
            for customer in customers_sudo
        ]

    def _waas_count_by_customer(self, records, domain, customers_sudo):
        """:return: dict of numbers by id of the customer"""
        groups = records._read_group(
            [*domain, ("partner_id", "in", customers_sudo.ids)],
            ["partner_id"],
            ["__count"],
        )
        return {partner.id: number for partner, number in groups}
