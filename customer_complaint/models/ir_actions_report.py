from odoo import models

from odoo.addons.customer_complaint_base.tools.glyphs import show_missing

from ..tools.history import is_own


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(self, bodies, report_ref=False, *args, **kwargs):
        """Print; on papers of cases no character of a name is left out unseen."""
        if report_ref and is_own(self._get_report(report_ref).model):
            bodies = [type(body)(show_missing(body)) for body in bodies]
        return super()._run_wkhtmltopdf(bodies, report_ref, *args, **kwargs)
