"""Many records worked through in small transactions, by scheduled actions and runs."""

import logging

from psycopg2 import InterfaceError, OperationalError

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# How often a batch that met another transaction is tried again.
TRIES = 5
# What no record is to blame for: another transaction, or a connection that is gone.
OF_THE_DATABASE = (OperationalError, InterfaceError)


def work_in_batches(records, size, work):
    """Call ``work`` with batches of the records that nobody else holds, and commit
    after each: what was done stays, whatever happens next.

    :param records: all there is to do
    :param int size: of a batch
    :param work: takes the records of a batch, locked; they may have changed meanwhile
    :return: False when the scheduler's time was over before all was done
    """
    cron = records.env["ir.cron"]
    cron._commit_progress(remaining=len(records))
    for start in range(0, len(records), size):
        batch = records[start : start + size]
        _work_on(batch, work)
        if not cron._commit_progress(len(batch)):
            return False
        records.env.invalidate_all()  # or the memory grows with the number
    return True


def begin_transaction(cr):
    """Begin a transaction that sees what others commit meanwhile.

    Odoo's isolation level (repeatable read) would let it fail on rows that another one
    changed after it began. What the caller did not commit is rolled back.
    """
    cr.rollback()
    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")


def _work_on(batch, work):
    def step():
        if free := batch.try_lock_for_update(allow_referencing=True):
            work(free)

    take_again(batch.env.cr, step)


def take_again(cr, step, errors=PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
    """Do the step of a transaction, again when another transaction was in the way.

    :param step: takes nothing; whatever it did is undone before it is called again
    :param errors: what says that another transaction was in the way
    :return: what the step returned
    :raises OperationalError: the last one, after :data:`TRIES` times; at once where the
        connection is gone: whoever called it begins anew with another one
    """
    for attempt in range(1, TRIES + 1):
        try:
            result = step()
            cr.flush()
        except errors:
            if cr.connection.closed:
                raise
            cr.rollback()
            if attempt == TRIES:
                raise
        else:
            return result
    return None


def work_isolating(records, work, fail, errors=Exception):
    """Call ``work`` with the records together; where one keeps the others from it, find
    it by halving.

    :param work: takes records; what it did with them is undone when it fails
    :param fail: takes the one record that fails, and its error
    :param errors: that are the record's fault. One of the database is nobody's: it
        passes, for the whole transaction is to be taken again.
    """
    if not records:
        return
    try:
        with records.env.cr.savepoint():
            work(records)
    except OF_THE_DATABASE:
        raise
    except errors as error:
        if len(records) == 1:
            fail(records, error)
            return
        half = len(records) // 2
        work_isolating(records[:half], work, fail, errors)
        work_isolating(records[half:], work, fail, errors)


def log_failure(record, error):
    """Argument ``fail`` of :func:`work_isolating` where the next run tries again."""
    _logger.warning("%s: %s", record, error)
