"""What people do all day costs among 1,000, 10,000 and 100,000 complaints.

An agent of one team and one of all teams open, save, list, search, print, ask for
approval and take a complaint step by step through its life until it is sealed, by
record rules and with cold record caches. Milliseconds of wall time and of the
processor, Python and PostgreSQL apart, queries and MiB of memory, each the median of
some runs.

Run by ``./dev bench``; scripts/test.sh says what the environment holds. Prints tables
and writes bench/results/scale.json with the exponents of growth between the two largest
sizes, beside those of the run in bench/baseline. ``CC_SIZES=1000000`` goes further.
"""

import os

from support.crowd import Crowd
from support.database import drop_database, make_database, run_shell
from support.results import get_growth, print_runs, write_result

SIZES = tuple(
    int(size) for size in os.environ.get("CC_SIZES", "1000,10000,100000").split(",")
)
MEASURE = """
import json
from support.clock import measure
from support.deeds import Desk

def get_user(login):
    return env["res.users"].search([("login", "=", login)])

print("RESULT=" + json.dumps({
    f"{name} {operation}": measure(env, function)
    for name in ("lone", "busy")
    for operation, function in Desk(
        env, get_user(f"bench_{name}"), get_user("bench_manager")
    ).get_operations().items()
}))
env.cr.rollback()
"""


def main():
    runs = []
    try:
        make_database()
        crowd = Crowd()
        for size in SIZES:
            crowd.grow(size)
            runs.append({"complaints": size, "operations": run_shell(MEASURE)})
    finally:
        drop_database()
    print_runs("scale", runs, "complaints")
    write_result(
        "scale", {"runs": runs, "growth_exponent": get_growth(runs, "complaints")}
    )


if __name__ == "__main__":
    main()
