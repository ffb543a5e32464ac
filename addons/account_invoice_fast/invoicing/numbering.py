"""Numbers for invoices that are inserted already posted.

Odoo numbers a move in two steps: it looks up the format of the next number, and takes
that number by updating a row under the unique index (``sequence.mixin``). The first
number of a transaction waits for other transactions; from then on this transaction owns
the sequence, and Odoo counts on in a cache of the transaction.

This file does what Odoo does for the second invoice: it counts on in that same cache,
and Odoo's later postings in this transaction continue from there. For the first invoice
it assumes that the number after the last one is free; the same unique index confirms or
refuses that when the row is inserted. If it is refused, and in a sequence without any
number yet, Odoo posts the first invoice.
"""

import re

from odoo.tools import SQL


class SequenceFormats:
    """The format of the next number, looked up once for each journal, type and date.

    It lives as long as one call, in a context:
    ``account.move._get_next_sequence_format`` reads it, so that posting a hundred
    drafts looks it up once instead of a hundred times.
    """

    def __init__(self):
        self._formats = {}

    def get(self, move, look_up):
        """:param look_up: Odoo's own method to find it, without arguments"""
        key = (move.journal_id.id, move.move_type, move.date, move.company_id.id)
        if key not in self._formats:
            self._formats[key] = look_up()
        template, values = self._formats[key]
        # The caller removes the number from the values.
        return template, dict(values)


class Numbering:
    """Counts on in sequences that this transaction owns, or is about to own."""

    def __init__(self, env):
        self.env = env
        self.moves = env["account.move"]
        self._formats = {}
        self._guessed = set()
        self._may_guess = True

    def lock_journals(self, invoices):
        """Let other transactions that post in bulk wait here, before their first
        number.

        Odoo finds a number that another transaction has taken by trying, with one
        savepoint for each. A transaction that waits for the journal reads a fresh last
        number instead.
        """
        journal_ids = sorted({invoice.header["journal_id"] for invoice in invoices})
        if journal_ids:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM account_journal WHERE id IN %s "
                    "ORDER BY id FOR NO KEY UPDATE",
                    tuple(journal_ids),
                )
            )

    def take(self, invoice):
        """Take the next number for an invoice.

        :return: name, prefix and number; ``None`` if Odoo has to post this one, because
            this transaction does not own the sequence yet and no number can be assumed
        """
        header = invoice.header
        key = (header["journal_id"], header["move_type"], header["date"])
        if key not in self._formats:
            self._formats[key] = self._look_up(header)
        template, values, last_number, cache_key, pattern = self._formats[key]
        numbers = self.moves._get_sequence_cache()
        if cache_key not in numbers:
            if not last_number or not self._may_guess:
                # The format belongs to a sequence without its first number.
                del self._formats[key]
                return None
            numbers[cache_key] = last_number
            self._guessed.add(cache_key)
        numbers[cache_key] += 1
        name = template.format(**values, seq=numbers[cache_key])
        match = re.match(pattern, name)
        return name, name[: match.start(1)], int(match.group(1) or 0)

    @property
    def is_guessed(self):
        """Whether another transaction may have taken one of the numbers meanwhile."""
        return bool(self._guessed)

    def confirm_guesses(self):
        """The rows are in the database: from now on this transaction owns the
        sequences."""
        self._guessed.clear()

    def forget_guesses(self):
        """Another transaction was faster: from now on Odoo takes the first number."""
        numbers = self.moves._get_sequence_cache()
        for cache_key in self._guessed:
            numbers.pop(cache_key, None)
        self._guessed.clear()
        self._formats.clear()
        self._may_guess = False

    def _look_up(self, header):
        probe = self.moves.new(
            {
                "move_type": header["move_type"],
                "company_id": header["company_id"],
                "journal_id": header["journal_id"],
                "partner_id": header["partner_id"],
                "date": header["date"],
                "invoice_date": header["date"],
            }
        )
        template, values = probe._get_next_sequence_format()
        last_number = values.pop("seq")
        journal = self.env["account.journal"].browse(header["journal_id"])
        cache_key = (template.format(**values, seq=0), journal)
        # As account.move._compute_split_sequence: only the number is a group.
        pattern = probe._make_regex_non_capturing(
            probe._sequence_fixed_regex.replace(r"?P<seq>", "")
        )
        return template, values, last_number, cache_key, pattern
