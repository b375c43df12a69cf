from odoo.addons.customer_complaint.hooks import empty_tables


def uninstall_hook(env):
    """Empty the enquiries before Odoo deletes what the desk shipped.

    They name channels, which Odoo deletes one by one where the whole desk goes.
    """
    env.cr.execute("UPDATE customer_complaint SET enquiry_id = NULL")
    empty_tables(env, "customer_complaint_enquiry", "customer_complaint_enquiry")
