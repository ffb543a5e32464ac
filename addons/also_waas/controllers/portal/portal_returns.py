from odoo import http
from odoo.fields import Domain
from odoo.http import request

from ...models.portal.waas_return_book import MAX_DEVICES
from ...models.returns.waas_return import EXPECTING
from .forms import attempt, clean_form, find_refusal, to_int
from .portal_waas import MAX_POST_BYTES, WaasPortal

CONTRACTS_PER_FORM = 100


class WaasReturnPortal(WaasPortal):
    """Returns of devices, for partner and end customer (R15).

    Portal users have no rights on devices and returns: each page finds them as
    superuser, with a domain that restricts to the user's own.
    """

    # === RETURNS ===#

    def _waas_count_open_returns(self):
        returns_sudo = request.env["waas.return"].sudo()
        return returns_sudo.search_count(
            self._waas_get_return_domain() & Domain("state", "in", EXPECTING)
        )

    def _waas_get_return_domain(self):
        own = Domain("partner_id", "child_of", self._waas_get_me().ids)
        if reseller := self._waas_get_reseller():
            own |= Domain(
                "line_ids.contract_id.waas_reseller_id", "child_of", reseller.ids
            )
        return self._waas_get_company_domain() & own

    def _waas_get_serial_domain(self, search):
        """Returns with a serial number that the user may see: a return of one customer
        can include devices of another partner's contract."""
        found = Domain("device_id.name", "ilike", search)
        return Domain(
            "line_ids", "any", self._waas_get_own_domain("contract_id.") & found
        )

    def _waas_find_return(self, return_id):
        # Portal users have no rights on it: the domain restricts to their own.
        returns_sudo = request.env["waas.return"].sudo()
        return self._waas_find(returns_sudo, return_id, self._waas_get_return_domain())

    @http.route(
        ["/my/waas/returns", "/my/waas/returns/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_returns(self, page=1, **kwargs):
        """The returns of the user's company, and of the contracts that it brought."""
        values, returns_sudo = self._waas_prepare_list(
            # Portal users have no rights on it: the domain restricts to their own.
            request.env["waas.return"].sudo(),
            "/my/waas/returns",
            self._waas_get_return_domain(),
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
                ("name", self._waas_get_serial_domain, "partner_id.name"),
            ),
        )
        values |= {
            "page_name": "waas_returns",
            "is_reseller": bool(self._waas_get_reseller()),
            "rows": [record._get_portal_row() for record in returns_sudo],
        }
        return request.render("also_waas.portal_returns", values)

    @http.route(
        "/my/waas/returns/<int:return_id>", type="http", auth="user", website=True
    )
    def waas_return(self, return_id, **kwargs):
        """One return: its progress, devices and documents."""
        return_sudo = self._waas_find_return(return_id)
        if not return_sudo:
            return self._waas_not_found()
        return self._waas_render_return(return_sudo, booked=kwargs.get("booked") == "1")

    def _waas_render_return(self, return_sudo, error=None, posted=None, booked=False):
        visible = self._waas_get_visible_contracts(return_sudo)
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
            values |= self._waas_prepare_choice(return_sudo.partner_id, devices_sudo)
            values["fee"] = return_sudo._get_choice_offer()
        return request.render(
            "also_waas.portal_return", values, status=422 if error else 200
        )

    def _waas_get_visible_contracts(self, return_sudo):
        """The contracts of the return that the user may see: it may include devices of
        other partners as well."""
        return request.env["contract.contract"].search(
            [("id", "in", return_sudo.line_ids.contract_id.ids)]
        )

    def _waas_prepare_choice(self, customer, devices_sudo):
        """Values for the choice between the two return methods (R15)."""
        # Portal users have no rights on it: the domain restricts to their own.
        returns_sudo = request.env["waas.return"].sudo()
        contract_sudo = devices_sudo.waas_contract_id[:1]
        addresses_sudo = returns_sudo._get_pickup_addresses(
            customer.commercial_partner_id
        )
        return {
            "fee": returns_sudo._get_booking_offer(devices_sudo),
            "addresses": [
                address._waas_get_portal_address() for address in addresses_sudo
            ],
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
        """Choose devices and the return method: the end customer ships them and bears
        the responsibility, or they are picked up for a fee (R15)."""
        return self._waas_render_new_return(to_int(contract_id), {})

    def _waas_get_free_domain(self):
        """Devices that are on no open return."""
        waiting = [("state", "in", ("expected", "missing"))]
        return Domain("waas_return_line_ids", "not any", waiting)

    def _waas_get_returnable_devices(self, domain=()):
        """Devices of the user that are on no open return."""
        # Portal users have no rights on it: the domain restricts to their own.
        devices_sudo = request.env["stock.lot"].sudo()
        return devices_sudo.search(
            self._waas_get_device_domain()
            & self._waas_get_free_domain()
            & Domain(list(domain)),
            order="waas_contract_id desc, name, id",
            limit=MAX_DEVICES + 1,
        )

    def _waas_render_new_return(self, contract_id, posted, error=None):
        is_reseller = bool(self._waas_get_reseller())
        contracts = self._waas_get_contracts_with_devices()
        chosen = contracts.filtered(lambda contract: contract.id == contract_id)
        # A partner has many customers, but a return is of one customer.
        if not chosen and (is_reseller or len(contracts) == 1):
            chosen = contracts[:1]
        domain = [("waas_contract_id", "=", chosen.id)] if chosen else []
        devices_sudo = self._waas_get_returnable_devices(domain)
        customer_sudo = devices_sudo.waas_contract_id.partner_id[:1]
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas_returns",
            "contracts": [
                contract._waas_get_portal_option(is_reseller) for contract in contracts
            ],
            "chosen": chosen._waas_get_portal_row() if chosen else None,
            "is_reseller": is_reseller,
            "is_customer": customer_sudo.commercial_partner_id == self._waas_get_me(),
            "groups": devices_sudo[:MAX_DEVICES]._waas_get_portal_groups(),
            "has_more": len(devices_sudo) > MAX_DEVICES,
            "posted": posted,
            "ticked": posted.get("device_ids"),
            "error": error,
        }
        if devices_sudo:
            values |= self._waas_prepare_choice(customer_sudo, devices_sudo)
        return request.render(
            "also_waas.portal_return_new", values, status=422 if error else 200
        )

    def _waas_get_contracts_with_devices(self):
        """Contracts of the user with devices that can be returned, as superuser."""
        groups = (
            request.env["stock.lot"]
            .sudo()
            ._read_group(
                self._waas_get_device_domain() & self._waas_get_free_domain(),
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
        """Book the return of the selected devices."""
        ids = request.httprequest.form.getlist("device")[: MAX_DEVICES + 1]
        device_ids = {to_int(device_id) for device_id in ids} - {0}
        posted = {**clean_form(posted), "device_ids": device_ids}
        devices_sudo = self._waas_get_returnable_devices(
            [("id", "in", list(device_ids))]
        )
        if len(devices_sudo) != len(device_ids) or not device_ids:
            error = request.env._("Choose rented devices that are in no return yet.")
        else:
            booked, error = attempt(
                request.env["waas.return"]._book,
                request.env.user.partner_id,
                devices_sudo,
                posted.get("method"),
                posted,
            )
        if error:
            contract_id = to_int(posted.get("contract_id"))
            return self._waas_render_new_return(contract_id, posted, error)
        return request.redirect(f"/my/waas/returns/{booked.id}?booked=1")

    @http.route(
        "/my/waas/returns/<int:return_id>/choose",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_return_choose(self, return_id, **posted):
        """The end customer chooses the return method of a draft (R15)."""
        return_sudo = self._waas_find_return(return_id)
        is_customer = (
            return_sudo.partner_id.commercial_partner_id == self._waas_get_me()
        )
        if not return_sudo or not is_customer:
            return self._waas_not_found()
        posted = clean_form(posted)
        visitor = request.env.user.partner_id
        if error := find_refusal(
            return_sudo._choose, visitor, posted.get("method"), posted
        ):
            return self._waas_render_return(return_sudo, error, posted)
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
        """Cancel a return that is not in transit yet."""
        return_sudo = self._waas_find_return(return_id)
        if not return_sudo:
            return self._waas_not_found()
        visitor = request.env.user.partner_id
        if error := find_refusal(return_sudo._call_off, visitor):
            return self._waas_render_return(return_sudo, error)
        return request.redirect(f"/my/waas/returns/{return_id}")

    @http.route(
        "/my/waas/returns/<int:return_id>/papers",
        type="http",
        auth="user",
        website=True,
    )
    def waas_return_papers(self, return_id, **kwargs):
        """Packing list and label to print."""
        return_sudo = self._waas_find_return(return_id)
        if not return_sudo:
            return self._waas_not_found()
        if not return_sudo._has_papers(self._waas_get_visible_contracts(return_sudo)):
            return self._waas_not_found()
        return self._waas_send_file(
            "pdf",
            return_sudo,
            request.env._("Return %(number)s", number=return_sudo.name),
            pdf="also_waas.action_report_return",
        )
