from odoo import http
from odoo.fields import Domain
from odoo.http import request

from ...models.portal.waas_return import MAX_DEVICES
from ...models.returns.waas_return import EXPECTING
from .portal_waas import MAX_POST_BYTES, WaasPortal

CONTRACTS_PER_FORM = 100


class WaasReturnPortal(WaasPortal):
    """Devices and their way back, for partner and end customer (R15).

    People outside have no rights on devices and returns: each page finds them as the
    system, with a domain that says what is the visitor's.
    """

    # === DEVICES ===#

    def _get_device_domain(self):
        """Devices of the visitor's company, and of the contracts that it brought."""
        own = self._get_own_domain("waas_contract_id.")
        in_company = self._get_company_domain("waas_contract_id.company_id")
        return Domain("waas_contract_id", "!=", False) & in_company & own

    @http.route(
        ["/my/waas/devices", "/my/waas/devices/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_devices(self, page=1, **kwargs):
        """Every device at the end customers, with its warranty (R12, R13)."""
        values = self._prepare_list(
            request.env["stock.lot"].sudo(),
            "/my/waas/devices",
            self._get_device_domain(),
            {
                "newest": {
                    "label": request.env._("Newest"),
                    "order": "waas_delivered_on desc, id desc",
                },
                "serial": {
                    "label": request.env._("Serial Number"),
                    "order": "name, id",
                },
                "warranty": {
                    "label": request.env._("Warranty Ends First"),
                    "order": "waas_warranty_end, id",
                },
            },
            {
                "all": {"label": request.env._("All"), "domain": []},
                "warranty": {
                    "label": request.env._("Warranty Ends Soon"),
                    "domain": [("waas_warranty_end", "<=", self._get_ends_soon_date())],
                },
            },
            page,
            kwargs,
            search_by=(
                request.env._("Device, serial number, contract or customer"),
                (
                    "name",
                    "product_id.name",
                    "waas_contract_id.name",
                    "waas_holder_id.name",
                ),
            ),
        )
        values |= {"page_name": "waas_devices", "reseller": self._get_reseller()}
        return request.render("also_waas.portal_devices", values)

    # === RETURNS ===#

    def _count_open_returns(self):
        returns_sudo = request.env["waas.return"].sudo()
        return returns_sudo.search_count(
            self._get_return_domain() & Domain("state", "in", EXPECTING)
        )

    def _get_return_domain(self):
        own = Domain("partner_id", "child_of", self._get_me().ids)
        if reseller := self._get_reseller():
            own |= Domain(
                "line_ids.contract_id.waas_reseller_id", "child_of", reseller.ids
            )
        return self._get_company_domain() & own

    def _get_serial_domain(self, search):
        """Returns with a serial number that the visitor may see: one of a customer can
        hold devices that another partner brought."""
        found = Domain("device_id.name", "ilike", search)
        return Domain("line_ids", "any", self._get_own_domain("contract_id.") & found)

    def _find_return(self, return_id):
        returns_sudo = request.env["waas.return"].sudo()
        return self._find(returns_sudo, return_id, self._get_return_domain())

    @http.route(
        ["/my/waas/returns", "/my/waas/returns/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_returns(self, page=1, **kwargs):
        """Devices on their way back."""
        values = self._prepare_list(
            request.env["waas.return"].sudo(),
            "/my/waas/returns",
            self._get_return_domain(),
            {
                "newest": {"label": request.env._("Newest"), "order": "id desc"},
                "due": {"label": request.env._("Due First"), "order": "date_due, id"},
            },
            {
                "all": {"label": request.env._("All"), "domain": []},
                "open": {
                    "label": request.env._("On the Way"),
                    "domain": [("state", "in", EXPECTING)],
                },
                "done": {
                    "label": request.env._("Received"),
                    "domain": [("state", "in", ("received", "closed"))],
                },
                "cancelled": {
                    "label": request.env._("Cancelled"),
                    "domain": [("state", "=", "cancelled")],
                },
            },
            page,
            kwargs,
            search_by=(
                request.env._("Number, serial number or customer"),
                ("name", self._get_serial_domain, "partner_id.name"),
            ),
        )
        values |= {
            "page_name": "waas_returns",
            "reseller": self._get_reseller(),
            "rows": [record._get_portal_row() for record in values["records"]],
        }
        return request.render("also_waas.portal_returns", values)

    @http.route(
        "/my/waas/returns/<int:return_id>", type="http", auth="user", website=True
    )
    def waas_return(self, return_id, **kwargs):
        """One return: how far it is, its devices, its papers."""
        return_sudo = self._find_return(return_id)
        if not return_sudo:
            return self._not_found()
        return self._render_return(return_sudo, booked=kwargs.get("booked") == "1")

    def _render_return(self, return_sudo, error=None, posted=None, booked=False):
        visible = self._get_visible_contracts(return_sudo)
        devices_sudo = return_sudo.line_ids.device_id
        values = return_sudo._get_portal_values(request.env.user.partner_id, visible)
        values |= {
            **self._prepare_portal_layout_values(),
            "page_name": "waas_returns",
            "error": error,
            "booked": booked,
            "posted": posted or {},
        }
        if values["may_choose"]:
            values |= self._prepare_choice(return_sudo.partner_id, devices_sudo)
            values["fee"] = return_sudo._get_choice_offer()
        return request.render(
            "also_waas.portal_return", values, status=422 if error else 200
        )

    def _get_visible_contracts(self, return_sudo):
        """Those of the return that the visitor may see: it may hold devices of others'
        as well."""
        return request.env["contract.contract"].search(
            [("id", "in", return_sudo.line_ids.contract_id.ids)]
        )

    def _prepare_choice(self, customer, devices_sudo):
        """What the choice between the two ways of return shows (R15)."""
        returns_sudo = request.env["waas.return"].sudo()
        contract_sudo = devices_sudo.waas_contract_id[:1]
        return {
            "fee": returns_sudo._get_booking_offer(devices_sudo),
            "addresses": returns_sudo._get_pickup_addresses(
                customer.commercial_partner_id
            ),
            "responsibility": returns_sudo.new(
                {
                    "partner_id": customer.commercial_partner_id.id,
                    "company_id": contract_sudo.company_id.id,
                }
            )._get_responsibility_text(),
        }

    # === BOOKING ===#

    @http.route("/my/waas/returns/new", type="http", auth="user", website=True)
    def waas_return_new(self, contract_id=0, **kwargs):
        """Choose devices, and how they come back: their owner sends them and bears the
        responsibility, or they are picked up for a fee (R15)."""
        return self._render_new_return(self._int(contract_id), {})

    def _get_free_domain(self):
        """Devices that no return waits for."""
        waiting = [("state", "in", ("expected", "missing"))]
        return Domain("waas_return_line_ids", "not any", waiting)

    def _get_returnable_devices(self, domain=()):
        """Devices of the visitor that no return waits for."""
        devices_sudo = request.env["stock.lot"].sudo()
        return devices_sudo.search(
            self._get_device_domain() & self._get_free_domain() & Domain(list(domain)),
            order="waas_contract_id desc, name, id",
            limit=MAX_DEVICES + 1,
        )

    def _render_new_return(self, contract_id, posted, error=None):
        contracts = self._get_contracts_with_devices()
        chosen = contracts.filtered(lambda contract: contract.id == contract_id)
        # A partner has many customers, a return is of one.
        if not chosen and (self._get_reseller() or len(contracts) == 1):
            chosen = contracts[:1]
        domain = [("waas_contract_id", "=", chosen.id)] if chosen else []
        devices_sudo = self._get_returnable_devices(domain)
        customer_sudo = devices_sudo.waas_contract_id.partner_id[:1]
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas_returns",
            "contracts": contracts,
            "chosen": chosen,
            "reseller": self._get_reseller(),
            "is_customer": customer_sudo.commercial_partner_id == self._get_me(),
            "devices": devices_sudo[:MAX_DEVICES],
            "has_more": len(devices_sudo) > MAX_DEVICES,
            "posted": posted,
            "ticked": posted.get("device_ids"),
            "error": error,
        }
        if devices_sudo:
            values |= self._prepare_choice(customer_sudo, devices_sudo)
        return request.render(
            "also_waas.portal_return_new", values, status=422 if error else 200
        )

    def _get_contracts_with_devices(self):
        """Contracts of the visitor with devices that can be returned, as superuser."""
        groups = (
            request.env["stock.lot"]
            .sudo()
            ._read_group(
                self._get_device_domain() & self._get_free_domain(),
                ["waas_contract_id"],
                limit=CONTRACTS_PER_FORM,
            )
        )
        return request.env["contract.contract"].sudo().union(*(c for (c,) in groups))

    @http.route(
        "/my/waas/returns/create",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_return_create(self, **posted):
        """Book the return of the ticked devices."""
        ids = request.httprequest.form.getlist("device")[: MAX_DEVICES + 1]
        device_ids = {self._int(device_id) for device_id in ids} - {0}
        posted = {**self._clean_form(posted), "device_ids": device_ids}
        devices_sudo = self._get_returnable_devices([("id", "in", list(device_ids))])
        booked = []

        def book():
            booked.append(
                request.env["waas.return"]._book(
                    request.env.user.partner_id,
                    devices_sudo,
                    posted.get("method"),
                    posted,
                )
            )

        if len(devices_sudo) != len(device_ids) or not device_ids:
            error = request.env._("Choose rented devices that are in no return yet.")
        else:
            error = self._try(book)
        if error:
            contract_id = self._int(posted.get("contract_id"))
            return self._render_new_return(contract_id, posted, error)
        return request.redirect(f"/my/waas/returns/{booked[0].id}?booked=1")

    @http.route(
        "/my/waas/returns/<int:return_id>/choose",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_return_choose(self, return_id, **posted):
        """The end customer says how the devices of a draft come back (R15)."""
        return_sudo = self._find_return(return_id)
        is_customer = return_sudo.partner_id.commercial_partner_id == self._get_me()
        if not return_sudo or not is_customer:
            return self._not_found()
        posted = self._clean_form(posted)
        visitor = request.env.user.partner_id
        if error := self._try(
            return_sudo._choose, visitor, posted.get("method"), posted
        ):
            return self._render_return(return_sudo, error, posted)
        return request.redirect(f"/my/waas/returns/{return_id}?booked=1")

    @http.route(
        "/my/waas/returns/<int:return_id>/cancel",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_return_cancel(self, return_id, **kwargs):
        """Call off a return that is not on its way yet."""
        return_sudo = self._find_return(return_id)
        if not return_sudo:
            return self._not_found()
        visitor = request.env.user.partner_id
        if error := self._try(return_sudo._call_off, visitor):
            return self._render_return(return_sudo, error)
        return request.redirect(f"/my/waas/returns/{return_id}")

    @http.route(
        "/my/waas/returns/<int:return_id>/papers",
        type="http",
        auth="user",
        website=True,
    )
    def waas_return_papers(self, return_id, **kwargs):
        """Packing list and label to print."""
        return_sudo = self._find_return(return_id)
        if not return_sudo:
            return self._not_found()
        if not return_sudo._has_papers(self._get_visible_contracts(return_sudo)):
            return self._not_found()
        return self._send_file(
            "pdf",
            return_sudo,
            request.env._("Return %(number)s", number=return_sudo.name),
            pdf="also_waas.action_report_return",
        )
