from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.customer_complaint.const import COUNTED_REMEDIATIONS

from .customer_complaint_approval_tier import SUPERVISOR_STEP

# What figures are summed up from, past the cache.
READ_FIELDS = {
    "customer.complaint": (
        "company_id",
        "commercial_partner_id",
        "sale_order_id",
        "remediation_lock",
    ),
    "customer.complaint.remediation": (
        "complaint_id",
        "state",
        "worth_total",
        "is_partly_done",
        "date_requested",
    ),
    "customer.complaint.approval": ("remediation_id", "round", "decision"),
}


# As many as are read at one glance; the sums count all of them.
EARLIER_SHOWN = 20


class CustomerComplaintRemediation(models.Model):
    """How a remediation is approved, tier by tier of the ladder.

    What has to be approved follows from the total that counts at that moment, so an
    amount granted meanwhile, or a tier changed meanwhile, counts too. Whose turn it is,
    and who is asked, is in ``customer_complaint_remediation_approver.py``.
    """

    _inherit = "customer.complaint.remediation"

    round = fields.Integer(
        string="Times Asked",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How often approval was asked for.",
        system=True,
    )
    tier_id = fields.Many2one(
        "customer.complaint.approval.tier",
        string="Waits For",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The tier whose turn it is; empty when managers approve because no tier "
        "applies.",
        system=True,
    )
    guest_approver_ids = fields.Many2many(
        "res.users",
        "customer_complaint_remediation_guest_rel",
        "remediation_id",
        "user_id",
        string="Also Asked",
        readonly=True,
        copy=False,
        help="Named people and delegates who approve it and would not see the case "
        "otherwise.",
        system=True,
    )
    has_guest_approvers = fields.Boolean(readonly=True, copy=False, system=True)
    approval_ids = fields.One2many(
        "customer.complaint.approval",
        "remediation_id",
        string="Approvals",
        readonly=True,
        system=True,
    )
    date_reminded = fields.Datetime(
        string="Reminded On", readonly=True, copy=False, sealed=False, system=True
    )
    # Approval figures
    amount_counted = fields.Monetary(
        string="Total on the Case",
        compute="_compute_figures",
        help="All that was asked for or granted on the complaint, and on those it was "
        "merged with or split from, and not cancelled; this one included, goods at "
        "their value and work at its estimated cost. Where the settings say so, what "
        "the same customer and the same order received before is added. It decides "
        "who approves.",
    )
    amount_customer_before = fields.Monetary(
        string="Customer Received Before",
        compute="_compute_figures",
        help="What the same customer received on other complaints lately.",
    )
    amount_order_before = fields.Monetary(
        string="For This Order Before",
        compute="_compute_figures",
        help="What was granted on other complaints about the same order lately.",
    )
    # What else who approves has to see
    photo_ids = fields.Many2many(
        "ir.attachment",
        string="Photographs",
        compute="_compute_photo_ids",
        help="Pictures filed with the case, as far as you may see them.",
    )
    earlier_ids = fields.Many2many(
        "customer.complaint.remediation",
        string="Granted Before",
        compute="_compute_earlier_ids",
        help="What the same customer, or for the same order, was granted on this and "
        "other complaints lately, the latest first, as far as you may see it.",
    )

    @api.model
    def _get_granted_domain(self, operation):
        granted = super()._get_granted_domain(operation)
        # Who is asked to approve sees it, whatever their teams.
        if operation == "read":
            granted |= Domain("guest_approver_ids", "in", self.env.uid)
        return granted

    # ------------------------------------------------------------------
    # WHAT WHO APPROVES SEES
    # ------------------------------------------------------------------

    @api.depends("complaint_id")
    @api.depends_context("uid")
    def _compute_photo_ids(self):
        for remediation in self:
            remediation.photo_ids = self.env["ir.attachment"].search(
                Domain.OR(
                    Domain("res_model", "=", owners._name)
                    & Domain("res_id", "in", owners.ids)
                    for owners in remediation._origin._get_photo_owners()
                )
                & Domain("mimetype", "=like", "image/%"),
                order="id",
            )

    def _get_photo_owners(self):
        """Return the records whose pictures show what the remediation is for.

        :rtype: list[odoo.models.BaseModel]
        """
        # Who is asked by name may not see the case itself.
        cases = self.complaint_id._filtered_access("read")
        return [self.line_ids, *cases._get_photo_owners()]

    @api.depends("complaint_id")
    @api.depends_context("uid")
    def _compute_earlier_ids(self):
        for remediation in self:
            remediation.earlier_ids = self.search(
                remediation._origin._get_earlier_domain(),
                limit=EARLIER_SHOWN,
                order="date_requested desc, id desc",
            )

    def _get_earlier_domain(self):
        """Return which remediations the customer, or the order, was granted before.

        :rtype: odoo.fields.Domain
        """
        complaint_sudo = self.sudo().complaint_id  # what belongs together
        if not complaint_sudo:
            return Domain.FALSE
        company = complaint_sudo.company_id
        months = relativedelta(months=company.complaint_earlier_months)
        customer, order = (
            complaint_sudo.commercial_partner_id,
            complaint_sudo.sale_order_id,
        )
        others = Domain.OR(
            Domain(name, "=", record.id)
            for name, record in (
                ("commercial_partner_id", customer),
                ("sale_order_id", order),
            )
            if record
        )
        since = Domain("date_requested", ">=", fields.Datetime.now() - months)
        same_case = Domain("complaint_id", "in", complaint_sudo._get_family().ids)
        return (
            Domain("id", "not in", self.ids)
            & Domain(COUNTED_REMEDIATIONS)
            & (same_case | since & Domain("complaint_id", "any", others))
            & Domain("company_id", "=", company.id)
        )

    # ------------------------------------------------------------------
    # WHAT DECIDES WHO APPROVES
    # ------------------------------------------------------------------

    @api.depends("worth_total", "state", "complaint_id")
    def _compute_figures(self):
        figures = self._read_figures()
        for remediation in self:
            own = figures.get(remediation._origin.id, {})
            remediation.amount_counted = remediation._get_decisive_amount(own)
            remediation.amount_customer_before = own.get("customer", 0.0)
            remediation.amount_order_before = own.get("order", 0.0)

    def _read_figures(self, lock=False):
        """Read what else was granted, and who approved it so far.

        Only sums are read, whatever the user sees.

        :param bool lock: keep others from deciding on remediations of these complaints,
            and of those merged with or split from them, meanwhile. It writes their
            rows: a transaction that began before fails and starts anew with what the
            other one granted. A lock alone would let it go on with the old sum.
        :return: by id of the remediation: ``granted`` besides it on the complaint and
            its family, ``customer`` and ``order`` on other complaints within the months
            of the settings, ``either`` of both counted once; ``given`` the approvals of
            this round, as pairs of step key and user id
        :rtype: dict[int, dict]
        """
        own_sudo = self._origin.sudo()
        if not own_sudo:
            return {}
        families = {rem: rem.complaint_id._get_family() for rem in own_sudo}
        for model_name, names in READ_FIELDS.items():
            self.env[model_name].flush_model(names)
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH matter (
                    id, round, company_id, customer_id, order_id, since, family
                ) AS (VALUES %(matters)s) %(lock)s
                SELECT matter.id, granted.*, earlier.*, given.*
                  FROM matter
                 CROSS JOIN LATERAL (
                       SELECT SUM(worth_total) AS granted
                         FROM customer_complaint_remediation
                        WHERE complaint_id = ANY(matter.family)
                          AND id != matter.id
                          AND (%(counted)s)
                       ) granted
                 CROSS JOIN LATERAL (
                       SELECT SUM(worth_total) FILTER (
                                  WHERE e.commercial_partner_id = matter.customer_id
                              ) AS customer,
                              SUM(worth_total) FILTER (
                                  WHERE e.sale_order_id = matter.order_id
                              ) AS order,
                              SUM(worth_total) AS either
                         FROM customer_complaint e
                         JOIN customer_complaint_remediation ON complaint_id = e.id
                        WHERE e.company_id = matter.company_id
                          AND (e.commercial_partner_id = matter.customer_id
                               OR e.sale_order_id = matter.order_id)
                          AND e.id != ALL(matter.family)
                          AND (%(counted)s)
                          AND date_requested >= matter.since
                       ) earlier
                 CROSS JOIN LATERAL (
                       SELECT json_agg(
                                  json_build_array(a.step_key, a.user_id)
                              ) AS given
                         FROM customer_complaint_approval a
                        WHERE a.remediation_id = matter.id
                          AND a.round = matter.round
                          AND a.decision = 'approved'
                       ) given
                """,
                matters=SQL(", ").join(
                    rem._get_matter_sql(family) for rem, family in families.items()
                ),
                lock=self._get_lock_sql(families.values()) if lock else SQL(),
                counted=own_sudo._search(COUNTED_REMEDIATIONS).where_clause,
            )
        )
        if lock:
            self.env["customer.complaint"].invalidate_model(
                ["remediation_lock"], flush=False
            )
        return {
            row["id"]: {
                **{
                    name: float(row[name] or 0)
                    for name in ("granted", "customer", "order", "either")
                },
                "given": row["given"] or [],
            }
            for row in rows
        }

    def _get_matter_sql(self, family):
        """Return the row of values that sums are read for.

        :param customer.complaint family: the complaint, and what it belongs together
            with
        """
        self.ensure_one()
        complaint, company = self.complaint_id, self.company_id
        months = relativedelta(months=company.complaint_earlier_months)
        return SQL(
            "(%s, %s, %s, %s::integer, %s::integer, %s::timestamp, %s)",
            *(self.id, self.round, company.id),
            complaint.commercial_partner_id.id or None,
            complaint.sale_order_id.id or None,
            *(fields.Datetime.now() - months, family.ids),
        )

    @api.model
    def _get_lock_sql(self, families):
        """Return what writes the rows of families, in an order all keep to."""
        return SQL(
            """
            , locked AS (
                UPDATE customer_complaint
                   SET remediation_lock = COALESCE(remediation_lock, 0) + 1
                 WHERE id IN (
                       SELECT id FROM customer_complaint
                        WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
                 )
            )
            """,
            [*{complaint.id for family in families for complaint in family}],
        )

    def _get_decisive_amount(self, figures):
        """Return the amount that decides who approves.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: float
        """
        self.ensure_one()
        amount = self.worth_total + figures.get("granted", 0.0)
        if self.company_id.sudo().complaint_earlier_raises_tier:
            amount += figures.get("either", 0.0)
        # One that is being entered may not know its company yet.
        return self.currency_id.round(amount) if self.currency_id else amount

    def _get_steps(self, figures, category=None):
        """Return who has to approve the remediation as it is now, from below.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :param customer.complaint.category category: that of the complaint when not
            given
        :rtype: list[Step]
        """
        self.ensure_one()
        return self.env["customer.complaint.approval.tier"]._get_steps(
            self.company_id,
            self.complaint_id.category_id if category is None else category,
            set(self.line_ids.mapped("kind")),
            self._get_decisive_amount(figures),
        )

    def _get_open_steps(self, figures):
        """Return the steps of this round that nobody has approved yet.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: list[Step]
        """
        self.ensure_one()
        approved = {step_key for step_key, _user_id in figures.get("given", ())}
        return [s for s in self._get_steps(figures) if s.tier_id not in approved]

    def _get_step_to_decide(self, figures):
        """Return the step that waits; a supervisor ends what every tier has approved.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: Step
        """
        self.ensure_one()
        return next(iter(self._get_open_steps(figures)), SUPERVISOR_STEP)

    def _prepare_asked_terms(self):
        return {**super()._prepare_asked_terms(), "round": self.round + 1}

    def _prepare_asked_vals(self):
        return {**super()._prepare_asked_vals(), "date_reminded": False}

    def _prepare_unapproved_vals(self):
        return {**super()._prepare_unapproved_vals(), "tier_id": False}

    def _record(self, decision, figures, reason=False):
        """Write what the user decided.

        :param str decision: one of ``DECISIONS``
        :param dict figures: of :meth:`_read_figures`
        :param str reason: why
        """
        now = fields.Datetime.now()
        steps = {rem: rem._get_step_to_decide(figures[rem.id]) for rem in self}
        self.env["customer.complaint.approval"]._record(
            [
                {
                    "remediation_id": remediation.id,
                    "complaint_id": remediation.complaint_id.id,
                    "company_id": remediation.company_id.id,
                    "round": remediation.round,
                    "decision": decision,
                    "tier_id": step.tier_id,
                    "tier_name": step.name,
                    "step_key": step.tier_id,
                    "user_id": self.env.uid,
                    "on_behalf_of_id": remediation._get_principal(step).id,
                    "date": now,
                    "reason": reason,
                    "currency_id": remediation.currency_id.id,
                    "amount_total": remediation.amount_total,
                    "amount": remediation._get_decisive_amount(figures[remediation.id]),
                    "snapshot": remediation._prepare_snapshot(),
                }
                for remediation, step in steps.items()
            ]
        )
        self.invalidate_recordset(["approval_ids"], flush=False)

    def _prepare_snapshot(self):
        """Return the remediation as it is decided on, readable without the record.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "total": self.amount_total,
            "worth": self.worth_total,
            "currency": self.currency_id.name,
            "note": self.note or "",
            "terms": self.terms,
            # As it was approved, whoever reads it later.
            "category": self.complaint_id.sudo().category_id.name or "",
            "lines": [line._prepare_snapshot() for line in self.line_ids],
        }
