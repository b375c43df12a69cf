from odoo import SUPERUSER_ID, api

from odoo.addons.customer_complaint.tools.new_data import load_new_data

NEW_DATA = ("customer_complaint_decision_template_data.xml",)
NEW_TEMPLATES = ("decision_template_upheld",)


def migrate(cr, version):
    """Ship the template of the ways still open after a review."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    load_new_data(env, NEW_DATA, only=NEW_TEMPLATES)
