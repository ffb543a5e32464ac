"""What the people of the story do with a deal, each by the method behind their
button."""

import datetime

from odoo import Command


def quote(story, customer, partner, months, route="customer", services=(), **values):
    """The seller makes a quotation.

    :param services: pairs of a service of the partner and its price (R6)
    """
    return story.act("sale.order", "seller").create(
        {
            "is_waas": True,
            "partner_id": story.partners[customer].id,
            "waas_reseller_id": story.partners[partner].id,
            "waas_term_id": story.terms[months].id,
            "waas_delivery_route": route,
            "waas_signatory_id": story.partners[f"{customer}_ceo"].id,
            "waas_reseller_service_ids": [
                Command.create({"name": name, "price": price, "period": period})
                for name, price, period in services
            ],
            **values,
        }
    )


def add_bundle(story, order, code, quantity, upgrades=(), options=()):
    """The seller adds a bundle with what the end customer chose.

    :param upgrades: codes of upgrades, each for the slot that offers it
    :param options: codes of options, one for each workplace, or pairs of a code and a
        number
    """
    bundle = story.products[code]
    chosen = [story.products[upgrade] for upgrade in upgrades]
    numbers = dict(
        option if isinstance(option, tuple) else (option, quantity)
        for option in options
    )
    order._waas_add_bundle(
        bundle,
        quantity,
        {
            slot: upgrade
            for slot in bundle.waas_slot_ids
            for upgrade in chosen
            if upgrade in slot.upgrade_ids
        },
        {story.products[option]: number for option, number in numbers.items()},
    )


def ask_credit(order):
    """The seller asks for a credit check."""
    order.action_waas_request_credit()


def approve_credit(story, order, amount, valid_days=90):
    """The credit officer says yes, up to an amount."""
    until = story.now() + datetime.timedelta(days=valid_days)
    _get_waiting_check(story, order)._approve(amount, until)


def reject_credit(story, order, reason):
    """The credit officer says no."""
    _get_waiting_check(story, order)._reject(reason)


def _get_waiting_check(story, order):
    return story.act("waas.credit.check", "credit").search(
        [("order_id", "=", order.id), ("state", "=", "requested")]
    )


def send(order):
    """The seller sends the agreements to the signatory."""
    order.action_waas_send_agreements()


def sign_for_customer(story, order):
    """The signatory signs on the page that the link opens, with the code."""
    # The signatory has no login: the page runs with the rights of the system, too.
    agreements = order.sudo().waas_agreement_ids.filtered(
        lambda agreement: agreement.state == "sent"
    )
    agreements._sign_for_customer(
        order.waas_signatory_id.name,
        story.sign("customer"),
        "203.0.113.24, Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/140.0",
        code_checked=True,
    )


def refuse(order, reason):
    """The signatory says no on the same page."""
    order.sudo().waas_agreement_ids._refuse(reason)


def sign_for_also(story, order):
    """The back office signs; where nothing else is missing, this confirms."""
    agreements = order.with_user(story.users["backoffice"]).waas_agreement_ids
    agreements.filtered(
        lambda agreement: agreement.state == "customer_signed"
    )._countersign(story.sign("also"), "198.51.100.7")


def deliver(story, order):
    """The warehouse ships what is reserved; the contract starts."""
    pickings = order.with_user(story.users["backoffice"]).picking_ids
    pickings.action_assign()
    pickings.move_ids.picked = True
    pickings.button_validate()
