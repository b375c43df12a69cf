from odoo.addons.customer_complaint.hooks import empty_tables


def uninstall_hook(env):
    """Empty log and consultations before Odoo deletes the kind of their to-dos."""
    empty_tables(
        env,
        "customer_complaint_confidential",
        "customer_complaint_archive_access_log",
        "customer_complaint_archive_access",
    )
