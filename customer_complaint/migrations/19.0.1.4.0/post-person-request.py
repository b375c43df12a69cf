from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give companies the numbering of requests about personal data."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.company"].search([])._complaint_create_missing_sequences()
