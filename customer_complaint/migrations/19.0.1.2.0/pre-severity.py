from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Keep why complaints became major; it was a text in the language of one user.

    From now on the causes are kept and read in each reader's language.
    """
    if not column_exists(cr, "customer_complaint", "major_reason"):
        return  # older still: no reasons were kept
    cr.execute(
        "ALTER TABLE customer_complaint ADD COLUMN IF NOT EXISTS major_causes jsonb"
    )
    cr.execute(
        "UPDATE customer_complaint"
        " SET major_causes = jsonb_build_object('text', major_reason)"
        " WHERE major_reason IS NOT NULL AND major_causes IS NULL"
    )
    cr.execute("ALTER TABLE customer_complaint DROP COLUMN major_reason")
