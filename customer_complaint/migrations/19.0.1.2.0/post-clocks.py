from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

from odoo.addons.customer_complaint.tools.new_data import load_new_data

NEW_DATA = (
    "customer_complaint_policy_data.xml",
    "customer_complaint_escalation_rule_data.xml",
)
BATCH_SIZE = 500


def migrate(cr, version):
    """Ship the policies, and put the running complaints under their time limits.

    The clocks run from when each complaint was received; nobody is alerted now of what
    passed before. Complaints that have ended are not judged by limits nobody knew of.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    load_new_data(env, NEW_DATA)
    set_default_policy(env)
    set_known_events(cr)
    env.invalidate_all()
    running = env["customer.complaint"].search([("is_closed", "=", False)])
    for ids in split_every(BATCH_SIZE, running.ids):
        complaints = env["customer.complaint"].browse(ids)
        complaints._start_clocks_late()
        complaints.deadline_ids._pass_over_escalations()
        env.flush_all()
        env.invalidate_all()


def set_default_policy(env):
    """Give companies without a default policy the shipped one."""
    policy = env.ref("customer_complaint.policy_retail", raise_if_not_found=False)
    if policy:
        env["res.company"].search(
            [("complaint_policy_id", "=", False)]
        ).complaint_policy_id = policy


def set_known_events(cr):
    """Date what can be told from earlier versions."""
    cr.execute(
        "UPDATE customer_complaint SET date_carried_out = date_notified"
        " WHERE state IN ('followup', 'closed') AND date_notified IS NOT NULL"
    )
    cr.execute(
        "UPDATE customer_complaint"
        " SET date_passed_to_quality = COALESCE(date_confirmation_asked, date_accepted)"
        " WHERE is_passed_to_quality"
    )
