from typing import NamedTuple

from .portal_world import PortalWorldCommon

RESELLER = frozenset(("reseller",))


CUSTOMER = frozenset(("customer",))


BOTH = RESELLER | CUSTOMER


class Door(NamedTuple):
    """What a route is, and whom it is for."""

    # page, form, json; secret: opened by what is in the address or header; open: tells
    # nothing of anybody
    kind: str
    who: frozenset = frozenset()  # whose it is; of a list: who has one
    is_list: bool = False  # others find a list of their own, which is empty
    values: dict = {}  # what a form needs to be understood


def page(who, **values):
    return Door("page", who, **values)


def form(who, **values):
    return Door("form", who, values=values)


CONTRACT = "/my/waas/contracts/<int:contract_id>"


DEAL = "/my/waas/deals/<int:order_id>"


RETURN = "/my/waas/returns/<int:return_id>"


SIGN = "/waas/sign/<string:token>"


DOORS = {
    # Lists: everybody has one of their own.
    "/my/waas": page(BOTH, is_list=True),
    "/my/waas/contracts": page(BOTH, is_list=True),
    "/my/waas/contracts/page/<int:page>": page(BOTH, is_list=True),
    "/my/waas/devices": page(BOTH, is_list=True),
    "/my/waas/devices/page/<int:page>": page(BOTH, is_list=True),
    "/my/waas/returns": page(BOTH, is_list=True),
    "/my/waas/returns/page/<int:page>": page(BOTH, is_list=True),
    "/my/waas/returns/new": page(BOTH, is_list=True),
    "/my/waas/agreements": page(CUSTOMER, is_list=True),
    "/my/waas/agreements/page/<int:page>": page(CUSTOMER, is_list=True),
    "/my/waas/certificates": page(CUSTOMER, is_list=True),
    "/my/waas/certificates/page/<int:page>": page(CUSTOMER, is_list=True),
    # A contract, for both its parties.
    CONTRACT: page(BOTH),
    f"{CONTRACT}/extend": page(BOTH),
    f"{CONTRACT}/upgrade": page(BOTH),
    f"{CONTRACT}/leave": page(CUSTOMER),
    f"{CONTRACT}/ask/<any(extend,upgrade,leave):kind>": form(BOTH),
    f"{CONTRACT}/end": form(CUSTOMER, choice="return"),
    # Returns, for both parties; who bears it says yes to it.
    "/my/waas/returns/create": form(BOTH),
    RETURN: page(BOTH),
    f"{RETURN}/choose": form(CUSTOMER, method="self"),
    f"{RETURN}/cancel": form(BOTH),
    f"{RETURN}/papers": page(BOTH),
    # Papers of the end customer.
    "/my/waas/agreements/<int:agreement_id>/pdf": page(CUSTOMER),
    "/my/waas/agreements/<int:agreement_id>/sign": form(CUSTOMER),
    "/my/waas/certificates/<int:certificate_id>/pdf": page(CUSTOMER),
    # The partner's own.
    "/my/waas/prices": page(RESELLER),
    "/my/waas/prices/<any(pdf,xlsx):file_type>": page(RESELLER),
    "/my/waas/deals": page(RESELLER),
    "/my/waas/deals/page/<int:page>": page(RESELLER),
    "/my/waas/deals/new": page(RESELLER),
    "/my/waas/deals/create": form(RESELLER),
    "/my/waas/customers": page(RESELLER),
    "/my/waas/customers/page/<int:page>": page(RESELLER),
    "/my/waas/hardware": page(RESELLER),
    "/my/waas/hardware/page/<int:page>": page(RESELLER),
    "/my/waas/hardware/create": form(RESELLER),
    "/my/waas/hardware/<int:request_id>/withdraw": form(RESELLER),
    "/my/waas/commission": page(RESELLER),
    "/my/waas/commission/page/<int:page>": page(RESELLER),
    "/my/waas/commission/<int:year>/<int:month>/<any(pdf,xlsx):file_type>": page(
        RESELLER
    ),
    "/my/waas/bills": page(RESELLER),
    "/my/waas/bills/page/<int:page>": page(RESELLER),
    "/my/waas/sellout": page(RESELLER),
    "/my/waas/sellout/page/<int:page>": page(RESELLER),
    "/my/waas/sellout/xlsx": page(RESELLER),
    DEAL: page(RESELLER),
    f"{DEAL}/change": form(RESELLER),
    f"{DEAL}/services": form(RESELLER, service_name="x", service_price="1"),
    f"{DEAL}/bundle": page(RESELLER),
    f"{DEAL}/bundle/<int:line_id>": page(RESELLER),
    f"{DEAL}/bundle/save": form(RESELLER),
    f"{DEAL}/bundle/<int:line_id>/remove": form(RESELLER),
    f"{DEAL}/price": Door("json", RESELLER),
    f"{DEAL}/send": form(RESELLER),
    f"{DEAL}/withdraw": form(RESELLER),
    # Opened by a secret, whoever is logged in: test_signing_http,
    # test_certificate_http, test_marketplace and test_offer_http try the right ones.
    SIGN: Door("secret"),
    f"{SIGN}/code": Door("secret"),
    f"{SIGN}/verify": Door("secret"),
    f"{SIGN}/accept": Door("secret"),
    f"{SIGN}/refuse": Door("secret"),
    f"{SIGN}/document/<int:agreement_id>": Door("secret"),
    "/waas/certificate/<string:token>": Door("secret"),
    "/waas/marketplace/notify": Door("secret"),
    "/waas/offer/v1": Door("secret"),
    "/waas/health": Door("open"),
    # Odoo's own, narrowed by ours: test_portal_http.
    "/my/orders/<int:order_id>/accept": Door("secret"),
    "/my/orders/<int:order_id>/decline": Door("secret"),
}


