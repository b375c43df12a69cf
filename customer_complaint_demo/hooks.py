from odoo.addons.customer_complaint.hooks import keep_stories


def uninstall_hook(env):
    keep_stories(env, "customer_complaint_demo")
