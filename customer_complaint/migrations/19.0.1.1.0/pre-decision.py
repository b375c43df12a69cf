def migrate(cr, version):
    """Add the texts of the decision empty: no template fills in an old decision."""
    for name in ("decision_grounds", "decision_measures", "decision_ways_open"):
        cr.execute(
            f"ALTER TABLE customer_complaint ADD COLUMN IF NOT EXISTS {name} text"
        )
