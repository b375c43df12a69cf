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


def uninstall_hook(env):
    """Empty the complaints before Odoo deletes the configuration they refer to.

    Odoo deletes shipped records (channels, categories, types) one by one before it
    drops the tables; complaints that use them would refuse it, each with an error in
    the log. No TRUNCATE … CASCADE: it would empty tables of other apps that point to
    complaints.
    """
    env.cr.execute("UPDATE customer_complaint_team SET resource_calendar_id = NULL")
    empty_tables(
        env,
        "customer_complaint",
        "customer_complaint_remediation_line",
        "customer_complaint_remediation",
        "customer_complaint_archive_document",
        "customer_complaint_archive_card",
        "customer_complaint",
    )
    env.cr.execute("UPDATE customer_complaint_category SET parent_id = NULL")
    env.invalidate_all(flush=False)
