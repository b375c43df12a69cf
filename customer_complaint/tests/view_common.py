from ast import literal_eval

from lxml import etree

# What the widgets of our views read besides the field they stand on.
ACTIVITY_WIDGET_FIELDS = (
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
)
SUBFIELDS_OF_WIDGETS = {
    "complaint_files": ("name", "mimetype"),
    "many2many_binary": ("name", "mimetype"),
    "many2many_tags": ("display_name",),
}
X2MANY_LIMIT = 40


class ViewReading:
    """What the web client reads for our views, made from the views themselves."""

    def _get_read_specification(
        self, view_type, model_name="customer.complaint", view_id=False
    ):
        """Return what the web client reads for a view.

        It is made from the view itself, as the web client does it (getFieldsSpec), so
        that a field added to the view is paid for here.
        """
        views = self.env[model_name].get_views([(view_id, view_type)])
        arch = etree.fromstring(views["views"][view_type]["arch"])
        specification = self._make_specification(model_name, arch)
        # The breadcrumbs of a form show its name.
        return specification | ({"display_name": {}} if view_type == "form" else {})

    def _make_specification(self, model_name, *archs):
        """Return the specification of the fields of some views of one model."""
        model = self.env[model_name]
        specification = {}
        for arch in archs:
            depth = len(list(arch.iterancestors("field")))
            for node in arch.iter("field"):
                if len(list(node.iterancestors("field"))) > depth:
                    continue
                self._add_to_specification(specification, model, node)
        return specification

    def _add_to_specification(self, specification, model, node):
        name, widget = node.get("name"), node.get("widget")
        field = model._fields[name]
        field_specification = specification.setdefault(name, {})
        if widget in ("list_activity", "kanban_activity"):
            specification.update({extra: {} for extra in ACTIVITY_WIDGET_FIELDS})
            specification["activity_type_id"] = {"fields": {"display_name": {}}}
        if not field.relational:
            return
        subfields = field_specification.setdefault("fields", {})
        if any(
            node.get(modifier) in ("1", "True")
            for modifier in ("invisible", "column_invisible")
        ):
            return
        if field.type == "many2one":
            subfields["display_name"] = {}
            return
        subfields.update({name: {} for name in SUBFIELDS_OF_WIDGETS.get(widget, ())})
        color_field = literal_eval(node.get("options", "{}")).get("color_field")
        if color_field:
            subfields[color_field] = {}
        if len(node) and not subfields:
            subfields.update(self._make_specification(field.comodel_name, *node))
            field_specification["limit"] = X2MANY_LIMIT
