"""What a case bundle costs: the same memory for 10 MB of files as for 500 MB.

Run by ``./dev bench``. Prints a table and writes bench/results/bundle.json.
"""

from support.database import drop_database, make_database, run_shell
from support.results import write_result

MIB_PER_FILE = 20
SIZES = (10, 100, 500)

PREPARE = """
complaint = env["customer.complaint"].create({
    "subject": f"bundle of {SIZE}",
    "category_id": env.ref("customer_complaint.category_service_attitude").id,
    "channel_id": env.ref("customer_complaint.channel_counter").id,
    "description": "等待超过一小时。",
})
paper_type = env.ref("customer_complaint.document_type_photo")
left = SIZE
while left > 0:
    part = min(left, MIB_PER_FILE)
    file = env["ir.attachment"].create({
        "name": "录像.mp4",
        "mimetype": "video/mp4",
        # Of its own, so that no two share their bytes.
        "raw": str(left).encode() + b"x" * (part * 1024 * 1024),
        "res_model": "customer.complaint.archive.document",
        "res_id": 0,
    })
    env["customer.complaint.archive.document"].create({
        "complaint_id": complaint.id,
        "type_id": paper_type.id,
        "attachment_ids": file.ids,
    })
    left -= part
    env.cr.commit()
"""
MEASURE = """
import json, resource, time

def get_peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

complaint = env["customer.complaint"].search([("subject", "=", f"bundle of {SIZE}")])
# Whatever is loaded on first use does not count.
small = complaint._make_bundle("法院", "调卷")
before, queries, start = get_peak(), env.cr.sql_log_count, time.perf_counter()
bundle = complaint._make_bundle("法院", "调卷")
made = time.perf_counter() - start
queries = env.cr.sql_log_count - queries
start, size = time.perf_counter(), 0
for data in complaint._stream_bundle(bundle):
    size += len(data)
seconds = time.perf_counter() - start
print("RESULT=" + json.dumps({
    "files_mib": SIZE,
    "zip_mib": round(size / 1024 / 1024),
    "queries": queries,
    "seconds_before_the_first_byte": round(made, 2),
    "seconds_streaming": round(seconds, 2),
    "mib_per_second": round(size / 1024 / 1024 / seconds),
    "memory_added_mib": round(get_peak() - before, 1),
}))
env.cr.rollback()
"""


def main():
    runs = []
    try:
        make_database()
        for size in SIZES:
            run_shell(PREPARE, SIZE=size, MIB_PER_FILE=MIB_PER_FILE)
            runs.append(run_shell(MEASURE, SIZE=size))
            print(runs[-1], flush=True)
    finally:
        drop_database()
    write_result("bundle", runs)


if __name__ == "__main__":
    main()
