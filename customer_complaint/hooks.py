from odoo.tools import SQL


def empty_tables(env, module, *tables):
    """Empty what an addon keeps, before Odoo deletes the records it shipped.

    For the ``uninstall_hook`` of an addon: see there why.

    :param str module: whose kinds of to-dos go, and the to-dos with them
    :param tables: names of tables of the addon, those that point to others first
    """
    # Their types are deleted before the records they hang on.
    env.cr.execute(
        "DELETE FROM mail_activity WHERE activity_type_id IN (SELECT res_id"
        " FROM ir_model_data WHERE module = %s AND model = 'mail.activity.type')",
        (module,),
    )
    for table in tables:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all(flush=False)


def keep_stories(env, module):
    """Let the cases of an addon's demonstration stay, as those of real customers do.

    For the ``uninstall_hook`` of an addon with stories: Odoo would try to delete them
    one by one, past what hangs on them.

    :param str module: whose stories they are
    """
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE module = %s AND name LIKE %s",
        (module, r"%\_demo"),
    )


def forget_events(env, events):
    """Delete the time limits that an addon's events start or meet, and what has them.

    For the ``uninstall_hook`` of an addon that adds events to ``CLOCK_EVENTS``: Odoo
    deletes the milestones that have one.

    :param events: values of ``start_event`` and ``done_event``
    """
    env.flush_all()
    names = {"events": tuple(events)}
    of_events = "(start_event IN %(events)s OR done_event IN %(events)s)"
    deadlines = f"SELECT id FROM customer_complaint_deadline WHERE {of_events}"
    milestones = f"SELECT id FROM customer_complaint_policy_milestone WHERE {of_events}"
    for query in (
        f"DELETE FROM customer_complaint_escalation WHERE deadline_id IN ({deadlines})",
        f"DELETE FROM customer_complaint_extension WHERE deadline_id IN ({deadlines})",
        f"DELETE FROM customer_complaint_deadline WHERE {of_events}",
        "UPDATE customer_complaint SET deadline_milestone_id = NULL"
        f" WHERE deadline_milestone_id IN ({milestones})",
    ):
        env.cr.execute(query, names)
    env.invalidate_all(flush=False)


def uninstall_hook(env):
    """Empty the complaints before Odoo deletes the configuration they refer to.

    Odoo deletes shipped records (channels, categories, types) one by one before it
    drops the tables; complaints that use them would refuse it, each with an error in
    the log. No TRUNCATE … CASCADE: it would empty tables of other apps that point to
    complaints.
    """
    env.cr.execute("UPDATE res_company SET complaint_policy_id = NULL")
    env.cr.execute("UPDATE customer_complaint_team SET resource_calendar_id = NULL")
    empty_tables(
        env,
        "customer_complaint",
        "customer_complaint_paper_waiver",
        "customer_complaint_remediation_line",
        "customer_complaint_remediation",
        "customer_complaint_pause",
        "customer_complaint_extension",
        "customer_complaint_escalation",
        "customer_complaint_escalation_rule",
        "customer_complaint_deadline",
        "customer_complaint_notice",
        "customer_complaint_archive_document",
        "customer_complaint_archive_card",
        "customer_complaint",
        "customer_complaint_paper_requirement",
        "customer_complaint_decision_template",
        "customer_complaint_clock_update",
        "customer_complaint_policy_milestone",
        "customer_complaint_policy",
    )
    env.cr.execute("UPDATE customer_complaint_category SET parent_id = NULL")
    env.invalidate_all(flush=False)
