def migrate(cr, version):
    """Fill the new computed columns without computing them one by one.

    Since when somebody handles a complaint was not recorded: the best known day is
    that of the acceptance. Whether media took notice of old complaints is left open.
    """
    cr.execute(
        "ALTER TABLE customer_complaint"
        " ADD COLUMN IF NOT EXISTS date_assigned timestamp,"
        " ADD COLUMN IF NOT EXISTS has_public_attention boolean"
    )
    cr.execute(
        "UPDATE customer_complaint"
        " SET date_assigned = COALESCE(date_accepted, date_received)"
        " WHERE user_id IS NOT NULL AND date_assigned IS NULL"
    )
