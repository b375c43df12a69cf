from odoo import SUPERUSER_ID, api

from odoo.addons.customer_complaint.tools.new_data import load_new_data

NEW_DATA = (
    "mail_activity_type_remediation_data.xml",
    "customer_complaint_approval_tier_data.xml",
    "customer_complaint_return_exception_data.xml",
    "mail_activity_type_return_data.xml",
    "mail_template_return_data.xml",
)


def migrate(cr, version):
    """Ship the approval ladder and the to-dos of approvers.

    Totals and boxes entered by hand stay as they are: they count as granted before.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    load_new_data(env, NEW_DATA)
