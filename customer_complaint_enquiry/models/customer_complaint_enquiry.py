from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.misc import clean_context

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH

from ..const import (
    CONTENT_FIELDS,
    KINDS,
    PROPOSAL_FIELDS,
    PROPOSALS,
    STATES,
)

ENQUIRY_SEQUENCE = "customer.complaint.enquiry"
TURN_ACTIVITY = "customer_complaint_enquiry.mail_act_turn_enquiry"


class CustomerComplaintEnquiry(models.Model):
    """An enquiry, a suggestion or a grumble (咨询、建议、抱怨).

    A record of its own and no complaint: it has no clock, no card and no chain, and is
    in no list or figure of complaints. It is answered and closed in one step. One press
    turns it into a complaint, which takes over all it says; the second grumble of a
    customer within the hours of the settings, and any of a key customer, proposes that
    (OPINION-FORM). Proposed is not done: a person presses.

    Agents have those of their teams and those they received, supervisors also those
    without team, auditors read. Quality and archivists have no business with them.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    read an enquiry                 A - S M - L - U -
    record an enquiry               A O S M - - - - -
    answer an enquiry               A - S M - - - - -
    turn one into a complaint       A - S M - - - - -
    ==============================  =================
    """

    _name = "customer.complaint.enquiry"
    _inherit = [
        "customer.complaint.listed",
        "customer.complaint.numbered",
        "customer.complaint.phoned",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Enquiry, Suggestion or Grumble"
    _order = "date_received desc, id desc"
    _rec_names_search = ["name", "customer_name"]
    _check_company_auto = True
    _sequence_code = ENQUIRY_SEQUENCE
    _list_action = "customer_complaint_enquiry.customer_complaint_enquiry_action"
    _primary_email = "email"

    # Identity
    name = fields.Char(
        string="Enquiry No.",
        index="trigram",
        help="Drawn from the company's yearly sequence of enquiries; never reused.",
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        default="enquiry",
        tracking=True,
        help="A grumble asks for nothing, but should be known: the second one within "
        "some hours, or one of a key customer, proposes a complaint (OPINION-FORM).",
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        copy=False,
        default="open",
        tracking=True,
        system=True,
    )
    team_id = fields.Many2one(
        "customer.complaint.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Its members see it, and answer it.",
    )

    # Who said it
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Can be left empty: a name or a telephone does, or nothing.",
        personal=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer Entity",
        store=True,
        index="btree_not_null",
        precompute=True,
        personal=True,
        system=True,
    )
    customer_name = fields.Char(
        string="Name",
        compute="_compute_customer",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        help="As told at the time.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    phone = fields.Char(
        compute="_compute_customer",
        store=True,
        readonly=False,
        precompute=True,
        help="As told at the time; by it grumbles of the same person are found, in "
        "whatever notation.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    email = fields.Char(
        compute="_compute_customer",
        store=True,
        readonly=False,
        precompute=True,
        help="As told at the time.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('company_id', '=', company_id),"
        " '|', ('partner_id', 'child_of', commercial_partner_id or []),"
        " (0 if partner_id else 1, '=', 1)]",
        help="The order or quotation it is about, if any.",
        personal=True,
    )

    # What was said
    channel_id = fields.Many2one(
        "customer.complaint.channel",
        default=lambda self: self.env.company.complaint_channel_id,
        ondelete="restrict",
        help="Through whom or where it arrived.",
    )
    received_by_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="Who took it in; they see it, whatever its team.",
    )
    date_received = fields.Datetime(
        string="Received On",
        required=True,
        default=fields.Datetime.now,
        copy=False,
    )
    description = fields.Text(
        string="What Was Said",
        required=True,
        help="In the customer's own words as far as possible.",
        personal=True,
    )
    answer = fields.Text(help="What the customer was told.", personal=True, copy=False)
    answered_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", system=True
    )
    date_answered = fields.Datetime(
        string="Answered On", readonly=True, copy=False, system=True
    )

    # What became of it
    proposal = fields.Selection(
        PROPOSALS,
        string="Complaint Proposed",
        compute="_compute_proposal",
        store=True,
        help="Why the grumble should perhaps become a complaint (OPINION-FORM), as it "
        "was when the grumble was entered.",
        system=True,
    )
    proposal_note = fields.Text(
        compute="_compute_proposal_note",
        compute_sudo=True,
        help="Why a complaint is proposed, with the other grumbles.",
    )
    complaint_id = fields.Many2one(
        "customer.complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The complaint it was turned into.",
        system=True,
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'",
        "Another enquiry of the company already has this number.",
    )
    # The order of all lists.
    _received_idx = models.Index("(date_received DESC, id DESC)")
    # What waits for an answer.
    _open_idx = models.Index("(team_id) WHERE state = 'open'")
    # Record rules: what somebody recorded themselves.
    _create_uid_idx = models.Index("(create_uid)")

    @api.depends("name")
    def _compute_display_name(self):
        for enquiry in self:
            is_new = enquiry.name == "/"
            enquiry.display_name = self.env._("New Enquiry") if is_new else enquiry.name

    @api.depends("company_id")
    def _compute_team_id(self):
        for company, enquiries in self.grouped("company_id").items():
            team = self.env["customer.complaint"]._get_default_team(company)
            for enquiry in enquiries:
                if enquiry.team_id.company_id != company:
                    enquiry.team_id = team

    @api.depends("sale_order_id")
    def _compute_partner_id(self):
        for enquiry in self:
            order = enquiry.sale_order_id
            entity = enquiry.partner_id.commercial_partner_id
            if order and entity not in order._get_complaint_customers():
                enquiry.partner_id = order.partner_id

    @api.depends("partner_id")
    def _compute_customer(self):
        """Copy how the customer is reached, once, when the customer is chosen."""
        for enquiry in self:
            partner = enquiry.partner_id
            if not partner:
                continue
            entity = partner.commercial_partner_id
            enquiry.customer_name = (partner.name or "")[:MAX_NAME_LENGTH]
            enquiry.phone = partner.phone or entity.phone
            enquiry.email = partner.email or entity.email

    @api.constrains("description")
    def _check_description(self):
        for enquiry in self:
            if not (enquiry.description or "").strip():
                raise ValidationError(
                    self.env._("Enter what was said: the question, idea or grumble.")
                )

    @api.constrains("date_received")
    def _check_date_received(self):
        now = fields.Datetime.now()
        if any(enquiry.date_received > now for enquiry in self):
            raise ValidationError(
                self.env._(
                    "Nothing was received in the future. Enter the day and time it "
                    "reached you."
                )
            )

    @api.constrains("sale_order_id", "partner_id")
    def _check_sale_order(self):
        for enquiry in self:
            # Constraints run as superuser: the reason names the order to everybody.
            order_sudo = enquiry.sale_order_id.sudo()
            entity = enquiry.partner_id.commercial_partner_id
            if (
                order_sudo
                and entity
                and entity not in order_sudo._get_complaint_customers()
            ):
                raise ValidationError(
                    self.env._(
                        "Order %(order)s was not sold to %(customer)s. Choose an order "
                        "of this customer, or leave it empty.",
                        order=order_sudo.name,
                        customer=enquiry.partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Record enquiries, and ask whether grumbles become complaints.

        :raise AccessError: if the user may not read one of the orders
        """
        enquiries = super().create(vals_list)
        enquiries._check_sale_access()
        enquiries.filtered("proposal")._ask_to_turn()
        return enquiries

    def write(self, vals):
        """Write; another kind or customer asks anew whether it becomes a complaint.

        :raise AccessError: if the user may not read one of the orders
        """
        proposed = self.filtered("proposal")
        result = super().write(vals)
        if "sale_order_id" in vals:
            self._check_sale_access()
        if PROPOSAL_FIELDS & vals.keys():
            still = self.filtered("proposal")
            (still - proposed)._ask_to_turn()
            (proposed - still).activity_unlink([TURN_ACTIVITY])
        return result

    def _check_vals(self, vals):
        """Refuse changes of what was answered or turned into a complaint."""
        if "company_id" in vals and self:
            raise UserError(
                self.env._("The company stays. Record it in the other company instead.")
            )
        if CONTENT_FIELDS & vals.keys():
            self._raise_reasons(lambda enquiry: enquiry._get_fixed_reason())
        return super()._check_vals(vals)

    def _get_fixed_reason(self):
        """Return why what it says no longer changes, with the way out, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state == "answered":
            return self.env._("it was answered. Press “Reopen” to correct it.")
        if self.state == "turned":
            return self.env._("it is a complaint now. Go on there.")
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "This keeps its number and is never deleted: %(names)s. If it was "
                "entered by mistake, say so in the answer and close it.",
                names=format_list(self.env, self.mapped("name")),
            )
        )

    def _check_sale_access(self):
        """Refuse orders that the user may not read.

        Otherwise an enquiry would show what their sales rights hide.

        :raise AccessError: if the user may not read one of them
        """
        if self.sale_order_id and not self.env.su:
            self.sale_order_id.check_access("read")

    def _creation_message(self):
        self.ensure_one()
        return self.env._(
            "%(kind)s %(number)s recorded",
            kind=self._get_kind_label(),
            number=self.name,
        )

    def _get_kind_label(self):
        """Return the kind in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]

    # ------------------------------------------------------------------
    # ANSWER
    # ------------------------------------------------------------------

    def action_answer(self):
        """Close these with the answer that is entered.

        :raise UserError: without an answer, or if one is not open
        """
        self.check_access("write")
        self._check_state("open")
        self._raise_reasons(
            lambda enquiry: (
                not (enquiry.answer or "").strip()
                and enquiry.env._(
                    "enter what the customer was told. To answer later, only save it."
                )
            )
        )
        self._write_unguarded(
            {
                "state": "answered",
                "answered_by_id": self.env.uid,
                "date_answered": fields.Datetime.now(),
            }
        )
        return True

    def action_reopen(self):
        """Take these up again: the answer was wrong, or the customer came back.

        :raise UserError: if one was not answered
        """
        self.check_access("write")
        self._check_state("answered")
        self._write_unguarded(
            {"state": "open", "answered_by_id": False, "date_answered": False}
        )
        return True

    # ------------------------------------------------------------------
    # GRUMBLES
    #
    # When a complaint is proposed (OPINION-FORM).
    # ------------------------------------------------------------------

    @api.depends("kind", "partner_id", "phone_numbers", "date_received", "company_id")
    def _compute_proposal(self):
        for enquiry in self:
            if enquiry._get_other_grumbles():
                enquiry.proposal = "repeated"
            elif enquiry._is_of_key_customer():
                enquiry.proposal = "key_customer"
            else:
                enquiry.proposal = False

    @api.depends("proposal")
    def _compute_proposal_note(self):
        for enquiry in self:
            enquiry.proposal_note = enquiry._get_proposal_note()

    def _get_other_grumbles(self):
        """Return the other grumbles of the same customer, within the company's hours.

        Before and after: one may be entered later than it was received. Those of every
        team count: numbers and times are told of them, nothing else.

        :return: as superuser
        :rtype: customer.complaint.enquiry
        """
        self.ensure_one()
        company = self.company_id
        hours = timedelta(hours=company.complaint_grumble_hours)
        if self.kind != "grumble" or not hours or not self.date_received:
            return self.browse()
        same = self._get_phone_domain(self.phone, company, self._get_known_numbers())
        entity = self.partner_id.commercial_partner_id
        if entity:
            same |= Domain("commercial_partner_id", "=", entity.id)
        return self.sudo().search(
            same
            & Domain("kind", "=", "grumble")
            & Domain("company_id", "=", company.id)
            & Domain("date_received", ">=", self.date_received - hours)
            & Domain("date_received", "<=", self.date_received + hours)
            & Domain("id", "not in", self._origin.ids),
            order="date_received, id",
        )

    def _is_of_key_customer(self):
        """Return whether a key customer grumbles: they, or who they belong to.

        :rtype: bool
        """
        self.ensure_one()
        partners = self.partner_id | self.partner_id.commercial_partner_id
        tag = self.company_id.complaint_key_customer_tag_id
        return self.kind == "grumble" and bool(tag & partners.category_id)

    def _get_proposal_note(self):
        """Return why a complaint is proposed, in whole sentences, or nothing.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.proposal == "key_customer":
            return self.env._("A key customer grumbles.")
        others = self.proposal and self._get_other_grumbles()
        if not others:
            return False
        company = self.company_id
        return self.env._(
            "The customer grumbled more than once within %(hours)s hours: %(others)s.",
            hours=company.complaint_grumble_hours,
            others=format_list(
                self.env,
                [
                    self.env._(
                        "%(number)s of %(moment)s",
                        number=other.name,
                        moment=company._complaint_format_moment(other.date_received),
                    )
                    for other in others
                ],
            ),
        )

    def _ask_to_turn(self):
        """Ask who received these grumbles whether they become complaints."""
        for enquiry in self:
            asked = enquiry._get_asked()
            if asked:
                enquiry.activity_schedule(
                    TURN_ACTIVITY,
                    date_deadline=enquiry.company_id._complaint_today(),
                    note=enquiry.proposal_note,
                    user_id=asked.id,
                )

    def _get_asked(self):
        """Return who is asked: who received it, else who leads the team.

        :return: nobody, if neither sees it
        :rtype: res.users
        """
        self.ensure_one()
        company = self.company_id
        # Who may see it is asked, nothing else of them.
        users_sudo = (self.received_by_id | self.team_id.leader_id).sudo()
        seeing = users_sudo.filtered(
            lambda user: (
                user.active
                and company in user.company_ids
                and self.with_user(user)
                .with_context(allowed_company_ids=company.ids)
                .has_access("read")
            )
        )
        return seeing[:1].sudo(False)

    # ------------------------------------------------------------------
    # COMPLAINT
    # ------------------------------------------------------------------

    def action_turn_into_complaint(self):
        """Turn it into a complaint, once, and show that.

        A second press shows the complaint of the first.

        :rtype: dict
        :raise AccessError: if the user may not change it
        """
        self.ensure_one()
        self.check_access("write")
        if not self.complaint_id:
            # Its row is written before there is a complaint: of two presses in one
            # instant the later is replayed, and finds the first one's complaint.
            self._write_unguarded({"state": "turned"})
            self.flush_recordset(["state"])
            self._make_complaint()
        return self.action_open_complaint()

    def action_open_complaint(self):
        """Open the complaint it was turned into.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.complaint",
            "res_id": self.complaint_id.id,
            "views": [(False, "form")],
        }

    def _make_complaint(self):
        """Create the complaint, link both, and note it on both."""
        self.ensure_one()
        # What is proposed for enquiries is not meant for it.
        env = self.env(context=clean_context(self.env.context))
        complaint = env["customer.complaint"].create(self._prepare_complaint_vals())
        self._write_unguarded({"complaint_id": complaint.id})
        complaint._write_unguarded({"enquiry_id": self.id})
        self._copy_files_to(complaint)
        complaint._message_log(body=self._get_origin_note())
        self._message_log(
            body=self.env._(
                "Turned into the complaint %(complaint)s",
                complaint=complaint._get_html_link(title=complaint.name),
            )
        )
        self.activity_feedback([TURN_ACTIVITY], feedback=complaint.name)

    def _prepare_complaint_vals(self):
        """Return what the complaint takes over; extensions may add to it.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "subject": self.description.strip().splitlines()[0][:MAX_NAME_LENGTH],
            "partner_id": self.partner_id.id,
            "complainant_name": self.customer_name,
            "phone": self.phone,
            "email": self.email,
            "sale_order_id": self._get_order_to_complain_of().id,
            "channel_id": self.channel_id.id,
            "team_id": self.team_id.id,
            "description": self.description,
            "received_by_id": self.received_by_id.id,
            "date_received": self.date_received,
        }

    def _get_order_to_complain_of(self):
        """Return the order, if a complaint can be about it; else it is only noted.

        Not a quotation, nor what was bought after this was said, nor an order that the
        user may not read.

        :rtype: sale.order
        """
        self.ensure_one()
        company = self.company_id
        received = company._complaint_date(self.date_received)
        return self.sale_order_id._filtered_access("read").filtered(
            lambda order: (
                not order._get_cannot_complain_reason()
                and company._complaint_date(order.date_order) <= received
            )
        )

    def _copy_files_to(self, complaint):
        """Copy what was attached, e.g. the customer's photographs."""
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        for file in files:
            file.copy({"res_model": complaint._name, "res_id": complaint.id})

    def _get_origin_note(self):
        """Return what the complaint says of where it comes from.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        lines = [
            self.env._(
                "Turned from %(kind)s %(enquiry)s",
                kind=self._get_kind_label(),
                enquiry=self._get_html_link(title=self.name),
            )
        ]
        others = self._get_other_grumbles()
        if others:
            lines.append(
                self.env._(
                    "Other grumbles of the customer: %(others)s",
                    others=format_list(self.env, others.mapped("name")),
                )
            )
        if self.sale_order_id and not self.complaint_id.sale_order_id:
            order_sudo = self.sale_order_id.sudo()  # its number, as on the enquiry
            lines.append(self.env._("It was about %(order)s", order=order_sudo.name))
        if self.answer:
            lines.append(
                self.env._("The customer was told: %(answer)s", answer=self.answer)
            )
        return Markup("<br/>").join(lines)
