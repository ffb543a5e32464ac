"""Many posted customer invoices at once."""

from odoo import api, models
from odoo.tools.misc import clean_context

from ..invoicing import READ, InvoiceEngine, SequenceFormats, Way


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.private
    def _create_posted(self, vals_list, way="auto"):
        """Create customer invoices and post them; the ledger is as after ``create()``
        and ``_post()``: every column, number, tax tag and analytic line.

        Each invoice takes the fastest way that it allows and ``way`` permits:

        * ``"ordinary"``: ``create()`` and ``_post()``; for every invoice that is not
          regular;
        * ``"safe"``: complete drafts are written at once, without the sync stack of
          ``create()``; then Odoo's own ``_post()`` runs, with all of its hooks;
        * ``"bulk"``: complete rows, already numbered and posted. Only where all modules
          that extend what it leaves out were reviewed for it.

        The difference of the two fast ways: no note, follower or tracking value is
        added to the chatter, as with ``tracking_disable`` in the context. The journals
        of invoices that are posted in bulk stay locked until the end of the
        transaction: commit soon. Nothing is committed here, and every error reaches the
        caller, whose savepoint then rolls back all invoices of the call.

        :param list vals_list: as for ``create()``
        :param str way: the fastest way that may be taken; ``"auto"`` is ``"bulk"``
        :return: the posted ``account.move``, in the order of ``vals_list``; their
            numbers follow Odoo's own order: date, reference, order of ``vals_list``
        """
        # Defaults in a caller's context are input: they apply to no invoice.
        moves = self.with_env(self.env(context=clean_context(self.env.context)))
        return InvoiceEngine(moves, self._get_posting_way(way)).run(vals_list)

    @api.private
    def _explain_ways(self, vals_list, way="auto"):
        """The way that each invoice would take, and why not a faster one. Writes
        nothing.

        :return: list of (way, reason), in the order of ``vals_list``; the reason is
            empty where nothing slows the invoice down
        """
        invoices = InvoiceEngine(self, self._get_posting_way(way)).prepare(vals_list)
        return [(invoice.way.name.lower(), invoice.reason) for invoice in invoices]

    @api.model
    def _get_posting_way(self, name):
        return Way.BULK if name == "auto" else Way[name.upper()]

    @api.model
    def _get_read_extensions(self):
        """Hook: the modules that may extend what the fast ways leave out, because a
        review showed that they change nothing on a regular invoice.

        :return: dict of sets of modules, by model and method
        """
        return {method: set(modules) for method, modules in READ.items()}

    def _get_next_sequence_format(self):
        """Look up the format of the next number once in a call."""
        formats = self.env.context.get("sequence_formats")
        # Recognised by its class: external callers cannot put one into the context.
        if not isinstance(formats, SequenceFormats) or not self.is_sale_document():
            return super()._get_next_sequence_format()
        return formats.get(self, super()._get_next_sequence_format)
