from odoo.fields import Domain

from odoo.addons.customer_complaint.hooks import empty_tables


def forget_events(env, events):
    """Delete the time limits that an addon's events start or meet, and what has them.

    For the ``uninstall_hook`` of an addon that adds events to ``CLOCK_EVENTS``: Odoo
    deletes the milestones that have one.

    :param events: values of ``start_event`` and ``done_event``
    """
    env.flush_all()
    names = {"events": tuple(events)}
    of_events = "(start_event IN %(events)s OR done_event IN %(events)s)"
    milestones = f"SELECT id FROM customer_complaint_policy_milestone WHERE {of_events}"
    env["customer.complaint.deadline"].search(
        Domain("start_event", "in", list(events))
        | Domain("done_event", "in", list(events))
    )._forget_parts()
    for query in (
        f"DELETE FROM customer_complaint_deadline WHERE {of_events}",
        "UPDATE customer_complaint SET deadline_milestone_id = NULL"
        f" WHERE deadline_milestone_id IN ({milestones})",
    ):
        env.cr.execute(query, names)
    env.invalidate_all(flush=False)


def post_init_hook(env):
    """Put the complaints that run already under the limits of their policy."""
    Complaint = env["customer.complaint"]
    running = Complaint.search([("is_closed", "=", False)])
    env.add_to_compute(Complaint._fields["policy_id"], running)
    running._start_clocks()


def uninstall_hook(env):
    """Empty the clocks before Odoo deletes the policies they refer to."""
    env.cr.execute("UPDATE res_company SET complaint_policy_id = NULL")
    env.cr.execute(
        "UPDATE customer_complaint SET policy_id = NULL, deadline_milestone_id = NULL"
    )
    empty_tables(
        env,
        "customer_complaint_deadline",
        "customer_complaint_agreed_terms",
        "customer_complaint_pause",
        "customer_complaint_escalation",
        "customer_complaint_escalation_rule",
        "customer_complaint_deadline",
        "customer_complaint_clock_update",
        "customer_complaint_policy_milestone",
        "customer_complaint_policy",
    )
