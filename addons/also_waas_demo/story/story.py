import base64
import datetime
from contextlib import contextmanager

from freezegun import freeze_time

from odoo import fields
from odoo.tools import file_open

OPENING_HOUR = 9  # UTC; an hour of a working day in the Netherlands


class Story:
    """What the chapters share: the records so far, and the day on which the story
    continues.

    A deal takes weeks: what a user did on a day in the past is done here with that day
    on the clock, so that every date (quotation, signature, delivery, invoice, chatter,
    the number of a document) is what it would have been.
    """

    def __init__(self, env):
        self.env = env(
            context={**env.context, "lang": "en_US", "tz": "Europe/Amsterdam"}
        )
        self.company = self.env.ref("base.main_company")
        self.today = fields.Date.context_today(self.company)
        self.users = {}
        self.partners = {}
        self.products = {}
        self.manufacturers = {}
        self.habits = []  # what is done every day: functions of the story and a day
        self.price_lists = {}
        self.terms = {
            months: self.env.ref(f"also_waas.waas_term_{months}")
            for months in (12, 24, 36)
        }

    def act(self, model, user):
        """A model with the rights of one of the story's users.

        :param str user: key in ``users``
        """
        return self.env[model].with_user(self.users[user])

    def sign(self, whose):
        """A signature as an image.

        :param str whose: ``customer`` or ``also``
        """
        path = f"also_waas_demo/static/img/signature_{whose}.png"
        with file_open(path, "rb") as file:
            return self.encode(file)

    def day(self, days_ago):
        """The date so many days ago; negative for one to come."""
        return self.today - datetime.timedelta(days=days_ago)

    def now(self):
        """The date that the story has come to."""
        return fields.Date.context_today(self.company)

    @contextmanager
    def on(self, days_ago):
        """Continue the story on a day in the past; what was due until then is invoiced
        first."""
        day = self.day(days_ago)
        self._invoice_until(day)
        for habit in self.habits:
            habit(self, day)
        with self.clock(day):
            self._do_what_is_due()
            yield
            self._send_to_marketplace()

    def _do_what_is_due(self):
        """What the scheduler does every morning, besides invoices."""
        self.env["contract.contract"]._cron_waas_end()
        self.env["contract.contract"]._cron_waas_announce_end()
        self.env["waas.change"]._cron_end_early()
        self.env["waas.license"]._cron_apply()

    def _send_to_marketplace(self):
        """Send the whole outbox of licenses: a worker would commit, the story does
        not."""
        waiting = self.env["waas.marketplace.message"].search(
            [("state", "=", "pending")], order="id"
        )
        for message in waiting:
            message._send()

    def _invoice_until(self, day):
        """Invoice as the accountants did every morning until ``day``."""
        while due := self._get_next_due_date(day):
            with self.clock(due):
                self._run_invoicing(due)

    def _run_invoicing(self, day):
        """The complete run of one day: a worker would commit, the story does not."""
        runs = self.act("waas.invoice.run", "accountant")
        run = runs.create({"date": day, "invoice_date": day})
        run.action_start()
        run_sudo = run.sudo()  # as the worker does
        run_sudo._bill(run_sudo._lock_batch(limit=1000))
        run_sudo._finish()

    def _get_next_due_date(self, day):
        return (
            self.env["waas.installment"]
            .search(
                [("state", "=", "planned"), ("date_start", "<=", day)],
                order="date_start, id",
                limit=1,
            )
            .date_start
        )

    @contextmanager
    def clock(self, day):
        """Set every clock to a day: Python's and the transaction's."""
        self.env.invalidate_all()  # the cache may depend on the day
        if day == self.today:
            yield
            return
        moment = datetime.datetime.combine(day, datetime.time(OPENING_HOUR))
        cursor = self.env.cr
        real = cursor._now
        with freeze_time(moment):
            cursor._now = moment
            try:
                yield
                cursor.flush()  # what happens at the end of a day, as tracking does
            finally:
                cursor._now = real

    def deliver_mails(self):
        """Deliver queued mails to the demo mailbox: the first start of the server sends
        none."""
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()

    @staticmethod
    def encode(file):
        return base64.b64encode(file.read())
