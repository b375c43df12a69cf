from odoo.addons.customer_complaint.hooks import empty_tables
from odoo.addons.customer_complaint_deadline.hooks import forget_events

from .models.customer_complaint_policy_milestone import REVIEW_EVENTS


def uninstall_hook(env):
    """Empty the reviews and proceedings, and forget them where they are named.

    Their time limits go with them, before Odoo deletes the milestones.
    """
    forget_events(env, dict(REVIEW_EVENTS))
    env.cr.execute(
        "UPDATE customer_complaint_notice SET proceeding_id = NULL,"
        " kind = CASE WHEN kind IN ('review', 'authority') THEN 'other' ELSE kind END"
        " WHERE proceeding_id IS NOT NULL OR kind IN ('review', 'authority')"
    )
    env.cr.execute(
        "UPDATE customer_complaint_pause SET proceeding_id = NULL"
        " WHERE proceeding_id IS NOT NULL"
    )
    empty_tables(
        env,
        "customer_complaint_review",
        "customer_complaint_review",
        "customer_complaint_proceeding",
    )
