"""What the people of the story do with a deal, each by the method of their button."""

import datetime

from odoo import Command

from .story import OPENING_HOUR


def quote(story, customer, partner, months, route="customer", services=(), **values):
    """The seller creates a quotation.

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
    """The seller requests a credit check."""
    order.action_waas_request_credit()


def approve_credit(story, order, amount, valid_days=90):
    """The credit officer approves, up to an amount."""
    until = story.now() + datetime.timedelta(days=valid_days)
    _get_waiting_check(story, order)._approve(amount, until)


def reject_credit(story, order, reason):
    """The credit officer rejects."""
    _get_waiting_check(story, order)._reject(reason)


def _get_waiting_check(story, deal):
    """Of a quotation, or of a change."""
    about = "order_id" if deal._name == "sale.order" else "change_id"
    return story.act("waas.credit.check", "credit").search(
        [(about, "=", deal.id), ("state", "=", "requested")]
    )


def send(order):
    """The seller sends the agreements to the signatory."""
    order.action_waas_send_agreements()


def sign_for_customer(story, order):
    """The signatory signs on the page that the link opens, with the code."""
    # The signatory has no login: the page runs as superuser, too.
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
    """The signatory refuses on the same page."""
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


# === WHILE THE CONTRACT RUNS ===#


def change(story, order, kind, choices=(), **values):
    """The seller prepares a change of the contract.

    :param choices: codes of upgrades, for all workplaces
    """
    return story.act("waas.change", "seller").create(
        {
            "contract_id": order.waas_contract_ids.id,
            "kind": kind,
            **values,
            **(
                {
                    "line_ids": [
                        Command.create({"product_id": story.products[code].id})
                        for code in choices
                    ]
                }
                if choices
                else {}
            ),
        }
    )


def sign_both(story, deal):
    """The signatory and ALSO sign on one day; where nothing else is missing, this
    applies a change."""
    sign_for_customer(story, deal)
    sign_for_also(story, deal)


# === WHEN IT IS OVER ===#


def get_return(story, order):
    """The return that the end of the contract asked for."""
    line = order.waas_contract_ids.sudo().waas_return_line_ids[:1]
    return line.return_id.with_user(story.users["backoffice"])


def announce_own_shipment(record, name):
    """The customer sends the devices itself and takes the responsibility (R15)."""
    record.accepted_by = name
    record.action_accept_responsibility()
    record.action_announce()


def announce_pickup(story, record, contact, days_ago):
    """A certified company collects the devices on a day, for the fee (R15)."""
    day = datetime.datetime.combine(story.day(days_ago), datetime.time(OPENING_HOUR))
    record.write(
        {
            "method": "pickup",
            "pickup_address_id": record.partner_id.id,
            "pickup_contact": story.partners[contact].name,
            "pickup_phone": record.partner_id.phone,
            "pickup_from": day,
            "pickup_to": day + datetime.timedelta(hours=3),
            "processor_id": story.partners["wiper"].id,
        }
    )
    record.action_announce()


def hand_over(story, record, seals, driver):
    """At the door: counted, sealed and signed (R15)."""
    window = record.env[record.action_hand_over()["res_model"]]
    window = window.with_context(default_return_id=record.id).create(
        {
            "seals": seals,
            "collected_by": driver,
            "signature": story.sign("customer"),
        }
    )
    window.counted = window.expected_count
    window.action_collect()


def scan(record, damages=None):
    """The warehouse scans every device of a return.

    :param damages: serial number: what is wrong with the device
    """
    serials = record.line_ids.device_id.mapped("name")
    record._receive_scans(serials, record.company_id, record, damages)


def erase(story, record):
    """The processor erased them; the back office enters that, with its proof."""
    waiting = record.erasure_ids.filtered(lambda erasure: erasure.state == "todo")
    story.act("waas.erasure.certify", "backoffice").create(
        {
            "erasure_ids": [Command.set(waiting.ids)],
            "processor_id": story.partners["wiper"].id,
            "date": story.now(),
            "document": story.sign("also"),
            "document_name": f"{record.name.replace('/', '-')} Datawis.png",
        }
    ).action_certify()


def grade(story, devices, letter, decision="refurbished"):
    """What becomes of erased devices."""
    story.act("waas.device.grade", "backoffice").create(
        {
            "device_ids": [Command.set(devices.ids)],
            "grade": letter,
            "decision": decision,
        }
    ).action_grade()
