from odoo.addons.customer_complaint.hooks import empty_tables


def uninstall_hook(env):
    """Empty the returns before Odoo deletes the exceptions they refer to."""
    empty_tables(
        env,
        "customer_complaint_return",
        "customer_complaint_return_line",
        "customer_complaint_return",
    )
