from odoo.addons.customer_complaint.hooks import empty_tables


def uninstall_hook(env):
    """Empty the requests before Odoo deletes what they refer to."""
    empty_tables(env, "customer_complaint_privacy", "customer_complaint_person_request")
