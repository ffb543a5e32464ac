"""Chapter: manufacturers are notified of what was sold out (R5). One gets its report
automatically every month. The reports of another are quarterly, and the back office
checks them first: the newest waits for that. Two get none, for a reason. One partner
has a number at the manufacturer, and one of its deals is registered."""

from dateutil.relativedelta import relativedelta

MONTHS = 6
WAITS = 100  # days since the end of its period: longer than a quarter
LEFT_OUT = {
    "dockworks": "Counts what distributors buy, and wants no sell-out",
    "microsoft": "Provides the licenses itself, so it counts them itself",
}


def tell(story):
    start = story.today + relativedelta(day=1, months=-MONTHS)
    _set_up(
        story,
        "lumina",
        start,
        sellout_account="NL-4471",
        sellout_auto=True,
        sellout_agreement="Lumina data agreement 2026-03",
        sellout_customer_name=True,
    )
    _set_up(
        story,
        "nordview",
        start,
        sellout_period="quarter",
        sellout_format="xlsx",
        sellout_account="ALSO-NL",
    )
    for key, reason in LEFT_OUT.items():
        story.manufacturers[key].write({"sellout": False, "sellout_off_reason": reason})
    _credit_a_partner(story)
    for month in range(1, MONTHS + 1):
        day = min(start + relativedelta(months=month, day=2), story.today)
        with story.clock(day):
            # As the scheduler does, and then the mail queue.
            story.env["waas.sellout.report"]._cron_report()
            _close(story)
            story.deliver_mails()


def _set_up(story, key, start, **values):
    story.manufacturers[key].write(
        {
            "sellout": True,
            "sellout_start": start,
            "sellout_contact_id": story.partners[key].id,
            "sellout_user_id": story.users["backoffice"].id,
            **values,
        }
    )


def _credit_a_partner(story):
    """By the numbers that the manufacturer's programme requires."""
    deal = story.env["sale.order"].search(
        [("is_waas", "=", True), ("state", "=", "sale")], order="id desc", limit=1
    )
    lumina = story.manufacturers["lumina"]
    story.env["waas.manufacturer.reseller"].create(
        {
            "manufacturer_id": lumina.id,
            "reseller_id": deal.waas_reseller_id.commercial_partner_id.id,
            "number": "LUM-P-20311",
        }
    )
    story.act("waas.deal.registration", "backoffice").create(
        {
            "order_id": deal.id,
            "manufacturer_id": lumina.id,
            "number": "LDR-2026-0815",
        }
    )


def _close(story):
    """The back office checks what is open, closes and sends it."""
    for report in story.act("waas.sellout.report", "backoffice").search(
        [("state", "=", "draft"), ("date_to", "<", story.day(WAITS))]
    ):
        report.action_close_and_send()
