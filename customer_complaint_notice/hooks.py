from odoo.addons.customer_complaint.hooks import empty_tables


def uninstall_hook(env):
    """Empty notices, waivers and what they refer to."""
    empty_tables(
        env,
        "customer_complaint_notice",
        "customer_complaint_paper_waiver",
        "customer_complaint_notice",
        "customer_complaint_paper_requirement",
        "customer_complaint_decision_template",
    )
