"""Chapter: one deal in every state.

Each deal is told from its beginning in a function of its own. Code after ``yield 12``
happens twelve days before today. All deals proceed in parallel, in the order of their
days, as in a real office.
"""

from . import steps

INSTALLATION = ("Installation and roll-out on site, per workplace", 85.00, "once")
ON_SITE = ("On-site support, four hours a month", 340.00, "month")
TRAINING = ("Half a day of training", 420.00, "once")


def tell(story):
    """Continue the deal whose next day is the oldest, until all are told."""
    waiting = []
    for deal in DEALS:
        course = deal(story)
        waiting.append((next(course), course))
    while waiting:
        days_ago = max(day for day, _course in waiting)
        with story.on(days_ago):
            waiting = [
                (next_day, course)
                for day, course in waiting
                if (next_day := next(course, None) if day == days_ago else day)
                is not None
            ]
    with story.on(0):
        pass  # invoices that are due today are created, too


# === RUNNING ===#


def bakery_runs(story):
    """Twelve workplaces via the partner, running for months; the upgrade to Premium
    and the headsets earn the partner more (R8)."""
    yield 172
    order = steps.quote(
        story,
        "bakery",
        "bytewerk",
        36,
        route="reseller",
        services=[INSTALLATION, ON_SITE],
        client_order_ref="Werkplekken 2026",
    )
    steps.add_bundle(
        story, order, "WAAS-ESS", 12, ["UPG-PREM"], [("OPT-HEAD", 8), ("OPT-MON", 4)]
    )
    yield 171
    steps.ask_credit(order)
    yield 170
    steps.approve_credit(story, order, 54500.00, valid_days=365)
    yield 169
    steps.send(order)
    yield 166
    steps.sign_for_customer(story, order)
    yield 165
    steps.sign_for_also(story, order)
    yield 158
    steps.deliver(story, order)


def architects_run(story):
    """A studio with two large monitors each, directly to the end customer, at the
    prices of a partner with a discount."""
    yield 83
    order = steps.quote(
        story, "architects", "kantoor", 36, services=[INSTALLATION, TRAINING]
    )
    steps.add_bundle(
        story, order, "WAAS-STU", 6, ["UPG-PREM"], ["OPT-HEAD", "OPT-COVER"]
    )
    steps.ask_credit(order)
    yield 81
    steps.approve_credit(story, order, 48500.00, valid_days=180)
    steps.send(order)
    yield 78
    steps.sign_for_customer(story, order)
    steps.sign_for_also(story, order)
    yield 71
    steps.deliver(story, order)


def notary_runs(story):
    """A short contract of twelve months; it started a few days ago."""
    yield 26
    order = steps.quote(
        story, "notary", "bytewerk", 12, route="reseller", services=[INSTALLATION]
    )
    steps.add_bundle(story, order, "WAAS-MOB", 4, ["UPG-PREM"], ["OPT-COVER"])
    steps.ask_credit(order)
    yield 25
    steps.approve_credit(story, order, 14600.00)
    steps.send(order)
    yield 19
    steps.sign_for_customer(story, order)
    yield 18
    steps.sign_for_also(story, order)
    yield 11
    steps.deliver(story, order)


# === CHANGED, ENDED, RETURNED ===#


def estate_agents_return(story):
    """Twelve months to the end. A certified company is picking the devices up, for the
    fee of the price list (R15)."""
    yield 389
    order = steps.quote(
        story, "estate", "bytewerk", 12, route="reseller", services=[INSTALLATION]
    )
    steps.add_bundle(story, order, "WAAS-ESS", 3, ["UPG-PREM"], ["OPT-HEAD"])
    steps.ask_credit(order)
    yield 387
    steps.approve_credit(story, order, 6100.00)
    steps.send(order)
    yield 383
    steps.sign_both(story, order)
    yield 378
    steps.deliver(story, order)
    yield 95
    contract = order.waas_contract_ids
    contract.with_user(story.users["seller"]).action_waas_choose_return()
    yield 11
    record = steps.get_return(story, order)
    steps.announce_pickup(story, record, "estate_office", days_ago=1)
    yield 9
    record.action_confirm_pickup()
    yield 1
    steps.hand_over(story, record, "DW-44021, DW-44022", "J. Vermeer")


