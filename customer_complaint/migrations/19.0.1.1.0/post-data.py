from odoo import SUPERUSER_ID, api

from odoo.addons.customer_complaint.tools.new_data import load_new_data

NEW_DATA = (
    "customer_complaint_paper_requirement_data.xml",
    "customer_complaint_decision_template_data.xml",
    "mail_template_data.xml",
)


def migrate(cr, version):
    """Create the data that came with this version."""
    load_new_data(api.Environment(cr, SUPERUSER_ID, {}), NEW_DATA)