# Partner Two has a whole portal of its own, with lists that look like partner One's.
OWN_PAGES = tuple(
    rule
    for rule, door in DOORS.items()
    if rule.startswith("/my/waas") and "_id>" not in rule
)


class EveryDoorCommon(PortalWorldCommon):
    """What the tests share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.places = {
            "order_id": cls.quotation.id,
            "line_id": cls.quotation.order_line[0].id,
            "contract_id": cls.contract.id,
            "return_id": cls.open_return.id,
            "agreement_id": cls.agreement.id,
            "certificate_id": cls.certificate.id,
            "request_id": cls.hardware_request.id,
            "page": 1,
            "year": 2026,
            "month": 1,
            "<any(pdf,xlsx):file_type>": "xlsx",
            "<any(extend,upgrade,leave):kind>": "extend",
            "token": "x" * 32,
        }
        # What tells that a page shows something of the two deals.
        cls.secrets = (
            "Customer One",
            cls.quotation.name,
            cls.contract.name,
            cls.device_contract.name,
            cls.devices[1].name,
            cls.done_return.name,
            cls.open_return.name,
            cls.certificate.name,
            cls.agreement.name,
            "Newmake",
        )

    def _fill(self, rule, **places):
        """The address of a route, with the records of this world."""
        path = rule
        for name, value in {**self.places, **places}.items():
            for pattern in (name, f"<int:{name}>", f"<string:{name}>"):
                if pattern.startswith("<"):
                    path = path.replace(pattern, str(value))
        return path

    def _try_door(self, rule, door, path=None, **values):
        path = path or self._fill(rule)
        if door.kind == "form":
            data = {"csrf_token": self.token, **door.values, **values}
            return self.url_open(path, data=data, allow_redirects=False)
        if door.kind == "json":
            return self.url_open(
                path, json={"jsonrpc": "2.0", "params": {"bundle_id": self.bundle.id}}
            )
        return self.url_open(path, allow_redirects=False)

    def _enter(self, user):
        self._log_in(user) if user else self.authenticate(None, None)
        self.token = self._get_csrf_token()

    def _doors(self, *kinds):
        for rule, door in DOORS.items():
            if door.kind in kinds:
                yield rule, door

    def _get_traces(self):
        """Everything that a successful post would leave."""
        self.env.invalidate_all()
        names = (
            "sale.order",
            "sale.order.line",
            "waas.change",
            "waas.return",
            "waas.return.line",
            "waas.hardware.request",
            "waas.reseller.service",
            "waas.signing.link",
            "res.partner",
            "mail.mail",
        )
        counts = {name: self.env[name].sudo().search_count([]) for name in names}
        return {
            **counts,
            "order": (self.quotation.state, self.quotation.client_order_ref),
            "return": (self.open_return.state, self.open_return.accepted_by),
            "contract": self.contract.sudo().waas_end_choice,
            "request": self.hardware_request.state,
        }
