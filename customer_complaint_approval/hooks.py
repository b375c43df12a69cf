from odoo.addons.customer_complaint.hooks import empty_tables


def uninstall_hook(env):
    """Empty approvals and ladder; what was approved stays approved."""
    env.cr.execute("UPDATE customer_complaint_remediation SET tier_id = NULL")
    empty_tables(
        env,
        "customer_complaint_approval",
        "customer_complaint_approval",
        "customer_complaint_approval_delegation",
        "customer_complaint_approval_tier",
    )
