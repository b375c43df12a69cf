"""What an operation costs: wall and processor time, queries and memory."""

import resource
import time
from functools import partial
from inspect import isgeneratorfunction
from pathlib import Path
from statistics import median

RUNS = 7
STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


def get_postgres_ms(env):
    """Return the processor time of this connection's PostgreSQL process.

    :rtype: float
    """
    env.cr.execute("SELECT pg_backend_pid()")
    [(backend,)] = env.cr.fetchall()
    return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e6


def get_python_ms():
    """Return the processor time of Odoo, and of the programs it waited for.

    :rtype: float
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (time.process_time() + children.ru_utime + children.ru_stime) * 1000


def get_memory(name="VmRSS"):
    """Return the MiB of memory that Odoo has, or had at its peak.

    :param str name: VmRSS for now, VmHWM for the peak since it was last forgotten
    :rtype: float
    """
    [line] = [line for line in STATUS.read_text().splitlines() if name in line]
    return int(line.split()[1]) / 1024


def forget_peak():
    CLEAR.write_text("5")


def start_cold(env):
    """Write what is pending, and forget all records as between two requests."""
    env.flush_all()
    env.cr.flush()
    env.invalidate_all()


def measure(env, operation, runs=RUNS):
    """Return what an operation costs: the median of some runs, each undone.

    The first run fills the caches of the configuration and does not count.

    :param operation: called without arguments; of a generator only what comes after its
        ``yield`` is measured, before it stands what prepares
    :rtype: dict[str, float]
    """
    results = [_run(env, operation) for _number in range(runs + 1)][1:]
    return {name: median(result[name] for result in results) for name in results[0]}


def measure_once(env, operation):
    """Return what an operation costs that takes too long to be repeated.

    :rtype: dict[str, float]
    """
    return _run(env, operation)


def _run(env, operation):
    savepoint = env.cr.savepoint(flush=False)
    if isgeneratorfunction(operation):
        prepared = operation()
        next(prepared)
        operation = partial(next, prepared, None)
    try:
        start_cold(env)
        return get_costs(env, operation)
    finally:
        savepoint.close(rollback=True)
        env.invalidate_all()


def get_costs(env, operation):
    """Return what an operation costs, which may commit.

    :rtype: dict[str, float]
    """
    forget_peak()
    memory, postgres = get_memory(), get_postgres_ms(env)
    queries = env.cr.sql_log_count
    python, wall = get_python_ms(), time.perf_counter()
    operation()
    env.flush_all()
    env.cr.flush()
    return {
        "wall_ms": (time.perf_counter() - wall) * 1000,
        "python_ms": get_python_ms() - python,
        "queries": env.cr.sql_log_count - queries,
        "postgres_ms": get_postgres_ms(env) - postgres,
        "memory_mib": get_memory("VmHWM") - memory,
    }
