# Columns that only running complaints get values in, by post-clocks.py: made here, the
# update does not work them out for every complaint there ever was.
COLUMNS = {
    "policy_id": "integer",
    "date_deadline": "timestamp",
    "deadline_milestone_id": "integer",
    "clock_events": "varchar",
}


def migrate(cr, version):
    """Make the columns of the clocks, empty."""
    for name, kind in COLUMNS.items():
        cr.execute(
            f"ALTER TABLE customer_complaint ADD COLUMN IF NOT EXISTS {name} {kind}"
        )
