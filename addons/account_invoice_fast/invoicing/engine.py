"""Invoices from values to posted, each by the fastest way that it allows.

Ids follow the order of the caller's values; numbers follow the order that Odoo itself
uses: date, reference, id. So every invoice is written first (or, for the bulk way,
built and given its id), and only then numbered: invoices of different ways mix in one
call without a gap or a change of order.
"""

import logging
from collections import Counter

from psycopg2.errors import UniqueViolation

from odoo.tools import groupby

from .builder import Builder
from .invoice import Invoice, Way
from .numbering import Numbering, SequenceFormats
from .regular import Guard
from .writer import Writer

_logger = logging.getLogger(__name__)

# Only hooks that were reviewed run in _post(): drafts are complete and stay so.
COMPLETE_DRAFTS = {"skip_invoice_sync": True}
SILENT = {"tracking_disable": True, "skip_is_manually_modified": True}


class InvoiceEngine:
    def __init__(self, moves, way=Way.BULK):
        self.moves = moves.browse()
        self.env = moves.env
        self.silent_env = self.env(context={**self.env.context, **SILENT})
        self.way = way
        self.guard = Guard(self.silent_env)
        self.writer = Writer(self.silent_env, self.guard)
        self.builders = {}

    # === WHOLE CALL ===#

    def run(self, vals_list):
        """:return: posted ``account.move``, in the order of ``vals_list``"""
        invoices = self.prepare(vals_list)
        self._write_drafts(invoices)
        self._post(invoices)
        return self.moves.browse(invoice.id for invoice in invoices)

    def prepare(self, vals_list):
        """Build the invoices, and choose the way of each. Nothing is written."""
        invoices = [Invoice(vals, self.way) for vals in vals_list]
        if self.way == Way.ORDINARY:
            return invoices
        for invoice in invoices:
            self.guard.judge(invoice)
        fast = [invoice for invoice in invoices if invoice.way > Way.ORDINARY]
        companies = self.env["res.company"]
        for company_id, group in groupby(fast, self._get_company_id):
            company = companies.browse(company_id)
            builder = Builder(self.silent_env, company, self.guard)
            self.builders[company_id] = builder
            builder.build(group)
        for invoice in invoices:
            if invoice.reason:
                _logger.debug(
                    "An invoice goes %s: %s", invoice.way.name, invoice.reason
                )
        return invoices

    def _get_company_id(self, invoice):
        return invoice.vals.get("company_id") or self.env.company.id

    def _get_builder(self, invoice):
        return self.builders[self._get_company_id(invoice)]

    @staticmethod
    def _cut(invoices, key):
        """Divide a list into runs of consecutive items with the same key."""
        runs = []
        for invoice in invoices:
            if not runs or key(runs[-1][-1]) != key(invoice):
                runs.append([])
            runs[-1].append(invoice)
        return runs

    # === DRAFTS ===#

    def _write_drafts(self, invoices):
        """Write the invoices that ``_post()`` posts; the others only get their ids."""
        for group in self._cut(invoices, lambda invoice: invoice.way):
            if group[0].way == Way.ORDINARY:
                drafts = self.moves.create([dict(invoice.vals) for invoice in group])
                for invoice, draft in zip(group, drafts, strict=True):
                    invoice.id = draft.id
                continue
            self.writer.reserve_ids(group)
            if group[0].way == Way.SAFE:
                self.writer.insert(group)

    # === NUMBERS ===#

    def _post(self, invoices):
        """Number and post in Odoo's order, in as few steps as it allows."""
        self._read_ahead(invoices)
        numbering = Numbering(self.silent_env)
        numbering.lock_journals(
            [invoice for invoice in invoices if invoice.way == Way.BULK]
        )
        self._post_in_order(self._sort_by_number(invoices), numbering)

    def _post_in_order(self, invoices, numbering):
        drafts, numbered = [], []
        for invoice in invoices:
            if invoice.way == Way.BULK:
                self._post_drafts(drafts)
                if number := numbering.take(invoice):
                    self._get_builder(invoice).number(invoice, *number)
                    numbered.append(invoice)
                    continue
                # The first of its sequence: Odoo takes the number, and locks it.
                self.writer.insert([invoice])
            self._insert_posted(numbered, numbering)
            drafts.append(invoice)
        self._post_drafts(drafts)
        self._insert_posted(numbered, numbering)

    def _read_ahead(self, invoices):
        """Read at once what the rank of a new customer reads one by one."""
        partners = self.env["res.partner"].browse(
            {
                invoice.vals["partner_id"]
                for invoice in invoices
                if invoice.way > Way.ORDINARY
            }
        )
        # As superuser: so does Odoo count ranks.
        customers = (partners | partners.commercial_partner_id).sudo()
        customers.fetch(["customer_rank", "user_ids"])

    def _sort_by_number(self, invoices):
        """As ``account.move._compute_name`` sorts what it numbers."""

        def get_order(invoice):
            move = self.moves.browse(invoice.id)
            source = invoice.header if invoice.way > Way.ORDINARY else move
            return (source["date"], source["ref"] or "", invoice.id)

        return sorted(invoices, key=get_order)

    def _post_drafts(self, invoices):
        """Odoo's own posting, with every hook."""
        if not invoices:
            return
        formats = SequenceFormats()
        for group in self._cut(invoices, self._get_post_context):
            context = self._get_post_context(group[0])
            if context:
                context = {**context, "sequence_formats": formats}
            moves = self.moves.browse(invoice.id for invoice in group)
            moves.with_context(**context)._post(soft=False)
        self.silent_env.flush_all()
        invoices.clear()

    def _get_post_context(self, invoice):
        """A hook that was not reviewed may change a draft: it needs the sync stack."""
        if invoice.way == Way.ORDINARY:
            return {}
        return SILENT if self.guard.post_reason else SILENT | COMPLETE_DRAFTS

    def _insert_posted(self, invoices, numbering):
        """The last step of the bulk way: insert the rows, and do what ``_post()`` does
        besides numbering."""
        if not invoices:
            return
        try:
            moves = self.writer.insert(invoices, may_collide=numbering.is_guessed)
        except UniqueViolation:
            if not numbering.is_guessed:
                raise
            numbering.forget_guesses()
            again = list(invoices)
            invoices.clear()
            for invoice in again:
                self._get_builder(invoice).unnumber(invoice)
            self._post_in_order(again, numbering)
            return
        numbering.confirm_guesses()
        moves.line_ids.filtered("analytic_distribution")._create_analytic_lines()
        counts = Counter(move.partner_id for move in moves)
        for partner, count in counts.items():
            customers = partner | partner.commercial_partner_id
            customers._increase_rank("customer_rank", count)
        self.writer.compute()
        invoices.clear()
