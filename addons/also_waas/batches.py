"""Processing many records in small transactions, for scheduled actions and runs."""

import logging
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

# Attempts for a batch that conflicts with another transaction.
TRIES = 5
# Errors without a record to blame: another transaction, or a lost connection.
OF_THE_DATABASE = (OperationalError, InterfaceError)


def work_in_batches(records, size, work, fail=None):
    """Call ``work`` with batches of records that no other transaction has locked, and
    commit after each: completed batches stay, also after later errors.

    :param records: all records to process
    :param int size: of a batch
    :param work: gets the records of a batch, locked; they may have changed meanwhile
    :param fail: gets a record that fails, and its error, so that the others go on (see
        :func:`work_isolating`); without it, an error ends the work
    :return: False when the time of the scheduler was over before all were processed
    """
    cron = records.env["ir.cron"]
    cron._commit_progress(remaining=len(records))
    for start in range(0, len(records), size):
        batch = records[start : start + size]
        _work_on(batch, work, fail)
        if not cron._commit_progress(len(batch)):
            return False
        records.env.invalidate_all()  # otherwise memory use grows with the number
    return True


def begin_transaction(cr):
    """Begin a transaction that sees what others commit meanwhile.

    At Odoo's isolation level (repeatable read) it would fail on rows that another one
    changed after it began. Uncommitted changes of the caller are rolled back.
    """
    cr.rollback()
    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")


@contextmanager
def own_transaction(env):
    """An environment in a transaction of its own, which sees what others commit. It is
    committed at the end, whatever becomes of the caller's; an error rolls it back."""
    with env.registry.cursor() as cr:
        begin_transaction(cr)
        yield env(cr=cr)


def _work_on(batch, work, fail):
    def step():
        if not (free := batch.try_lock_for_update(allow_referencing=True)):
            return
        if fail:
            work_isolating(free, work, fail)
        else:
            work(free)

    take_again(batch.env.cr, step)


def in_pieces(records, size):
    """Records piece by piece; where there are more than one, what was read of each is
    let go: a whole fleet is more than the cache should hold.

    :param int size: of a piece
    :return: iterator of records
    """
    for ids in split_every(size, records.ids):
        yield records.browse(ids)
        if len(records) > size:
            records.env.invalidate_all()


def take_again(cr, step, errors=PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
    """Run a step of a transaction, and retry it after a conflict with another
    transaction.

    :param step: has no parameters; its changes are rolled back before it is retried
    :param errors: those that indicate a conflict with another transaction
    :return: what the step returned
    :raises OperationalError: the last one, after :data:`TRIES` attempts; immediately
        when the connection is lost: the caller begins again with another one
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
    """Call ``work`` with all records together; when it fails, find the record that
    fails by halving.

    :param work: gets records; its changes are rolled back when it fails
    :param fail: gets the record that fails, and its error
    :param errors: those that a record can cause. Errors of the database are raised, as
        the whole transaction has to be retried.
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
