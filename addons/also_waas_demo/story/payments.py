"""Payments of end customers, day by day. The architects are late once: an open invoice
is exposure, too (R13)."""

import datetime

DAYS_TO_PAY = 12
LATE = "architects"


def pay_until(story, day):
    """Pay each invoice on its day, up to the evening before ``day``."""
    for invoice in _get_open(story, day):
        paid_on = invoice.invoice_date + datetime.timedelta(days=DAYS_TO_PAY)
        with story.clock(paid_on):
            _pay(story, invoice, paid_on)


def _get_open(story, day):
    invoices = story.env["account.move"].search(
        [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("invoice_date", "<", day - datetime.timedelta(days=DAYS_TO_PAY)),
        ],
        order="invoice_date, id",
    )
    late = invoices.filtered(
        lambda invoice: invoice.commercial_partner_id == story.partners[LATE]
    )[1:]
    return (invoices - late).filtered(lambda invoice: invoice.amount_residual)


def _pay(story, invoice, paid_on):
    story.act("account.payment.register", "accountant").with_context(
        active_model="account.move", active_ids=invoice.ids
    ).create({"payment_date": paid_on})._create_payments()
