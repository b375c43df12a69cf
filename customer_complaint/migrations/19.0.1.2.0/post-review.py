from io import BytesIO

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_xml_import, file_path

MODULE = "customer_complaint"
NAME = "decision_template_upheld"
DATA = "customer_complaint_decision_template_data.xml"


def migrate(cr, version):
    """Ship the template of the ways still open after a review.

    Templates are the administrator's once they are there, so an update by itself
    leaves new ones out.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    if env.ref(f"{MODULE}.{NAME}", raise_if_not_found=False):
        return
    document = etree.parse(file_path(f"{MODULE}/data/{DATA}"))
    root = document.getroot()
    for record in root.findall("record"):
        if record.get("id") != NAME:
            root.remove(record)
    content = BytesIO(etree.tostring(document))
    content.name = DATA
    convert_xml_import(env, MODULE, content, {}, mode="init", noupdate=True)