def agency_must_choose(story):
    """The term ends in some weeks: end customer and partner were notified, and have not
    answered yet. Extension, follow-on contract, or return?"""
    yield 318
    order = steps.quote(story, "agency", "kantoor", 12, services=[TRAINING])
    steps.add_bundle(story, order, "WAAS-ESS", 4, [], ["OPT-MON"])
    steps.ask_credit(order)
    yield 315
    steps.approve_credit(story, order, 7300.00)
    steps.send(order)
    yield 312
    steps.sign_both(story, order)
    yield 309
    steps.deliver(story, order)


def dentist_grows_and_stays(story):
    """Upgraded to Premium in the middle of the term (R7, R8), extended before its end
    at the original price (R12). The exposure grew, so credit was checked again."""
    yield 305
    order = steps.quote(
        story, "dentist", "bytewerk", 12, services=[INSTALLATION, ON_SITE]
    )
    steps.add_bundle(story, order, "WAAS-ESS", 5)
    steps.ask_credit(order)
    yield 303
    steps.approve_credit(story, order, 9100.00, valid_days=200)
    steps.send(order)
    yield 299
    steps.sign_both(story, order)
    yield 293
    steps.deliver(story, order)
    yield 150
    upgrade = steps.change(
        story,
        order,
        "upgrade",
        ["UPG-PREM"],
        note="The appointment software needs the desktop programs.",
    )
    upgrade.action_submit()
    yield 147
    steps.sign_both(story, upgrade)
    yield 24
    extension = steps.change(story, order, "extension", months=24)
    extension.action_submit()
    yield 22
    steps.approve_credit(story, extension, 11000.00, valid_days=200)
    # Today: on any day of a month something is earned that is not settled yet.
    yield 0
    steps.sign_both(story, extension)


def bookshop_leaves(story):
    """The shop closes before the term is over: the remaining months were invoiced at
    once (R11), the devices were returned, erased and graded, and are in stock again
    (R15)."""
    yield 262
    order = steps.quote(story, "bookshop", "kantoor", 12)
    steps.add_bundle(story, order, "WAAS-ESS", 2)
    steps.ask_credit(order)
    yield 260
    steps.approve_credit(story, order, 3650.00, valid_days=365)
    steps.send(order)
    yield 257
    steps.sign_both(story, order)
    yield 253
    steps.deliver(story, order)
    yield 70
    leaving = steps.change(
        story, order, "termination", note="The owner retires and closes the shop."
    )
    leaving.action_submit()
    yield 66
    steps.sign_both(story, leaving)
    yield 64
    record = steps.get_return(story, order)
    steps.announce_own_shipment(record, story.partners["bookshop_ceo"].name)
    yield 60
    record.action_hand_over()
    yield 57
    laptops = _get_laptops(record)
    steps.scan(record, {laptops[0].name: "Scratches on the lid"})
    yield 50
    steps.erase(story, record)
    yield 48
    steps.grade(story, laptops[0], "b", "resale")
    steps.grade(story, record.line_ids.device_id - laptops[0], "a")


def bakery_grows(story):
    """Two more workplaces for the rest of the term: the agreement was sent to the
    signatory, the link is in the demo mailbox."""
    yield 4
    order = story.env["sale.order"].search(
        [("partner_id", "=", story.partners["bakery"].id), ("state", "=", "sale")]
    )
    steps.change(
        story, order, "seats", seat_count=2, note="A branch in Lent."
    ).action_submit()


def _get_laptops(record):
    return record.line_ids.device_id.filtered("product_id.waas_holds_data")


# === ENDED BEFORE IT BEGAN ===#


def installer_cancels(story):
    """The end customer changed its mind before the agreements were sent."""
    yield 61
    order = steps.quote(story, "installer", "kantoor", 24, services=[TRAINING])
    steps.add_bundle(story, order, "WAAS-ESS", 15)
    steps.ask_credit(order)
    yield 52
    order.action_cancel()


def travel_agency_is_rejected(story):
    """No credit, with the reason that sales reads (R1)."""
    yield 22
    order = steps.quote(story, "travel", "kantoor", 36, services=[INSTALLATION])
    steps.add_bundle(story, order, "WAAS-MOB", 10, ["UPG-PREM"], ["OPT-HEAD"])
    steps.ask_credit(order)
    yield 20
    steps.reject_credit(
        story,
        order,
        "Negative equity in the last two annual accounts. We look again when the "
        "accounts of this year are filed, or with a guarantee of the parent company.",
    )


