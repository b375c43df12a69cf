from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

# What this version ships anew. The records are the administrator's once they are there
# (noupdate, not created again when deleted), so an update by itself leaves them out.
NEW_DATA = (
    "customer_complaint_paper_requirement_data.xml",
    "customer_complaint_decision_template_data.xml",
    "mail_template_data.xml",
)


def migrate(cr, version):
    """Create the data that came with this version."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in NEW_DATA:
        convert_file(
            env, "customer_complaint", f"data/{name}", {}, mode="init", noupdate=True
        )
