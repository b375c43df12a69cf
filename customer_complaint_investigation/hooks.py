from odoo.addons.customer_complaint.hooks import empty_tables
from odoo.addons.customer_complaint_deadline.hooks import forget_events

from .models.customer_complaint_policy_milestone import INVESTIGATION_EVENTS


def uninstall_hook(env):
    """Empty what an investigation keeps, with its to-dos and time limits.

    Before Odoo deletes the milestones and kinds of to-dos that they refer to.
    """
    forget_events(env, dict(INVESTIGATION_EVENTS))
    env.cr.execute("UPDATE res_company SET complaint_emergency_plan_id = NULL")
    empty_tables(
        env,
        "customer_complaint_investigation",
        "customer_complaint_emergency_task",
        "customer_complaint_evidence",
        "customer_complaint_memo",
    )