def installer_refuses(story):
    """The agreements were sent, and the end customer refused them."""
    yield 17
    order = steps.quote(story, "installer", "kantoor", 24, services=[ON_SITE])
    steps.add_bundle(story, order, "WAAS-ESS", 12, ["UPG-32GB"])
    steps.ask_credit(order)
    yield 16
    steps.approve_credit(story, order, 30500.00)
    steps.send(order)
    yield 13
    steps.refuse(
        order,
        "We would rather have 36 months at a lower price. Can you make a new proposal?",
    )


# === UNDER WAY ===#


def care_group_awaits_delivery(story):
    """Thirty workplaces at the price from 25; the serial numbers are reserved."""
    yield 15
    order = steps.quote(story, "care", "bytewerk", 36, services=[INSTALLATION, ON_SITE])
    steps.add_bundle(
        story, order, "WAAS-MOB", 30, ["UPG-PREM"], ["OPT-COVER", ("OPT-HEAD", 20)]
    )
    steps.ask_credit(order)
    yield 14
    steps.approve_credit(story, order, 109000.00)
    steps.send(order)
    yield 9
    steps.sign_for_customer(story, order)
    yield 8
    steps.sign_for_also(story, order)
    # From here on the users of the demo act: the delivery waits.


def bakery_is_ready(story):
    """Nothing is missing. The deal was not confirmed automatically, because the company
    had that switched off in the week of the last signature."""
    yield 13
    order = steps.quote(
        story, "bakery", "bytewerk", 36, client_order_ref="Filiaal Lent"
    )
    steps.add_bundle(story, order, "WAAS-ESS", 3, ["UPG-PREM"], ["OPT-MON"])
    yield 10
    steps.send(order)
    yield 6
    steps.sign_for_customer(story, order)
    yield 3
    story.company.waas_auto_confirm = False
    steps.sign_for_also(story, order)
    story.company.waas_auto_confirm = True


def architects_wait_for_also(story):
    """Two more: the approved credit covers them. ALSO must sign."""
    yield 8
    order = steps.quote(story, "architects", "kantoor", 36)
    steps.add_bundle(story, order, "WAAS-STU", 2, ["UPG-PREM"], ["OPT-HEAD"])
    yield 7
    steps.send(order)
    yield 1
    steps.sign_for_customer(story, order)


def notary_has_agreements(story):
    """The agreements were sent to the signatory; the link is in the demo mailbox."""
    yield 3
    order = steps.quote(story, "notary", "bytewerk", 24, services=[INSTALLATION])
    steps.add_bundle(story, order, "WAAS-ESS", 2, ["UPG-27"])
    yield 1
    steps.send(order)


def care_group_waits_for_credit(story):
    """With this deal the exposure exceeds the approved credit: the credit officer must
    check again."""
    yield 2
    order = steps.quote(
        story, "care", "bytewerk", 36, services=[INSTALLATION, TRAINING]
    )
    steps.add_bundle(story, order, "WAAS-ESS", 20, [], ["OPT-MON"])
    yield 1
    steps.ask_credit(order)


def installer_gets_new_proposal(story):
    """What the installer asked for: 36 months. Nothing is sent yet."""
    yield 0
    order = steps.quote(story, "installer", "kantoor", 36, services=[ON_SITE, TRAINING])
    steps.add_bundle(story, order, "WAAS-ESS", 12, ["UPG-32GB"], ["OPT-HEAD"])


def travel_agency_is_begun(story):
    """A quotation that is just started: the yellow box says what to do."""
    yield 0
    steps.quote(story, "travel", "kantoor", 12)


DEALS = (
    estate_agents_return,
    agency_must_choose,
    dentist_grows_and_stays,
    bookshop_leaves,
    bakery_grows,
    bakery_runs,
    architects_run,
    installer_cancels,
    notary_runs,
    travel_agency_is_rejected,
    installer_refuses,
    care_group_awaits_delivery,
    bakery_is_ready,
    architects_wait_for_also,
    notary_has_agreements,
    care_group_waits_for_credit,
    installer_gets_new_proposal,
    travel_agency_is_begun,
)
