"""Jobs that do one record after the other, whatever happens to them."""

import logging

from psycopg2 import OperationalError

_logger = logging.getLogger(__name__)
# As often as somebody else may be quicker with the same record, one after the other.
MAX_TRIES = 5


def work_off(records, work, prepare=None, on_failure=None):
    """Do something with each record, in a transaction of its own.

    Killed at any point, what was done stays and the next run goes on with the rest.
    What fails is logged and does not stop the others. Whoever loses against another
    transaction tries again with fresh eyes: ``work`` locks the record and looks at it
    before it does anything.

    :param records: what is left to do, in this order
    :param work: takes a single record, and what was prepared
    :param prepare: takes a single record; slow, in a transaction before
    :param on_failure: takes a single record and notes that it failed
    :return: whether all of them were tried; False when the time is up
    :rtype: bool
    """
    if not records:
        return True
    cron = records.env["ir.cron"]
    ids, model = records.ids, records.browse()
    has_time = cron._commit_progress(remaining=len(ids))
    for number, record_id in enumerate(ids, start=1):
        if not has_time:
            return False
        record = model.browse(record_id)
        is_done, _result = attempt(record, work, prepare)
        if not is_done and on_failure:
            attempt(record, on_failure)
        has_time = cron._commit_progress(1, remaining=len(ids) - number)
        records.env.invalidate_all()  # many records are not kept in memory
    return True


def attempt(record, work, prepare=None):
    """Do something with a record; what fails is logged and undone.

    :param record: a single record
    :param work: as of :func:`work_off`
    :param prepare: as of :func:`work_off`
    :return: whether it did not fail, and what ``work`` returned
    :rtype: tuple[bool, object]
    """
    env = record.env
    for _attempt in range(MAX_TRIES):
        try:
            args = ()
            if prepare:
                with env.cr.savepoint():
                    args = (prepare(record),)
                env["ir.cron"]._commit_progress()
            with env.cr.savepoint():
                return True, work(record, *args)
        except OperationalError:
            # Somebody else wrote the same in the same instant.
            env.cr.rollback()
            env.invalidate_all(flush=False)
        except Exception:
            _logger.exception("%s was not done", record)
            env.invalidate_all(flush=False)
            break
    return False, None
