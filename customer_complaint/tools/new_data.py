"""Data that a new version ships, for those who update."""

from io import BytesIO

from lxml import etree

from odoo.tools import convert_xml_import, file_path

MODULE = "customer_complaint"


def load_new_data(env, names, only=None):
    """Create the records that came with a version.

    They are the administrator's once they are there (noupdate, not created again when
    deleted), so an update by itself leaves them out. What was deleted meanwhile and
    is referred to leaves out the record.

    :param env: as superuser
    :param names: names of files under ``data``
    :param only: ids of the records that are new in them; all when left out
    """
    for name in names:
        document = etree.parse(file_path(f"{MODULE}/data/{name}"))
        root = document.getroot()
        if only is not None:
            _leave_out_others(env, root, only)
        _leave_out_what_lacks(env, root)
        content = BytesIO(etree.tostring(document))
        content.name = name
        convert_xml_import(env, MODULE, content, {}, mode="init", noupdate=True)


def _leave_out_others(env, root, only):
    """Leave out what is not new, or is there already."""
    for record in root.findall("record"):
        xmlid = f"{MODULE}.{record.get('id')}"
        is_there = env.ref(xmlid, raise_if_not_found=False)
        if record.get("id") not in only or is_there:
            root.remove(record)


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
