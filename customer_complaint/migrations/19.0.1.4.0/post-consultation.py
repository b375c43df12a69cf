from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import file_path

from odoo.addons.customer_complaint.models.ir_attachment import FILING_MODELS
from odoo.addons.customer_complaint.tools.new_data import MODULE, load_new_data

NEW_DATA = (
    "customer_complaint_archive_access_data.xml",
    "customer_complaint_paper_requirement_sealing_data.xml",
)
# Rules that now ask who made the handler a handler.
CHANGED_RULES = {
    "customer_complaint_archive_document_security.xml": (
        "customer_complaint_archive_document_rule_own",
        "customer_complaint_archive_document_rule_quality",
    ),
    "customer_complaint_evidence_security.xml": (
        "customer_complaint_evidence_rule_own",
        "customer_complaint_evidence_rule_quality",
    ),
}


def migrate(cr, version):
    """Close what opened confidential papers to others than those entitled."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    load_new_data(env, NEW_DATA)
    for name, rules in CHANGED_RULES.items():
        document = etree.parse(file_path(f"{MODULE}/security/{name}"))
        for xmlid in rules:
            rule = env.ref(f"{MODULE}.{xmlid}", raise_if_not_found=False)
            field = document.find(
                f".//record[@id='{xmlid}']/field[@name='domain_force']"
            )
            if rule:
                rule.domain_force = field.text
    # Past the guards of files that are kept as they are: their content stays.
    cr.execute(
        """UPDATE ir_attachment
              SET index_content = NULL, access_token = NULL, public = FALSE
            WHERE res_model = ANY(%s) AND res_id > 0
              AND (index_content IS NOT NULL OR access_token IS NOT NULL OR public)""",
        [list(FILING_MODELS)],
    )
