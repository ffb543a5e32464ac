"""Chapter: the commission of partners is settled every month, billed and paid (R1). The
newest settlement waits for its bill, the bill before it for its payment."""

import datetime

from dateutil.relativedelta import relativedelta

DAYS_TO_PAY = 14


def tell(story):
    for first in _get_settlement_days(story):
        with story.clock(first):
            # As the scheduler does.
            story.env["commission.make.settle"]._cron_waas_settle()
    months = story.env["commission.settlement"].search([]).grouped("date_to")
    *paid, billed, _waiting = (months[day] for day in sorted(months))
    for settlements in paid:
        _pay(story, _bill(story, settlements))
    _state(story, _bill(story, billed))


def _get_settlement_days(story):
    """The first of every month since there is something to settle."""
    oldest = story.env["waas.commission"].search([], order="date", limit=1).date
    day = oldest + relativedelta(day=1, months=1)
    while day <= story.today:
        yield day
        day += relativedelta(months=1)


def _get_day(settlements):
    """The day after the month."""
    return settlements[0].date_to + datetime.timedelta(days=1)


def _bill(story, settlements):
    """The accountant creates the bills and posts them."""
    with story.clock(_get_day(settlements)):
        wizard = (
            story.act("commission.make.invoice", "accountant")
            .with_context(settlement_ids=settlements.ids)
            .create({})
        )
        wizard.button_create()
        bills = settlements.invoice_id.with_user(story.users["accountant"])
        bills.action_post()
    return bills


def _pay(story, bills):
    for bill in bills:
        paid_on = bill.invoice_date + datetime.timedelta(days=DAYS_TO_PAY)
        with story.clock(paid_on):
            story.act("account.payment.register", "accountant").with_context(
                active_model="account.move", active_ids=bill.ids
            ).create({"payment_date": paid_on})._create_payments()


def _state(story, bills):
    """The accountant attaches the statement of the month to its bill."""
    report = story.env.ref("also_waas.action_report_commission_statement")
    for bill in bills:
        settlement = bill.invoice_line_ids.settlement_id
        with story.clock(bill.invoice_date):
            wizard = story.act("waas.commission.statement", "accountant").create(
                {
                    "date_from": settlement.date_from,
                    "date_to": settlement.date_to,
                    "reseller_ids": settlement.agent_id.ids,
                }
            )
            content, extension = report._render_qweb_pdf(report, wizard.ids)
            bill.message_post(
                body=bill.env._("The statement of the month, for the partner."),
                attachments=[(f"{settlement.name} {bill.name}.{extension}", content)],
            )
