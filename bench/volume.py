"""What is done to many complaints at once costs: batch, import, spreadsheets, papers.

A batch of 5,000 complaints beside as many records of a bare model that has messages; a
register of 1,000 read from a spreadsheet; 100,000 complaints, their register and the
catalogue of as many archive cards as XLSX; the archive card as PDF. Milliseconds of
wall time and of the processor, Python and PostgreSQL apart, queries, and MiB of memory
at the peak above what Odoo had before.

Run by ``./dev bench``; scripts/test.sh says what the environment holds. Prints a table
and writes bench/results/volume.json; bench/baseline holds a run to compare with.
"""

import os

from support.crowd import Crowd
from support.database import drop_database, make_database, run_shell
from support.results import get_processor_ms, print_runs, write_result

SIZE = int(os.environ.get("CC_SIZES", "100000").split(",")[-1])
# Each in a process of its own: the memory of one is nothing to the next.
BARE, BATCH = "batch of a bare model", "batch of complaints"
OPERATIONS = {
    "one complaint": "open_one",
    BARE: "create_bare",
    BATCH: "open_batch",
    "import of a register": "read_register",
    "XLSX of the list": "export_list",
    "XLSX of the catalogue": "export_catalogue",
    "XLSX of the register": "export_register",
    "PDF of a card": "print_card",
}
MEASURE = """
import json
from support.clock import measure_once
from support.loads import Load

print("RESULT=" + json.dumps(measure_once(env, getattr(Load(env), METHOD))))
env.cr.rollback()
"""


def main():
    try:
        make_database()
        Crowd().grow(SIZE)
        operations = {
            name: run_shell(MEASURE, METHOD=method)
            for name, method in OPERATIONS.items()
        }
    finally:
        drop_database()
    run = {"complaints": SIZE, "operations": operations}
    bare, batch = (get_processor_ms(operations[name]) for name in (BARE, BATCH))
    run["rate_beside_a_bare_model"] = round(bare / batch, 2)
    print_runs("volume", [run], "complaints")
    print("rate beside a bare model", run["rate_beside_a_bare_model"])
    write_result("volume", {"runs": [run]})


if __name__ == "__main__":
    main()
