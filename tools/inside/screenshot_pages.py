"""The pages of which `./waas screenshots` takes pictures, and whose picture it is.

A page names no record by its id: it has a function that finds one in the demo story, or
drafts what the story leaves to the visitor (the database is a clone). To add a picture,
add a line to the table.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from odoo import Command, fields

BOTH = ("desktop", "phone")
DESKTOP = ("desktop",)
PHONE = ("phone",)
FORM = ".o_form_view .o_form_sheet"
LIST = ".o_list_view .o_data_row"
PORTAL = "#wrap .container"


class Page(NamedTuple):
    name: str
    """Of the file; `-phone` is added for a phone."""

    login: str
    """Of the demo (README), its password is the same; empty: nobody."""

    path: str
    """With `{}` where the record comes in."""

    ready: str
    """CSS selector of what must be there."""

    sizes: tuple[str, ...] = DESKTOP
    find: Callable | None = None
    """Finds the page's record in an environment, or drafts it; or finds a token."""

    tab: str = ""
    """Page of a form's notebook to open."""

    scroll_to: str = ""
    """CSS selector of what to bring to the top."""

    @property
    def what(self):
        return self.find.__name__.replace("_", " ")


# === RECORDS OF THE STORY ===#


def quotation_that_waits(env):
    return env["sale.order"].search(
        [
            ("is_waas", "=", True),
            ("state", "in", ("draft", "sent")),
            ("waas_credit_check_ids.state", "=", "requested"),
        ],
        limit=1,
    )


def requested_credit_check(env):
    return env["waas.credit.check"].search([("state", "=", "requested")], limit=1)


def running_contract(env):
    """The one of the people who log in to the portal, longest under way."""
    customer = _company_of(env, "customer")
    return env["contract.contract"].search(
        [
            ("waas_state", "=", "running"),
            ("commercial_partner_id", "=", customer.id),
        ],
        order="date_start",
        limit=1,
    )


def other_running_contract(env):
    customer = _company_of(env, "customer")
    return env["contract.contract"].search(
        [
            ("waas_state", "=", "running"),
            ("commercial_partner_id", "!=", customer.id),
            ("waas_term_id.months", "=", 36),
        ],
        order="date_start desc",
        limit=1,
    )


def device_with_a_history(env):
    """The device to which the most has happened."""
    groups = env["waas.custody.entry"]._read_group(
        [], ["lot_id"], order="__count desc, lot_id", limit=1
    )
    return groups[0][0] if groups else env["stock.lot"]


def draft_invoice_run(env):
    """What the accountant sees before the run of the next weeks."""
    due = fields.Date.today() + timedelta(days=28)
    return (
        env["waas.invoice.run"]
        .with_user(_user(env, "accountant"))
        .create({"date": due, "invoice_date": due})
    )


def draft_change(env):
    """More headsets for a contract, not sent yet."""
    contract = other_running_contract(env)
    choice = next(
        row for row in contract._waas_get_upgrade_choices() if not row["slot"]
    )
    return (
        env["waas.change"]
        .with_user(_user(env, "seller"))
        .create(
            {
                "contract_id": contract.id,
                "kind": "upgrade",
                "line_ids": [
                    Command.create(
                        {
                            "bundle_line_id": choice["line"].id,
                            "product_id": choice["product"].id,
                            "quantity": 2,
                        }
                    )
                ],
            }
        )
    )


def received_return(env):
    return env["waas.return"].search(
        [("state", "in", ("received", "closed"))], order="id desc", limit=1
    )


def sellout_report(env):
    return env["waas.sellout.report"].search(
        [("line_ids", "!=", False)], order="date_to desc, id", limit=1
    )


def deal_of_the_partner(env):
    """One of the partner's deals for which something is missing."""
    partner = _company_of(env, "partner")
    return env["sale.order"].search(
        [
            ("is_waas", "=", True),
            ("waas_reseller_id", "=", partner.id),
            ("state", "=", "sent"),
        ],
        order="id desc",
        limit=1,
    )


