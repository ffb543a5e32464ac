"""Chapter: what end customers paid. The architects are late once: an open invoice is
exposure, too (R13)."""

import datetime

DAYS_TO_PAY = 12
LATE = "architects"


def tell(story):
    invoices = story.env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")],
        order="invoice_date, id",
    )
    late = invoices.filtered(
        lambda invoice: invoice.commercial_partner_id == story.partners[LATE]
    )[1:]
    for invoice in invoices - late:
        paid_on = invoice.invoice_date + datetime.timedelta(days=DAYS_TO_PAY)
        if paid_on < story.today:
            with story.clock(paid_on):
                _pay(story, invoice, paid_on)


def _pay(story, invoice, paid_on):
    story.act("account.payment.register", "accountant").with_context(
        active_model="account.move", active_ids=invoice.ids
    ).create({"payment_date": paid_on})._create_payments()
