from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from .customer_complaint_category import SEVERITIES
from .customer_complaint_channel import WAYS_IN
from .res_company import COMPLAINT_SEQUENCE

COMPLAINT_STATES = [
    ("registered", "Registered"),
    ("accepted", "Accepted"),
    ("investigating", "Investigating"),
    ("remediation", "Remediation"),
    ("followup", "Follow-up"),
    ("closed", "Closed"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("merged", "Merged"),
]
MAIN_STATES = (
    "registered",
    "accepted",
    "investigating",
    "remediation",
    "followup",
    "closed",
)
CLOSED_STATES = ("closed", "refused", "withdrawn", "merged")
OPEN_STATES = tuple(
    state for state, _label in COMPLAINT_STATES if state not in CLOSED_STATES
)
REPRESENTATIONS = [
    ("self", "Themselves"),
    ("guardian", "By the legal guardian"),
    ("agent", "By an authorised agent"),
    ("heir", "By an heir"),
    ("organisation", "Organisation"),
    ("group", "Group"),
]
GENDERS = [("male", "Male"), ("female", "Female"), ("other", "Other")]
CONCLUSIONS = [
    ("established", "Established"),
    ("partly", "Partly established"),
    ("not_established", "Not established"),
    ("undetermined", "Cannot be determined"),
]
# The tick boxes "what was done" of the archive card, in its order (ARCHIVE-CARD).
MEASURE_FIELDS = (
    "has_return",
    "has_exchange",
    "has_lost_wages",
    "has_travel",
    "has_nursing",
    "has_consolation",
    "has_compensation",
    "has_other_measure",
)
# Who complains, and of which sale.
COMPLAINANT_FIELDS = (
    "partner_id",
    "representation",
    "representative_ids",
    "complainant_count",
    "complainant_name",
    "phone",
    "email",
    "address",
    "other_contact",
    "gender",
    "age",
    "occupation",
    "sale_order_id",
    "invoice_id",
    "purchase_date",
    "purchase_place",
    "receipt_ref",
)
# One of these at least says who complains, or of what.
SUBSTANCE_FIELDS = (
    "partner_id",
    "complainant_name",
    "phone",
    "email",
    "description",
    "demand",
    "category_id",
    "sale_order_id",
    "invoice_id",
    "line_ids",
)
# Who may be made the handler of a complaint.
HANDLER_GROUPS = ("group_complaint_agent", "group_complaint_quality")
# Who sees complaints at all, for fields on the records of other apps.
READER_GROUPS = ",".join(
    f"customer_complaint.group_complaint_{role}"
    for role in ("agent", "quality", "archivist", "auditor")
)
# Technical bounds, not policy: what the archive card has room for.
MAX_NAME_LENGTH = 128
MAX_AGE = 150
# Law: a group acts through no more than five persons (CBIRC-2020 art. 14).
MAX_GROUP_REPRESENTATIVES = 5


def get_field_label(model, name):
    """Return the label of a field in the language of the environment.

    :param model: recordset of the model
    :param str name: name of the field
    :rtype: str
    """
    return model._fields[name].get_description(model.env, ["string"])["string"]


def with_own_defaults(model, values, names):
    """Return default values, with those of the model only for some fields.

    The context and what users keep as their defaults (``ir.default``) may propose
    anything, but nothing for what the system sets.

    :param model: the model, with the user
    :param dict values: what ``default_get`` returned
    :param names: names of the fields that only the system sets
    :rtype: dict
    """
    own = {}
    for name in values.keys() & names:
        default = model._fields[name].default
        if default:
            value = default(model)
            own[name] = value.id if isinstance(value, models.BaseModel) else value
    return {
        **{name: value for name, value in values.items() if name not in names},
        **own,
    }


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
    waive papers                    A - S M Q - - - -
    verify                          A - S M Q - - - -
    take, hand over                 A - S M Q - - - -
    assign by rule                  A - S M - - - - -
    recuse somebody                 A - S M Q - - - -
    recuse oneself                  A - S M Q - - - -
    take back a recusal             - - S M - - - - -
    lower severity                  - - S M - - - - -
    lower severity from major       - - - M - - - - -
    investigate                     A - S M Q - - - -
    enter evidence                  A - S M Q - - - -
    strike out evidence             A - S M Q - - - -
    ask by memo                     A - S M Q - - - -
    decide on reporting             A - S M Q - - - -
    confirm findings (quality)      - - - - Q - - - -
    confirm findings (service)      - - S M - - - - -
    confirm findings (other)        A - S M - - - - -
    end an emergency task           A - S M Q - - - -
    decide                          A - S M Q - - - -
    skip investigation (quality)    - - - - Q - - - -
    skip investigation (service)    - - S M - - - - -
    skip investigation (other)      A - S M - - - - -
    apply a template                A - S M Q - - - -
    sign off (quality)              - - - - Q - - - -
    sign off (legal)                - - - - - L - - -
    tell                            A - S M Q - - - -
    record how it was told          A - S M Q - - - -
    void a notice                   - - S M - - - - -
    pass to quality                 A - S M Q - - - -
    choose another policy           - - S M - - - - -
    pause the clock                 A - S M Q - - - -
    void a pause                    - - S M - - - - -
    ask for more time               A - S M Q - - - -
    approve more time               - - S M - - - - -
    ask for complexity              A - S M Q - - - -
    approve complexity              - - S M - - - - -
    restart the clock               - - S M - - - - -
    enter agreed terms              A - S M Q - - - -
    void agreed terms               - - S M - - - - -
    follow up                       A - S M Q - - - -
    close                           A - S M - - - - -
    withdraw                        A - S M - - - - -
    reopen                          - - S M - - - - -
    merge                           - - S M - - - - -
    split                           A - S M - - - - -
    ask for a review                A - S M Q - - - -
    admit a late review             - - - M - - - - -
    name the reviewer               - - S M - - - - -
    decide the review               - - S - - - - - -
    propose a remediation           A - S M Q - - - -
    ask for approval                A - S M Q - - - -
    approve up to 1,000             - - S M - - - - -
    approve above                   - - - M - - - - -
    refuse a remediation            - - S M - - - - -
    record an agreement             A - S M Q - - - -
    carry out a remediation         A - S M Q - - - -
    cancel a remediation            A - S M Q - - - -
    register a return               A O S M - - - - -
    carry out a return              A - S M - - - - -
    accept a late return            - - S M - - - - -
    record a proceeding             A - S M Q - - - -
    end a proceeding                A - S M Q - - - -
    make a case bundle              - - S M - L R U -
    confirm the handler             - - S M - - - - -
    waive papers of the card        - - S M - - R - -
    approve a consultation          - - - M - - R - -
    revoke a consultation           - - - M - - R - -
    add a supplement                - - S M - - R - -
    hold a card                     - - - M - - R - -
    end a hold                      - - - M - - - - -
    propose a disposal              - - - - - - R - -
    approve a disposal              - - - M - - - - -
    check the archive               - - - M - L R U -
    undo an import                  - - - M - - R - -
    take an inventory               - - - - - - R - -
    read an inventory               - - - M - L R U -
    register a data request         - - - M - - R - -
    decide a data request           - - - M - - - - -
    lift a restriction              - - - M - - - - -
    copy the data of a person       - - - M - - R - -
    edit configuration              - - - M - - - - -
    ==============================  =================

    More time and complexity are approved by whom the policy names, here the supervisor,
    and by the leaders of the teams above. Supervisors
    also have the cases without team. The review is decided by the reviewer
    named, here the supervisor: a superior who neither decided nor handled nor approved
    the money; where teams stand above, one of their leaders. Findings on service are
    confirmed by the leader of the unit complained of or by another unit. Where the
    company has nobody in quality, managers confirm in its place. Who is asked by a memo
    answers it, whatever their role. Who approves what follows from the ladder, here the
    shipped one; people it names approve with any of these roles. Who decided does not
    sign off. Who sees a case but not its confidential papers asks to consult them, and
    somebody else approves. Nobody deletes a complaint: a number is never reused.
    Whoever is recused does none of it but read how the case stands, without its papers,
    evidence and files; managers and administrators included. Who leads a superior team
    has, in the teams below, the rights of their supervisor (S), but for those of the
    team's leader alone: confidential papers. Who made themselves leader of a team sees
    these once another manager confirms it. The history of a case is changed by nobody.

    The life of a complaint (states, conditions, dates) is in
    ``customer_complaint_life.py``, its verifications, memos and recusals in files of
    their names.
    """

    _name = "customer.complaint"
    _description = "Customer Complaint"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_received desc, id desc"
    _rec_names_search = ["name", "subject", "complainant_name"]
    _check_company_auto = True
    _primary_email = "email"
    # Answers keep their thread; what the system notes needs no parent looked up.
    _mail_flat_thread = False

    # Identity
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
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        frozen=True,
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
    )
    complainant_count = fields.Integer(
        string="Number of Complainants",
        default=1,
        required=True,
        help="How many people act together in this complaint.",
        frozen=True,
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
    )
    email = fields.Char(
        compute="_compute_complainant",
        store=True,
        readonly=False,
        precompute=True,
        help="E-mail address as told with the complaint.",
        personal=True,
        frozen=True,
    )
    address = fields.Char(
        compute="_compute_complainant",
        store=True,
        readonly=False,
        precompute=True,
        help="Postal address as told with the complaint.",
        personal=True,
        frozen=True,
    )
    other_contact = fields.Char(
        help="Any other way to reach the complainant, e.g. a messenger account.",
        personal=True,
        frozen=True,
    )
    gender = fields.Selection(
        GENDERS,
        help="As told with the complaint.",
        personal=True,
        frozen=True,
    )
    age = fields.Integer(
        help="Age in years as told with the complaint; empty when not told.",
        aggregator="avg",
        personal=True,
        frozen=True,
    )
    occupation = fields.Char(
        compute="_compute_complainant",
        store=True,
        readonly=False,
        precompute=True,
        help="Occupation as told with the complaint.",
        personal=True,
        frozen=True,
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
    )
    demand = fields.Text(
        string="Customer's Demand",
        help="What the customer asks for.",
        personal=True,
        frozen=True,
    )
    event_date = fields.Datetime(
        string="Happened On",
        help="When the incident itself took place.",
        frozen=True,
    )
    event_place = fields.Char(
        string="Place",
        help="Where the incident took place.",
        personal=True,
        frozen=True,
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
    )

    # Reception and classification
    channel_id = fields.Many2one(
        "customer.complaint.channel",
        tracking=True,
        ondelete="restrict",
        help="Through whom or where the complaint arrived (投诉渠道).",
        frozen=True,
    )
    way_in = fields.Selection(
        WAYS_IN,
        compute="_compute_way_in",
        store=True,
        readonly=False,
        precompute=True,
        help="How the complaint reached us.",
        frozen=True,
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
    )
    category_id = fields.Many2one(
        "customer.complaint.category",
        tracking=True,
        ondelete="restrict",
        check_company=True,
        help="What the complaint is about (投诉类型).",
        frozen=True,
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
    user_id = fields.Many2one(
        "res.users",
        string="Handler",
        copy=False,
        check_company=True,
        tracking=True,
        domain=lambda self: self._get_handler_domain(),
        help="Who investigates and answers the complaint (处理人).",
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

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'",
        "Another complaint of the company already has this number.",
    )
    # The order of all lists.
    _received_idx = models.Index("(date_received DESC, id DESC)")
    # Record rules and the lists of a team.
    _team_state_idx = models.Index("(team_id, state)")
    # Record rules: what somebody opened themselves.
    _create_uid_idx = models.Index("(create_uid)")
    # What is open: columns of the kanban view, counts, what is due.
    _open_idx = models.Index(
        "(state, team_id) WHERE state IN ('registered', 'accepted', 'investigating',"
        " 'remediation', 'followup')"
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

    @api.constrains("subject", "complainant_name", "occupation", "phone", "receipt_ref")
    def _check_lengths(self):
        """Refuse names that would not fit on the archive card."""
        names = ("subject", "complainant_name", "occupation", "phone", "receipt_ref")
        for complaint in self:
            for name in names:
                value = complaint[name] or ""
                if len(value) > MAX_NAME_LENGTH:
                    raise ValidationError(
                        self.env._(
                            "%(field)s has %(length)s characters; at most %(max)s fit "
                            "on the archive card. Shorten it and put the rest into "
                            "the description.",
                            field=self._get_field_label(name),
                            length=len(value),
                            max=MAX_NAME_LENGTH,
                        )
                    )

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

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

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
        return super().create(numbered)

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

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

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

    def _action_list_parts(self, part, **defaults):
        """Return the list of what hangs on the complaint, behind a smart button.

        :param str part: last word of the model's name, e.g. ``"memo"``
        :param defaults: values proposed for a new one
        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                f"customer_complaint.customer_complaint_{part}_action"
            ),
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

    # ------------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------------

    def _get_file_cases(self):
        return self

    @api.model
    def _may_take_files_late(self):
        # Letters come after the end, too; they stand in the next seal.
        return True

    # ------------------------------------------------------------------
    # MAIL.THREAD
    # ------------------------------------------------------------------

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
