from io import BytesIO

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_xml_import, file_path

# What this version ships anew. The records are the administrator's once they are there
# (noupdate, not created again when deleted), so an update by itself leaves them out.
NEW_DATA = (
    "customer_complaint_paper_requirement_data.xml",
    "customer_complaint_decision_template_data.xml",
    "mail_template_data.xml",
)
MODULE = "customer_complaint"


def migrate(cr, version):
    """Create the data that came with this version."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in NEW_DATA:
        document = etree.parse(file_path(f"{MODULE}/data/{name}"))
        _leave_out_what_lacks(env, document.getroot())
        content = BytesIO(etree.tostring(document))
        content.name = name
        convert_xml_import(env, MODULE, content, {}, mode="init", noupdate=True)


def _leave_out_what_lacks(env, root):
    """Leave out records about categories and types that the administrator deleted."""
    shipped = {record.get("id") for record in root.iter("record")}
    for record in root.findall("record"):
        wanted = {field.get("ref") for field in record.iter("field")} - {None}
        if any(
            not env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
            for name in wanted - shipped
            if "." not in name
        ):
            root.remove(record)
