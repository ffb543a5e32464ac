"""Numbers for invoices that are inserted already posted.

Odoo numbers a move in two steps: it looks up how the next number is written, and takes
that number by updating a row under the unique index (``sequence.mixin``). The first
number of a transaction is the one that waits for other transactions; from then on this
transaction owns the sequence, and Odoo counts on in a cache of the transaction.

This file does what Odoo does for the second invoice: count on in that same cache. What
Odoo posts afterwards in this transaction counts on from here. For the first invoice it
guesses that the number after the last one is free, which the same unique index
proves right or wrong when the row is inserted. Where it was wrong, and in a sequence
without any number yet, Odoo posts the first invoice.
"""

import re

from odoo.tools import SQL


class SequenceFormats:
    """How the next number is written, looked up once for each journal, type and date.

    Lives as long as one call, in a context: ``account.move._get_next_sequence_format``
    asks it, so that posting a hundred drafts looks it up once and not a hundred times.
    """

    def __init__(self):
        self._formats = {}

    def get(self, move, look_up):
        """:param look_up: Odoo's own way to find it, without arguments"""
        key = (move.journal_id.id, move.move_type, move.date, move.company_id.id)
        if key not in self._formats:
            self._formats[key] = look_up()
        template, values = self._formats[key]
        # Whoever takes a number takes it out of the values.
        return template, dict(values)


class Numbering:
    """Counts on in sequences that this transaction owns, or will own in a moment."""

    def __init__(self, env):
        self.env = env
        self.moves = env["account.move"]
        self._formats = {}
        self._guessed = set()
        self._may_guess = True

    def lock_journals(self, invoices):
        """Let other transactions that post in bulk wait here, not at the first number.

        Odoo finds a number that somebody else has taken by trying: one savepoint for
        each. Whoever waits for the journal instead reads a fresh last number.
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
            this transaction does not own the sequence yet and there is nothing to guess
        """
        header = invoice.header
        key = (header["journal_id"], header["move_type"], header["date"])
        if key not in self._formats:
            self._formats[key] = self._look_up(header)
        template, values, last_number, cache_key, pattern = self._formats[key]
        numbers = self.moves._get_sequence_cache()
        if cache_key not in numbers:
            if not last_number or not self._may_guess:
                # What was looked up belongs to a sequence without its first number.
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
        """Whether somebody else may have taken one of the numbers meanwhile."""
        return bool(self._guessed)

    def confirm_guesses(self):
        """The rows are in the database: now this transaction owns the sequences."""
        self._guessed.clear()

    def forget_guesses(self):
        """Somebody else was faster: from here on Odoo takes the first number."""
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
