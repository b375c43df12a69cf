from odoo.addons.customer_complaint.hooks import empty_tables


def uninstall_hook(env):
    """Forget what was asked for; the limits stay as they were extended."""
    empty_tables(
        env,
        "customer_complaint_extension",
        "customer_complaint_complexity",
        "customer_complaint_extension",
    )
