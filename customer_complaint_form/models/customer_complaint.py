from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import split_every

from odoo.addons.customer_complaint.const import AGENT, AUDITOR, MEASURE_FIELDS
from odoo.addons.customer_complaint.models.customer_complaint_remediation_line import (
    GOODS_KINDS,
)
from odoo.addons.customer_complaint_base.tools.workbook import MAX_ROWS, make_workbook

# Complaints are read and dropped again in batches.
BATCH_SIZE = 1000
# How many ids a list of the web client hands on, unless the settings say otherwise.
ACTIVE_IDS = 20000
# In the order of the receipt, as in a book.
REGISTER_ORDER = "date_received, id"
# What the columns of the register are made of.
REGISTER_FIELDS = (
    *("name", "company_id", "currency_id", "date_received", "date_closed", "state"),
    *("complainant_name", "phone", "category_id", "description", "conclusion"),
    *("compensation_total", "user_id", "line_ids", *MEASURE_FIELDS),
)
REGISTER_LINE_FIELDS = ("complaint_id", "product_name", "specification", "lot_name")
# Between what stands in one cell.
SEPARATOR = "; "
# What came of a proposal that the customer does not receive.
TURNED_DOWN_STATES = ("refused", "cancelled")


class CustomerComplaint(models.Model):
    """What the forms and the register (投诉台账) say of complaints.

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    download the register           A - S M - L - U -
    ==============================  =================

    Each finds in it the complaints that they may read and are not recused from.
    """

    _inherit = "customer.complaint"

    product_names = fields.Char(
        compute="_compute_register_texts",
        help="The products complained of, as the register names them.",
    )
    lot_names = fields.Char(
        string="Lots or Serial Numbers", compute="_compute_register_texts"
    )
    measure_names = fields.Char(
        string="What Was Done",
        compute="_compute_measure_names",
        help="What the customer agreed to, or has received.",
    )

    @api.depends("line_ids.product_name", "line_ids.specification", "line_ids.lot_name")
    def _compute_register_texts(self):
        for complaint in self:
            complaint.product_names = complaint._get_product_names()
            complaint.lot_names = complaint._get_lot_names()

    @api.depends(*MEASURE_FIELDS)
    @api.depends_context("lang")
    def _compute_measure_names(self):
        labels = self._get_measure_labels()
        for complaint in self:
            complaint.measure_names = complaint._get_measure_names(labels)

    def _get_product_names(self):
        """Return the products complained of, each once, with their specifications.

        :rtype: str
        """
        return SEPARATOR.join(
            dict.fromkeys(
                " ".join(filter(None, (line.product_name, line.specification)))
                for line in self.line_ids
            )
        )

    def _get_lot_names(self):
        """Return the lots and serial numbers complained of, each once.

        :rtype: str
        """
        return SEPARATOR.join(
            dict.fromkeys(filter(None, (line.lot_name for line in self.line_ids)))
        )

    @api.model
    def _get_measure_labels(self):
        """Return how the measures are called on the archive card.

        :rtype: dict[str, str]
        """
        return {name: self._get_field_label(name) for name in MEASURE_FIELDS}

    def _get_measure_names(self, labels):
        """Return what was done.

        :param dict labels: by measure
        :rtype: str
        """
        return SEPARATOR.join(label for name, label in labels.items() if self[name])

    # ------------------------------------------------------------------
    # FORMS
    #
    # What is known is filled in and ticked; the rest stays blank, for a pen.
    # ------------------------------------------------------------------

    def _get_selection_boxes(self, name):
        """Return the tick boxes of a selection.

        :param str name: of the field
        :return: label and whether it is ticked, for `customer_complaint.paper_boxes`
        :rtype: list[tuple[str, bool]]
        """
        self.ensure_one()
        labels = self._fields[name]._description_selection(self.env)
        return [(label, value == self[name]) for value, label in labels]

    def _get_measure_boxes(self):
        """Return the tick boxes of what was done, as for a selection."""
        self.ensure_one()
        return [
            (label, self[name]) for name, label in self._get_measure_labels().items()
        ]

    def _get_paper_boxes(self):
        """Return the tick boxes of the papers handed in, as for a selection.

        Of which kinds they are stands on the archive card, too; nothing of what they
        contain is told, so papers the reader may not open are ticked as well.
        """
        self.ensure_one()
        types = self.sudo().document_ids.type_id
        boxes = types._fields["card_box"]._description_selection(self.env)
        handed_in = set(types.mapped("card_box"))
        # The application names what comes with it.
        return [
            (label, box in handed_in) for box, label in boxes if box != "application"
        ]

    def _get_goods_lines(self):
        """Return what was proposed for the goods and not turned down.

        :rtype: customer.complaint.remediation.line
        """
        self.ensure_one()
        return self.remediation_ids.line_ids.filtered(
            lambda line: (
                line.kind in GOODS_KINDS
                and line.remediation_id.state not in TURNED_DOWN_STATES
            )
        )

    # ------------------------------------------------------------------
    # REGISTER
    # ------------------------------------------------------------------

    def _get_day(self, name):
        """Return the day of a moment in the time zone of the company.

        :param str name: of the field
        :rtype: datetime.date or False
        """
        return self.company_id._complaint_date(self[name])

    @api.model
    def _check_may_export_register(self):
        """:raise AccessError: unless the user answers for complaints, or audits them"""
        user = self.env.user
        if not (self.env.su or user.has_group(AGENT) or user.has_group(AUDITOR)):
            raise AccessError(
                self.env._(
                    "The register is for agents, supervisors, managers and auditors. "
                    "Ask one of them."
                )
            )

    def action_download_register(self):
        """Download the register of these complaints as XLSX, or of all that are listed.

        :rtype: dict
        :raise UserError: if there is none
        """
        self._check_may_export_register()
        return self._make_register().action_download()

    def action_print_register(self):
        """Print the register of these complaints, or of all that are listed.

        :rtype: dict
        :raise UserError: if there is none, or there are too many
        """
        self._check_may_export_register()
        return self._make_register().action_print()

    def _make_register(self):
        """Return what remembers of which complaints the register is made.

        :rtype: customer.complaint.make.register
        :raise AccessError: if one was chosen that the user may not read, or is recused
            from
        """
        listed = self._get_listed_domain()
        if listed is None:
            # Who chose a case that is not for them is told so.
            self.check_access("read")
            self._check_not_recused(self.env.user.partner_id)
            listed = [("id", "in", self.ids)]
        return self.env["customer.complaint.make.register"].create({"domain": listed})

    def _get_listed_domain(self):
        """Return the domain of all that is listed, where nothing less was chosen.

        A list hands on a limited number of ids; whoever chose more chose all.

        :rtype: list or None
        """
        listed = self.env.context.get("active_domain")
        # What the web client is told, whoever uses it.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        limit = int(parameters_sudo.get_param("web.active_ids_limit", ACTIVE_IDS))
        return None if 0 < len(self) < limit else listed

    @api.model
    def _get_register_columns(self):
        """Return the columns of the register as XLSX. Hook: addons may add theirs.

        :return: heading, kind of cell (text, number, amount or date), width, and what
            gives the value of a complaint
        :rtype: list[tuple]
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        conclusions = dict(self._fields["conclusion"]._description_selection(self.env))
        measures = self._get_measure_labels()
        columns = [
            ("name", "text", 17, lambda c: c.name),
            ("date_received", "date", 12, lambda c: c._get_day("date_received")),
            ("complainant_name", "text", 16, lambda c: c.complainant_name),
            ("phone", "text", 18, lambda c: c.phone),
            ("product_names", "text", 32, lambda c: c._get_product_names()),
            ("lot_names", "text", 18, lambda c: c._get_lot_names()),
            ("category_id", "text", 26, lambda c: c.category_id.display_name),
            ("description", "text", 50, lambda c: c.description),
            ("conclusion", "text", 14, lambda c: conclusions.get(c.conclusion)),
            ("measure_names", "text", 28, lambda c: c._get_measure_names(measures)),
            ("compensation_total", "amount", 14, lambda c: c.compensation_total),
            ("user_id", "text", 14, lambda c: c.user_id.name),
            ("date_closed", "date", 12, lambda c: c._get_day("date_closed")),
            ("state", "text", 12, lambda c: states[c.state]),
        ]
        if len(self.env.companies) > 1:
            columns += [
                ("currency_id", "text", 10, lambda c: c.currency_id.name),
                ("company_id", "text", 24, lambda c: c.company_id.name),
            ]
        return [(self._get_field_label(name), *rest) for name, *rest in columns]

    def _make_register_xlsx(self):
        """Return the register of these complaints, in this order, as XLSX.

        :rtype: bytes
        :raise AccessError: if the user may not read one of the complaints
        :raise UserError: if there are more than a sheet has rows
        """
        if len(self) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "A sheet holds %(max)s complaints; these are %(count)s. Choose a "
                    "shorter period.",
                    max=MAX_ROWS,
                    count=len(self),
                )
            )
        columns = self._get_register_columns()
        return make_workbook(
            self.env._("Complaint Register"),
            [column[:3] for column in columns],
            self._iter_register_rows([column[3] for column in columns]),
        )

    def _iter_register_rows(self, getters):
        """Yield what the register says of each complaint, and forget it again.

        :param getters: the value of a complaint, by column
        :rtype: Iterator[list]
        """
        for ids in split_every(BATCH_SIZE, self.ids):
            complaints = self.browse(ids)
            # All columns of a complaint are many times these.
            complaints.fetch(REGISTER_FIELDS)
            complaints.line_ids.fetch(REGISTER_LINE_FIELDS)
            for complaint in complaints:
                yield [get(complaint) for get in getters]
            self.env.invalidate_all()
