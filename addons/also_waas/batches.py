"""Many records worked through in small transactions, for scheduled actions."""

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# How often a batch that met another transaction is tried again.
TRIES = 5


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


def _work_on(batch, work):
    cr = batch.env.cr
    for attempt in range(1, TRIES + 1):
        try:
            if free := batch.try_lock_for_update(allow_referencing=True):
                work(free)
            cr.flush()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Another transaction was in the way. Nothing is lost: take it again.
            cr.rollback()
            if attempt == TRIES:
                raise
        else:
            return
