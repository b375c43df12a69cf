from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.misc import get_lang

from odoo.addons.customer_complaint_base.tools.fields import get_field_label

from ..const import (
    GENDERS,
    HANDLER_GROUPS,
    MAX_AGE,
    MAX_GROUP_REPRESENTATIVES,
    MAX_NAME_LENGTH,
    REPRESENTATIONS,
    SUBSTANCE_FIELDS,
)
from .customer_complaint_category import COMPLAINT_NEEDS, LINE_NEEDS, SEVERITIES
from .customer_complaint_channel import WAYS_IN
from .res_company import COMPLAINT_SEQUENCE

# Which sale is complained of: only of those that the user sees.
SALE_FIELDS = frozenset({"sale_order_id", "invoice_id"})


class CustomerComplaint(models.Model):
    """A complaint, from its registration to its archive card.

    Who may do what (A agent of the team, O agent of another team, S supervisor of the
    team, M manager, Q quality, L auditor who signs for legal, R archivist, U auditor,
    E employee without role), here on a quality matter; quality does none of it on
    other matters that it does not handle, and O what A does on cases of their own:

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    read                            A - S M Q L R U -
    register                        A O S M - - - - -
    change what it says             A - S M Q - - - -
    accept                          A - S M - - - - -
    refuse                          A - S M - - - - -
    refuse after acceptance         - - S M - - - - -
    take, hand over                 A - S M Q - - - -
    investigate                     A - S M Q - - - -
    follow up                       A - S M Q - - - -
    close                           A - S M - - - - -
    withdraw                        A - S M - - - - -
    reopen                          - - S M - - - - -
    propose a remediation           A - S M Q - - - -
    ask for approval                A - S M Q - - - -
    refuse a remediation            - - S M - - - - -
    record an agreement             A - S M Q - - - -
    carry out a remediation         A - S M Q - - - -
    cancel a remediation            A - S M Q - - - -
    edit configuration              - - - M - - - - -
    ==============================  =================

    What addons add is in tables like this one, in the docstrings of their models.

    Supervisors also have the cases without team. Nobody deletes a complaint: a number
    is never reused. Whoever is recused does none of it but read how the case stands,
    without its papers and files; managers and administrators included. Who leads a
    superior team has, in the teams below, the rights of their supervisor (S), but for
    those of the team's leader alone: confidential papers. Who made themselves leader of
    a team sees these once another manager confirms it. The history of a case is changed
    by nobody.

    The life of a complaint (states, conditions, dates) is in
    ``customer_complaint_life.py``.
    """

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.remedied",
        "customer.complaint.assignable",
        "customer.complaint.recusable",
        "customer.complaint.life",
        "customer.complaint.phoned",
        "mail.thread",
        "mail.activity.mixin",
        "customer.complaint.sealed",
        "customer.complaint.personal",
    ]
    _description = "Customer Complaint"
    _order = "date_received desc, id desc"
    _rec_names_search = ["name", "subject", "complainant_name"]
    _check_company_auto = True
    _primary_email = "email"
    # Answers keep their thread; what the system notes needs no parent looked up.
    _mail_flat_thread = False

    is_legacy = fields.Boolean(
        string="Of a Paper Card",
        readonly=True,
        copy=False,
        help="Entered from a paper card of past years: nothing of it runs any more, "
        "and it stands in the archive only.",
        system=True,
    )

    is_restricted = fields.Boolean(
        string="Restricted",
        readonly=True,
        copy=False,
        help="Kept because the law demands it, but no longer used, at the request of "
        "a person. Managers, archivists and auditors see it, nobody else.",
        sealed=False,
        system=True,
    )

    is_handler_unconfirmed = fields.Boolean(
        string="Handler to Confirm",
        readonly=True,
        copy=False,
        help="The handler took the case by themselves while it held confidential "
        "papers. They open for the handler once a supervisor confirms it.",
        sealed=False,
        system=True,
    )
    confidential_paper_count = fields.Integer(
        string="Confidential Papers",
        compute="_compute_confidential_paper_count",
        store=True,
        precompute=True,
        copy=False,
        help="How many confidential papers are filed, also those you may not see.",
        sealed=False,
        system=True,
    )

    # Identity of the complainant
    name = fields.Char(
        string="Number",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
        help="Drawn from the company's yearly sequence when the complaint is "
        "registered; never reused.",
        system=True,
        told_to_person=True,
    )
    subject = fields.Char(
        compute="_compute_subject",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        help="What the complaint is about, in a few words.",
        personal=True,
        frozen=True,
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        frozen=True,
        told_to_person=True,
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id",
        store=True,
        precompute=True,
        system=True,
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "Urgent")],
        default="0",
        sealed=False,
    )

    # Complainant, as told when the complaint was made
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index=True,
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Whom the complaint concerns. Can be left empty while an unknown "
        "customer is being identified; needed to accept the complaint.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer Entity",
        store=True,
        index=True,
        precompute=True,
        sealed=False,
        personal=True,
        system=True,
    )
    representation = fields.Selection(
        REPRESENTATIONS,
        required=True,
        default="self",
        string="Represented",
        help="Who acts for the customer.",
        frozen=True,
        told_to_person=True,
    )
    representative_ids = fields.Many2many(
        "res.partner",
        "customer_complaint_representative_rel",
        "complaint_id",
        "partner_id",
        string="Representatives",
        check_company=True,
        help="Who speaks for the customer: guardian, agent, heir, legal representative "
        "or proxy of the organisation, spokespersons of the group.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    complainant_count = fields.Integer(
        string="Number of Complainants",
        default=1,
        required=True,
        help="How many people act together in this complaint.",
        frozen=True,
        told_to_person=True,
    )
    complainant_name = fields.Char(
        compute="_compute_complainant",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        help="Name as told with the complaint. Kept here and printed on the archive "
        "card, even when the contact is renamed later.",
        personal=True,
        frozen=True,
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    phone = fields.Char(
        compute="_compute_complainant",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        help="Telephone as told with the complaint.",
        personal=True,
        frozen=True,
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    email = fields.Char(
        compute="_compute_complainant",
        store=True,
        readonly=False,
        precompute=True,
        help="E-mail address as told with the complaint.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    address = fields.Char(
        compute="_compute_complainant",
        store=True,
        readonly=False,
        precompute=True,
        help="Postal address as told with the complaint.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    other_contact = fields.Char(
        help="Any other way to reach the complainant, e.g. a messenger account.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    gender = fields.Selection(
        GENDERS,
        help="As told with the complaint.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    age = fields.Integer(
        help="Age in years as told with the complaint; empty when not told.",
        aggregator="avg",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    occupation = fields.Char(
        compute="_compute_complainant",
        store=True,
        readonly=False,
        precompute=True,
        help="Occupation as told with the complaint.",
        personal=True,
        frozen=True,
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )

    # What it is about
    line_ids = fields.One2many(
        "customer.complaint.line",
        "complaint_id",
        string="Products Complained Of",
        copy=True,
        frozen=True,
    )

    # What happened
    description = fields.Text(
        string="What Happened",
        help="In the customer's own words as far as possible. Kept and printed as "
        "plain text.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    demand = fields.Text(
        string="Customer's Demand",
        help="What the customer asks for.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    event_date = fields.Datetime(
        string="Happened On",
        help="When the incident itself took place.",
        frozen=True,
        told_to_person=True,
    )
    event_place = fields.Char(
        string="Place",
        help="Where the incident took place.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    people_involved = fields.Text(
        string="People and Departments Involved",
        help="Employees, departments or outside parties named in the complaint.",
        personal=True,
        frozen=True,
    )
    usage = fields.Text(
        string="Purchase, Storage and Use",
        help="How the goods were bought, stored and used before the incident.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )

    # Reception and classification
    channel_id = fields.Many2one(
        "customer.complaint.channel",
        tracking=True,
        ondelete="restrict",
        help="Through whom or where the complaint arrived (投诉渠道).",
        frozen=True,
        told_to_person=True,
    )
    way_in = fields.Selection(
        WAYS_IN,
        compute="_compute_way_in",
        store=True,
        readonly=False,
        precompute=True,
        help="How the complaint reached us.",
        frozen=True,
        told_to_person=True,
    )
    received_by_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who took the complaint in.",
        frozen=True,
    )
    date_received = fields.Datetime(
        string="Received On",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        tracking=True,
        help="When the complaint reached us; the clocks run from here.",
        frozen=True,
        told_to_person=True,
    )
    category_id = fields.Many2one(
        "customer.complaint.category",
        tracking=True,
        ondelete="restrict",
        check_company=True,
        help="What the complaint is about (投诉类型).",
        frozen=True,
        told_to_person=True,
    )
    severity = fields.Selection(
        SEVERITIES,
        required=True,
        compute="_compute_severity",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Proposed by the category.",
        frozen=True,
    )
    is_quality_matter = fields.Boolean(
        string="Quality Matter",
        compute="_compute_is_quality_matter",
        store=True,
        precompute=True,
        help="The quality department sees this complaint and works on it: its category "
        "says so, or it was passed to quality.",
        sealed=False,
        system=True,
    )
    is_passed_to_quality = fields.Boolean(
        string="Passed to Quality",
        readonly=True,
        copy=False,
        tracking=True,
        help="What happened could not be determined, so the quality department has to "
        "confirm the findings.",
        system=True,
    )
    tag_ids = fields.Many2many(
        "customer.complaint.tag",
        "customer_complaint_tag_rel",
        "complaint_id",
        "tag_id",
        string="Tags",
        sealed=False,
    )
    complaint_properties = fields.Properties(
        definition="category_id.complaint_properties_definition",
        string="Properties",
        copy=True,
        # Else they are tracked because the category, which defines them, is.
        tracking=False,
        personal=True,
        frozen=True,
    )
    team_id = fields.Many2one(
        "customer.complaint.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Shop, branch or desk responsible for the complaint. Its members see it.",
        frozen=True,
    )

    # Papers
    document_ids = fields.One2many(
        "customer.complaint.archive.document", "complaint_id", string="Papers Filed"
    )
    archive_card_id = fields.Many2one(
        "customer.complaint.archive.card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Made when the complaint is accepted; sealed when it ends.",
        sealed=False,
        system=True,
    )
    can_edit = fields.Boolean(
        compute="_compute_can_edit",
        help="Whether you may change this complaint.",
    )

    # Order and invoice
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        domain="[('state', '=', 'sale'), ('company_id', '=', company_id),"
        " '|', ('partner_id', 'child_of', commercial_partner_id or []),"
        " (0 if partner_id else 1, '=', 1)]",
        help="Confirmed order the goods or services were bought with. "
        "Empty for a walk-in customer without an order.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('company_id', '=', company_id)]",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    purchase_date = fields.Date(
        compute="_compute_purchase_date",
        store=True,
        readonly=False,
        precompute=True,
        help="Day of purchase; taken from the order when there is one.",
        frozen=True,
    )
    purchase_place = fields.Char(
        string="Point of Purchase",
        help="Shop, counter or site of the purchase.",
        personal=True,
        frozen=True,
    )
    receipt_ref = fields.Char(
        string="Receipt Number",
        index="trigram",
        help="Number of the till receipt or paper invoice the customer shows.",
        personal=True,
        frozen=True,
        longest=MAX_NAME_LENGTH,
    )

    # What a matter needs
    needs_event_date = fields.Boolean(related="category_id.needs_event_date")
    needs_event_place = fields.Boolean(related="category_id.needs_event_place")
    needs_lot = fields.Boolean(related="category_id.needs_lot")
    needs_production_date = fields.Boolean(related="category_id.needs_production_date")
    needs_expiry_date = fields.Boolean(related="category_id.needs_expiry_date")
    needs_manufacturer = fields.Boolean(related="category_id.needs_manufacturer")

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'",
        "Another complaint of the company already has this number.",
    )
    # The order of all lists.
    _received_idx = models.Index("(date_received DESC, id DESC)")
    # Record rules and the lists of a team. Besides it holds all that the rules and the
    # statistics look at: they count without reading the complaints themselves.
    _team_state_idx = models.Index(
        "(team_id, state) INCLUDE (company_id, category_id, date_received, user_id,"
        " received_by_id, create_uid, is_restricted)"
    )
    # Record rules: what somebody opened themselves.
    _create_uid_idx = models.Index("(create_uid)")
    # What is open: columns of the kanban view, counts, what is due.
    _open_idx = models.Index(
        "(state, team_id) WHERE state IN ('registered', 'accepted', 'investigating',"
        " 'remediation', 'followup')"
    )
    compensation_total = fields.Monetary(
        string="Total Compensation",
        default=0.0,
        compute="_compute_received",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="All that the customer received in money or money's worth, in the "
        "company's currency (补偿金额合计).",
        frozen=True,
        told_to_person=True,
    )
    granted_total = fields.Monetary(
        compute="_compute_granted_total",
        store=True,
        help="What was approved on the complaint and not cancelled, with goods at "
        "their value and work at its estimated cost.",
        system=True,
    )

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for complaint in self:
            known = [complaint.name if complaint.name != "/" else "", complaint.subject]
            # In one line, as titles and the heads of mails are.
            complaint.display_name = " ".join(
                " ".join(filter(None, known)).split()
            ) or self.env._("New Complaint")

    @api.depends("category_id", "line_ids.product_name")
    def _compute_subject(self):
        for complaint in self:
            if not complaint.subject:
                complaint.subject = complaint._get_proposed_subject()

    def _get_proposed_subject(self):
        """Return a short title made of the category and the first product.

        :rtype: str or False
        """
        self.ensure_one()
        category, product = self.category_id.name, self.line_ids[:1].product_name
        if category and product:
            subject = self.env._(
                "%(category)s: %(product)s", category=category, product=product
            )
        else:
            subject = category or product or ""
        return subject[:MAX_NAME_LENGTH] or False

    @api.depends("partner_id")
    def _compute_complainant(self):
        """Copy how the customer is reached, once, when the customer is chosen.

        It depends on the choice only: a contact that is changed later does not
        change what was told with the complaint.
        """
        for complaint in self:
            partner = complaint.partner_id
            if not partner:
                continue
            # A longer name can still be entered shortened; see _check_lengths.
            complaint.complainant_name = (partner.name or "")[:MAX_NAME_LENGTH]
            complaint.phone = partner.phone or partner.commercial_partner_id.phone
            complaint.email = partner.email or partner.commercial_partner_id.email
            complaint.address = partner._get_complaint_address()
            complaint.occupation = (partner.function or "")[:MAX_NAME_LENGTH]

    @api.depends("channel_id")
    def _compute_way_in(self):
        for complaint in self:
            complaint.way_in = complaint.channel_id.default_way_in or complaint.way_in

    @api.depends("category_id.is_quality_matter", "is_passed_to_quality")
    def _compute_is_quality_matter(self):
        for complaint in self:
            complaint.is_quality_matter = (
                complaint.is_passed_to_quality
                or complaint.category_id.is_quality_matter
            )

    @api.depends("category_id")
    def _compute_severity(self):
        """Take the category's severity, but never lower one that was set."""
        ranks = [severity for severity, _label in SEVERITIES]
        for complaint in self:
            known = (complaint.severity, complaint.category_id.default_severity)
            complaint.severity = max(
                filter(None, known), key=ranks.index, default=ranks[0]
            )

    @api.depends("company_id", "category_id")
    def _compute_team_id(self):
        for company, complaints in self.grouped("company_id").items():
            default_team = complaints._get_default_team(company)
            for complaint in complaints:
                category = complaint.category_id.with_company(company)
                kept = complaint.team_id.filtered(
                    lambda team, company=company: team.company_id == company
                )
                complaint.team_id = category.team_id or kept or default_team

    @api.model
    def _get_default_team(self, company):
        """Return the team of who opens a complaint, else the company's default.

        :rtype: customer.complaint.team
        """
        own_team = self.env["customer.complaint.team"].search(
            [("company_id", "=", company.id), ("member_ids", "in", self.env.uid)],
            limit=1,
        )
        return own_team or company.complaint_team_id

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_edit(self):
        stored = self.filtered("id")
        writable = stored._filtered_access("write")
        for complaint in self:
            complaint.can_edit = complaint in writable or complaint not in stored

    def _get_field_label(self, name):
        """Return the translated label of a field of this model."""
        return get_field_label(self, name)

    def _get_field_labels(self, names):
        """Return the translated labels of fields of this model, quoted, in order."""
        return [f"“{get_field_label(self, name)}”" for name in names]

    # The number is given to each new complaint, whatever else is entered.
    @api.constrains("name", *SUBSTANCE_FIELDS)
    def _check_says_something(self):
        for complaint in self:
            values = (complaint[name] for name in SUBSTANCE_FIELDS)
            if not any(
                value.strip() if isinstance(value, str) else value for value in values
            ):
                raise ValidationError(
                    self.env._(
                        "Nothing is entered yet. Say who complains or of what: enter "
                        "at least one of %(fields)s.",
                        fields=format_list(
                            self.env, self._get_field_labels(SUBSTANCE_FIELDS), "or"
                        ),
                    )
                )

    @api.constrains("age")
    def _check_age(self):
        for complaint in self:
            if not 0 <= complaint.age <= MAX_AGE:
                raise ValidationError(
                    self.env._(
                        "An age of %(age)s years cannot be right. Enter the age in "
                        "years, or leave it empty when it was not told.",
                        age=complaint.age,
                    )
                )

    @api.constrains("date_received", "purchase_date", "event_date")
    def _check_dates(self):
        now = fields.Datetime.now()
        for complaint in self:
            company = complaint.company_id
            if complaint.date_received > now:
                raise ValidationError(
                    self.env._(
                        "A complaint cannot have been received in the future. Enter "
                        "the day and time it reached you."
                    )
                )
            received = company._complaint_date(complaint.date_received)
            if complaint.purchase_date and complaint.purchase_date > received:
                raise ValidationError(
                    self.env._(
                        "The purchase date %(purchase)s is after the day the complaint "
                        "was received, %(received)s. Correct one of the two dates.",
                        purchase=complaint.purchase_date,
                        received=received,
                    )
                )
            if complaint.event_date and complaint.event_date > complaint.date_received:
                raise ValidationError(
                    self.env._(
                        "The incident cannot have happened after the complaint about "
                        "it was received. Correct one of the two dates."
                    )
                )

    @api.constrains("representation", "representative_ids", "complainant_count")
    def _check_representation(self):
        for complaint in self:
            reason = complaint._get_wrong_representation_reason()
            if reason:
                raise ValidationError(reason)

    def _get_wrong_representation_reason(self):
        """Return what is wrong with who acts for whom (CBIRC-2020 art. 12-14).

        :rtype: str or bool
        """
        self.ensure_one()
        count = len(self.representative_ids)
        is_group = self.representation == "group"
        if self.representation == "self" and self.representative_ids:
            return self.env._(
                "%(names)s are entered as representatives although the customer acts "
                "for themselves. Say in which capacity they act, or remove them.",
                names=format_list(
                    self.env, self.representative_ids.mapped("display_name")
                ),
            )
        if is_group and count > MAX_GROUP_REPRESENTATIVES:
            return self.env._(
                "A group is represented by at most %(max)s persons; %(count)s are "
                "entered. Keep those who speak for the group.",
                max=MAX_GROUP_REPRESENTATIVES,
                count=count,
            )
        if not is_group and count > 1:
            return self.env._(
                "One person represents the customer; %(count)s are entered. Keep one, "
                "or choose “Group”.",
                count=count,
            )
        if self.complainant_count < 1 or (is_group and self.complainant_count < 2):
            return self.env._(
                "Enter how many people complain: at least one, and at least two for "
                "a group."
            )
        return False

    @api.model
    def _get_handler_domain(self):
        """Return the domain of the users who may handle complaints.

        :rtype: list
        """
        groups = [self.env.ref(f"customer_complaint.{name}") for name in HANDLER_GROUPS]
        return [("all_group_ids", "in", [group.id for group in groups])]

    @api.constrains("user_id")
    def _check_user_id(self):
        for complaint in self:
            # Roles are asked for, nothing else of the user is read.
            user_sudo = complaint.user_id.sudo()
            if user_sudo and not any(
                user_sudo.has_group(f"customer_complaint.{name}")
                for name in HANDLER_GROUPS
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s has no role in complaint handling and would not see "
                        "the case. Choose another handler, or ask an administrator to "
                        "give them the role of agent or quality.",
                        user=user_sudo.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self = self._without_system_defaults()
        default_company_id = self.default_get(["company_id"])["company_id"]
        numbered = []
        by_company = {}
        for vals in vals_list:
            self._check_new_vals(vals)
            company_id = vals.get("company_id") or default_company_id
            numbered.append({**vals, "company_id": company_id})
            by_company.setdefault(company_id, []).append(numbered[-1])
        for company_id, company_vals in by_company.items():
            company = self.env["res.company"].browse(company_id)
            names = company._complaint_next_numbers(
                COMPLAINT_SEQUENCE, len(company_vals)
            )
            for vals, name in zip(company_vals, names, strict=True):
                vals["name"] = name
        complaints = super().create(numbered)
        complaints._check_sale_access()
        return complaints

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        raise UserError(
            self.env._(
                "A registered complaint keeps its number and is never deleted: "
                "%(names)s. Refuse it, or record that it was withdrawn.",
                names=format_list(self.env, self.mapped("name")),
            )
        )

    @api.model
    def _check_not_in_use(self, records, field_name):
        """Refuse to delete configuration that complaints refer to.

        :param records: records about to be deleted
        :param str field_name: field of the complaint that may hold them
        :raise UserError: naming the records and how often they are used
        """
        # Complaints the user may not see count as well: only numbers are told.
        counts = self.sudo()._read_group(
            [(field_name, "in", records.ids)], [field_name], ["__count"]
        )
        if counts:
            raise UserError(
                self.env._(
                    "Complaints use what you want to delete: %(uses)s. Archive it "
                    "instead: it will no longer be proposed.",
                    uses=format_list(
                        self.env,
                        [
                            f"{record.display_name} ({count})"
                            for record, count in counts
                        ],
                    ),
                )
            )

    def action_assign_to_me(self):
        """Make the current user the handler of these complaints."""
        self.write({"user_id": self.env.uid})
        return True

    def action_open_archive_card(self):
        """Open the archive card of the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.complaint.archive.card",
            "res_id": self.archive_card_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _action_list_for(self, domain, **defaults):
        """Return the list of complaints behind a smart button.

        :param domain: which complaints
        :param defaults: values proposed for a new complaint
        :rtype: dict
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_complaint.customer_complaint_action"
        )
        action["domain"] = list(Domain(domain))
        action["context"] = {
            f"default_{name}": value for name, value in defaults.items()
        }
        return action

    @api.model
    def _get_case_domain(self, complaints):
        return Domain("id", "in", complaints.ids)

    @api.depends("document_ids.confidentiality")
    def _compute_confidential_paper_count(self):
        self._count_confidential(
            "confidential_paper_count",
            "customer.complaint.archive.document",
            [("confidentiality", "=", "confidential")],
        )

    def _count_confidential(self, name, model, domain):
        """Set a count of what is confidential; the user need not see all of it.

        :param str name: the field of the complaint
        :param str model: what is counted
        :param domain: which of them are confidential
        """
        counts = {}
        if self.ids:
            # All count; how many there are is no secret to who sees the case.
            groups = (
                self.env[model]
                .sudo()
                ._read_group(
                    [("complaint_id", "in", self.ids), *domain],
                    ["complaint_id"],
                    ["__count"],
                )
            )
            counts = {complaint.id: count for complaint, count in groups}
        for complaint in self:
            complaint[name] = counts.get(complaint.id, 0)

    def _has_confidential(self):
        """Return whether anything confidential is filed. Hook.

        The counts are stored: complaints without any cost no query.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.confidential_paper_count)

    def _was_worked_on(self):
        """Return whether there is more to a complaint than it was opened with. Hook.

        :rtype: bool
        """
        self.ensure_one()
        # Whether there is anything counts, not whether the user sees it.
        complaint_sudo = self.sudo()
        if complaint_sudo.state != "registered":
            return True
        if any(
            message.message_type in ("comment", "email", "email_outgoing")
            for message in complaint_sudo.message_ids
        ):
            return True
        own_parts = self._get_initial_parts()
        return any(
            complaint_sudo[name]
            for name, field in self._fields.items()
            if field.type == "one2many"
            and field.store is not None
            and field.comodel_name.startswith("customer.complaint.")
            and field.inverse_name
            and name not in own_parts
        )

    @api.model
    def _get_initial_parts(self):
        """Return the fields of what a complaint has from the start.

        Hook: addons add, in front, what comes by itself with a complaint.

        :return: in the order in which they go with one opened by mistake
        :rtype: list[str]
        """
        return ["line_ids"]

    def _get_case(self):
        return self

    @api.model
    def _get_case_sections(self):
        """Return what a case tells of what hangs on it. Hook: addons add their parts.

        :return: by chapter (``case``, ``notices``, ``approvals``) and model the names
            of the fields, in the order in which they are told
        :rtype: dict[str, dict[str, tuple[str]]]
        """
        return {
            "case": {
                "customer.complaint.line": (
                    "product_name",
                    "specification",
                    "quantity",
                    "product_uom_id",
                    "price_unit",
                    "lot_name",
                    "production_date",
                    "expiry_date",
                    "manufacturer",
                ),
                "customer.complaint.remediation": (
                    "name",
                    "state",
                    "amount_total",
                    "note",
                    "date_agreed",
                    "signer_name",
                    "signed_text",
                    "signed_digest",
                    "date_declined",
                    "decline_reason",
                    "date_done",
                    "cancel_reason",
                ),
                "customer.complaint.remediation.line": (
                    "remediation_id",
                    "kind",
                    "product_id",
                    "quantity",
                    "amount",
                    "note",
                    "state",
                    "done_note",
                    "date_done",
                ),
            },
            "notices": {},
            "approvals": {},
        }

    def _get_case_reports(self):
        """Return the papers that are printed of a case. Hook: addons add theirs.

        :return: title, report and record of each
        :rtype: list[tuple[str, str, BaseModel]]
        """
        self.ensure_one()
        card = self.archive_card_id
        if not card or not card.has_access("read"):
            return []
        report = "customer_complaint.report_archive_card"
        return [(self.env._("Archive card"), report, card)]

    def _format_day(self, moment):
        """Return the day of a moment in the company's time zone, as letters name it.

        :param datetime.datetime moment: naive UTC
        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        return company._complaint_format_day(company._complaint_date(moment))

    def _is_seen_by(self, user, part=None):
        """Return whether a user may read the complaint, or a part of it.

        :param res.users user: any user
        :param part: what hangs on the complaint; the complaint itself when not given
        :rtype: bool
        """
        self.ensure_one()
        record = self if part is None else part
        company = self.company_id
        return company in user.sudo().company_ids and record.with_user(
            user
        ).with_context(allowed_company_ids=company.ids).has_access("read")

    def _is_internal_message(self, message):
        """Return whether a message is a note, or came in instead of going out. Hook.

        :rtype: bool
        """
        message_sudo = message.sudo()  # its kind only
        return (
            message_sudo.is_internal
            or message_sudo.subtype_id.internal
            or message_sudo.message_type == "email"
        )

    def _note_given_away(self, kind):
        """Note that somebody got a copy of these cases. Hook: for a log of it.

        :param str kind: who or how, e.g. ``"person"``
        """

    def _prepare_split_vals(self):
        """Return what a complaint split off this one takes over. Hook.

        :rtype: dict
        """
        self.ensure_one()
        return {}

    def _after_products_left(self):
        """Do what follows when products went to another complaint.

        Hook: addons take back what rested on them.
        """

    def _action_list_parts(self, action, **defaults):
        """Return the list of what hangs on the complaint, behind a smart button.

        :param str action: XML id of the list of all of them
        :param defaults: values proposed for a new one
        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(action),
            "domain": [("complaint_id", "=", self.id)],
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    @api.model
    def _action_new(self, **defaults):
        """Return the form of a new complaint with proposed values.

        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Complaint"),
            "res_model": "customer.complaint",
            "views": [(False, "form")],
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    def _get_file_cases(self):
        return self

    def _get_photo_owners(self):
        """Return the records, the case among them, whose pictures tell of it. Hook.

        :rtype: list[odoo.models.BaseModel]
        """
        return [self, self.document_ids]

    @api.model
    def _may_take_files_late(self):
        # Letters come after the end, too; they stand in the next seal.
        return True

    def _creation_message(self):
        self.ensure_one()
        return self.env._("Complaint %(number)s registered", number=self.name)

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]

    def _log_reason(self, title, reason):
        """Show a reason under the change of state in the chatter.

        :param str title: what was done
        :param str reason: why, as plain text
        """
        self._track_set_log_message(
            Markup("<p><b>%s</b><br/>%s</p>") % (title, reason or "")
        )

    # ------------------------------------------------------------------
    # ORDER AND INVOICE
    #
    # The sale a complaint is about: order, invoice, day and place of purchase.
    # ------------------------------------------------------------------

    @api.depends("sale_order_id")
    def _compute_purchase_date(self):
        for complaint in self:
            if complaint.sale_order_id:
                complaint.purchase_date = complaint.company_id._complaint_date(
                    complaint.sale_order_id.date_order
                )

    @api.constrains("sale_order_id", "partner_id", "company_id")
    def _check_sale_order(self):
        for complaint in self:
            # Constraints run as superuser: the reason names the order to everybody.
            # Whether the user may read it is checked in _check_sale_access.
            order_sudo = complaint.sale_order_id.sudo()
            if not order_sudo:
                continue
            reason = complaint._get_cannot_use_order_reason(order_sudo)
            if reason:
                raise ValidationError(reason)

    def _get_cannot_use_order_reason(self, order_sudo):
        """Return why this complaint cannot be about the order, or False.

        :param sale.order order_sudo: readable whatever the user's rights
        :rtype: str or bool
        """
        self.ensure_one()
        company = self.company_id
        if order_sudo.company_id != company:
            return self.env._(
                "Order %(order)s belongs to another company than this complaint "
                "(%(company)s). Switch to the company of the order and open the "
                "complaint there.",
                order=order_sudo.name,
                company=company.display_name,
            )
        reason = order_sudo._get_cannot_complain_reason()
        if reason:
            return reason
        entity = self.partner_id.commercial_partner_id
        if entity and entity not in order_sudo._get_complaint_customers():
            return self.env._(
                "Order %(order)s was not sold to %(customer)s. Choose an order of "
                "this customer, or the customer of the order.",
                order=order_sudo.name,
                customer=self.partner_id.display_name,
            )
        return False

    @api.constrains("invoice_id", "partner_id", "company_id")
    def _check_invoice(self):
        for complaint in self:
            # As with the order: the refusal names it to everybody.
            invoice_sudo = complaint.invoice_id.sudo()
            if not invoice_sudo:
                continue
            if not invoice_sudo.is_sale_document(include_receipts=True) or (
                complaint.partner_id
                and invoice_sudo.commercial_partner_id
                != complaint.partner_id.commercial_partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s is not a customer invoice of %(customer)s. "
                        "Choose an invoice of this customer, or leave it empty.",
                        invoice=invoice_sudo.display_name,
                        customer=complaint.partner_id.display_name,
                    )
                )

    def _get_followed_fields(self, names):
        return super()._get_followed_fields(names) | (SALE_FIELDS & names)

    def _after_change(self, changes):
        result = super()._after_change(changes)
        self._changed(changes, SALE_FIELDS)._check_sale_access()
        return result

    def _check_sale_access(self):
        """Refuse orders and invoices that the user may not read.

        Otherwise a complaint would show what their sales rights hide.

        :raise AccessError: if the user may not read one of them
        """
        if self.env.su:
            return
        for records in (self.sale_order_id, self.invoice_id):
            # Asked of no record, check_access would ask for a right on the model.
            if records:
                records.check_access("read")

    def action_open_sale_order(self):
        """Open the order the complaint is about.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # WHAT A MATTER NEEDS
    #
    # What the category asks to know of the matter.
    # ------------------------------------------------------------------

    def _get_missing_matter(self):
        """Return what the category asks to know and nobody entered.

        :return: names for the reader, with the product they are missing of
        :rtype: list[str]
        """
        self.ensure_one()
        # Guards ask the category, and not what a call can put into the cache.
        category = self.category_id
        missing = [
            f"“{self._get_field_label(name)}”"
            for need, name in COMPLAINT_NEEDS.items()
            if category[need] and not self[name]
        ]
        if category.needs_product and not self.line_ids:
            missing.append(f"“{self._get_field_label('line_ids')}”")
        for line in self.line_ids:
            missing += [
                self.env._(
                    "“%(field)s” of %(product)s",
                    field=get_field_label(line, name),
                    product=line.product_name,
                )
                for need, name in LINE_NEEDS.items()
                if category[need]
                and not (
                    line[name].strip() if isinstance(line[name], str) else line[name]
                )
            ]
        return missing

    # ------------------------------------------------------------------
    # LANGUAGE OF THE CUSTOMER
    #
    # Everything that goes to the customer is in the customer's language.
    #
    # Letters, mails, receipts and what templates propose are made in it; whoever writes
    # a text in another one is warned.
    # ------------------------------------------------------------------

    def _get_letter_lang(self):
        """Return the language of everything that goes to the complainant.

        :return: theirs, else that of the company, else the reader's
        :rtype: str
        """
        self.ensure_one()
        # The language only, whoever may see the contact.
        company_sudo = self.company_id.sudo()
        wanted = self.partner_id.sudo().lang or company_sudo.partner_id.lang
        return get_lang(self.env, wanted).code

    def _in_letter_lang(self):
        """Return the complaint as it speaks to the complainant.

        :rtype: customer.complaint
        """
        self.ensure_one()
        return self.with_context(lang=self._get_letter_lang())
