"""Services that a marketplace sells, with invented names, fields and prices."""

from dataclasses import dataclass, field

TENANT = "900001_DemoTenant_100"
BASIC = "900001_NCEDemoBasic_111"
PREMIUM = "900001_NCEDemoPremium_112"
PLAN_TERMS = {
    # value of BillingType: (term, price of a seat and month)
    "monthly_P1M": ("P1M", 6.0),
    "monthly_P1Y": ("P1Y", 5.0),
}


@dataclass(frozen=True)
class Service:
    """:param terms: by the value of ``BillingType``: term, price of a seat and month"""

    name: str
    display_name: str
    terms: dict = field(default_factory=dict)
    needs_tenant: bool = True
    has_terms_accepted: bool = True
    product_number: str = ""
    currency: str = "EUR"
    upgrades: tuple = ()  # names of the services that it can become

    @property
    def seat_field(self):
        return "Quantity" if self.terms else None

    def get_fields(self):
        """As the service describes its fields."""
        if not self.terms:
            return [
                _describe("Primarydomainname", "Domain", validator=r"^[a-z0-9]{2,20}$"),
            ]
        return [
            _describe("Quantity", "Licences", "int32", "Numeric", MinValue=1),
            _describe(
                "BillingType",
                "Term",
                template="Combobox",
                EnumMembers=[
                    {"DisplayName": value, "Value": value, "Hint": ""}
                    for value in self.terms
                ],
            ),
        ]


def _describe(name, label, kind="string", template="TextBox", validator="", **more):
    return {
        "Name": name,
        "DisplayName": label,
        "Type": kind,
        "DisplayTemplate": template,
        "DisplayType": "Mandatory",
        "Validator": validator,
        "EnumMembers": [],
        "IsRemoteValidation": False,
        **more,
    }


def get_demo_services():
    """:return: dict of :class:`Service` by name"""
    services = (
        Service(TENANT, "Demo tenant", needs_tenant=False),
        Service(
            BASIC,
            "Demo Business Basic",
            PLAN_TERMS,
            product_number="DEMO-BASIC",
            upgrades=(PREMIUM,),
        ),
        Service(
            PREMIUM,
            "Demo Business Premium",
            {"monthly_P1M": ("P1M", 22.0), "monthly_P1Y": ("P1Y", 18.5)},
            product_number="DEMO-PREMIUM",
        ),
    )
    return {service.name: service for service in services}
