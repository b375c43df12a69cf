from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Complete what the first version did not know.

    Shipped records that users may edit are not loaded again: what they need for the
    new features is set here, once.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    media = env.ref("customer_complaint.channel_media", raise_if_not_found=False)
    if media:
        media.is_public_attention = True
    env["res.company"].search([])._complaint_create_missing_plans()
    # Major since their registration: nobody is alerted of them again.
    cr.execute(
        "UPDATE customer_complaint SET date_major = date_received"
        " WHERE severity = 'major' AND date_major IS NULL"
    )