def draft_of_the_partner(env):
    """A quotation as the partner makes it in the portal."""
    partner = _company_of(env, "partner")
    order = env["sale.order"]._waas_quote(
        partner,
        _company_of(env, "customer"),
        {
            "waas_term_id": env.ref("also_waas.waas_term_36"),
            "waas_delivery_route": "customer",
            "client_order_ref": False,
        },
    )
    return order


def signing_link(env):
    """The token of a personal link in the demo mailbox with something to sign."""
    for mail in env["waas.demo.mail"].search([], order="id desc"):
        if match := re.search(r"/waas/sign/([\w-]+)", mail.body or ""):
            link = env["waas.signing.link"]._find(match[1])
            if "sent" in link.agreement_ids.mapped("state"):
                return match[1]
    return None


def _user(env, login):
    return env["res.users"].search([("login", "=", login)])


def _company_of(env, login):
    return _user(env, login).partner_id.commercial_partner_id


# === THE TABLE ===#

PAGES = [
    # The back office
    Page("quotation", "seller", "/odoo/waas/{}", FORM, find=quotation_that_waits),
    Page("price-list", "backoffice", "/odoo/waas-prices", LIST),
    Page(
        "credit-check",
        "credit",
        "/odoo/waas-credit-checks/{}",
        FORM,
        find=requested_credit_check,
    ),
    Page(
        "contract",
        "backoffice",
        "/odoo/waas-contracts/{}",
        FORM,
        find=running_contract,
        tab="Installments",
    ),
    Page("change", "seller", "/odoo/waas-changes/{}", FORM, find=draft_change),
    Page(
        "device",
        "backoffice",
        "/odoo/waas-devices/{}",
        FORM,
        find=device_with_a_history,
        tab="Chain of Custody",
    ),
    Page("return", "backoffice", "/odoo/waas-returns/{}", FORM, find=received_return),
    Page("commission-ledger", "backoffice", "/odoo/waas-commission", LIST),
    Page(
        "sell-out-report",
        "backoffice",
        "/odoo/waas-sell-out/{}",
        FORM,
        find=sellout_report,
    ),
    Page(
        "invoice-run",
        "accountant",
        "/odoo/waas-invoice-runs/{}",
        FORM,
        find=draft_invoice_run,
    ),
    # The partner
    Page("partner-home", "partner", "/my/waas", PORTAL),
    Page("partner-prices", "partner", "/my/waas/prices", PORTAL),
    Page("partner-customers", "partner", "/my/waas/customers", PORTAL),
    Page("partner-new-quotation", "partner", "/my/waas/deals/new", PORTAL),
    Page(
        "partner-deal",
        "partner",
        "/my/waas/deals/{}",
        PORTAL,
        find=deal_of_the_partner,
    ),
    Page(
        "partner-contract",
        "partner",
        "/my/waas/contracts/{}",
        PORTAL,
        find=running_contract,
    ),
    Page("partner-devices", "partner", "/my/waas/devices", PORTAL),
    Page("partner-commission", "partner", "/my/waas/commission", PORTAL),
    Page("partner-bills", "partner", "/my/waas/bills", PORTAL),
    Page("partner-sell-out", "partner", "/my/waas/sellout", PORTAL),
    Page(
        "partner-bundle",
        "partner",
        "/my/waas/deals/{}/bundle",
        PORTAL,
        BOTH,
        draft_of_the_partner,
    ),
    # The end customer
    Page("customer-signing", "", "/waas/sign/{}", "#wrap", PHONE, signing_link),
    Page("customer-agreements", "customer", "/my/waas/agreements", PORTAL),
    Page(
        "customer-contract",
        "customer",
        "/my/waas/contracts/{}",
        PORTAL,
        PHONE,
        running_contract,
    ),
    Page(
        "customer-leaving-cost",
        "customer",
        "/my/waas/contracts/{}/leave",
        PORTAL,
        DESKTOP,
        running_contract,
    ),
    Page("customer-return", "customer", "/my/waas/returns/new", PORTAL, PHONE),
]
