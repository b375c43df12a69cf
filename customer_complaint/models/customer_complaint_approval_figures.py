from odoo import api, fields, models
from odoo.tools import SQL

from .customer_complaint_remediation import COUNTED_STATES


class CustomerComplaintRemediation(models.Model):
    """What counts for the approval: what was granted besides and before."""

    _inherit = "customer.complaint.remediation"

    amount_counted = fields.Monetary(
        string="Total That Counts",
        compute="_compute_figures",
        help="All that was granted on the complaint and not cancelled, this one "
        "included. It decides who approves.",
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

    @api.depends("amount_total", "state", "complaint_id")
    def _compute_figures(self):
        figures = self._read_figures()
        for remediation in self:
            own = figures.get(remediation._origin.id, {})
            remediation.amount_counted = (
                own.get("granted", 0.0) + remediation.amount_total
            )
            remediation.amount_customer_before = own.get("customer", 0.0)
            remediation.amount_order_before = own.get("order", 0.0)

    def _read_figures(self, lock=False):
        """Read what else was granted: on the complaint, to the customer, on the order.

        One query, however many there are. Only sums are read, and who approved which
        step of this round, whatever the user sees.

        :param bool lock: keep others from deciding on remediations of these complaints
            meanwhile; see ``_get_remediation_lock_sql``
        :return: by id of the remediation: ``granted`` on the complaint besides it,
            ``customer`` and ``order`` on other complaints within the months of the
            settings, ``either`` of both counted once; ``given`` the approvals of this
            round, as pairs of step key and user id
        :rtype: dict[int, dict]
        """
        ids = self._origin.ids
        if not ids:
            return {}
        self.env["customer.complaint.remediation"].flush_model(
            ["complaint_id", "state", "amount_total", "is_partly_done", "round"]
        )
        self.env["customer.complaint"].flush_model(
            [
                "commercial_partner_id",
                "sale_order_id",
                "compensation_total",
                "compensation_by_hand",
                "granted_total",
                "date_granted",
                "date_received",
            ]
        )
        self.env["res.company"].flush_model(["complaint_earlier_months"])
        if lock:
            self.complaint_id.invalidate_recordset(["remediation_lock"], flush=False)
        rows = self.env.execute_query_dict(
            SQL(
                """
                %(lock)s
                SELECT r.id,
                       COALESCE(c.compensation_by_hand, 0) + (
                           SELECT COALESCE(SUM(o.amount_total), 0)
                             FROM customer_complaint_remediation o
                            WHERE o.complaint_id = c.id
                              AND o.id != r.id
                              AND (o.state IN %(counted)s OR o.is_partly_done)
                       ) AS granted,
                       COALESCE(before.customer, 0) AS customer,
                       COALESCE(before.sale, 0) AS order,
                       COALESCE(before.either, 0) AS either,
                       (
                           SELECT json_agg(json_build_array(a.step_key, a.user_id))
                             FROM customer_complaint_approval a
                            WHERE a.remediation_id = r.id
                              AND a.round = r.round
                              AND a.decision = 'approved'
                       ) AS given
                  FROM customer_complaint_remediation r
                  JOIN customer_complaint c ON c.id = r.complaint_id
                  JOIN res_company company ON company.id = c.company_id
                  LEFT JOIN LATERAL (
                       SELECT SUM(b.worth) FILTER (WHERE b.is_customer) AS customer,
                              SUM(b.worth) FILTER (WHERE b.is_sale) AS sale,
                              SUM(b.worth) AS either
                         FROM (
                              SELECT COALESCE(
                                         e.granted_total, e.compensation_total, 0
                                     ) AS worth,
                                     e.commercial_partner_id = c.commercial_partner_id
                                         AS is_customer,
                                     e.sale_order_id = c.sale_order_id AS is_sale
                                FROM customer_complaint e
                               WHERE e.company_id = c.company_id
                                 AND e.id != c.id
                                 AND (e.commercial_partner_id = c.commercial_partner_id
                                      OR e.sale_order_id = c.sale_order_id)
                                 AND COALESCE(e.date_granted, e.date_received)
                                     >= %(now)s::timestamp - make_interval(
                                            months => company.complaint_earlier_months
                                        )
                         ) b
                  ) before ON TRUE
                 WHERE r.id = ANY(%(ids)s)
                """,
                lock=(
                    SQL(
                        "WITH locked AS (%s)",
                        self.complaint_id._get_remediation_lock_sql(),
                    )
                    if lock
                    else SQL()
                ),
                counted=COUNTED_STATES,
                now=fields.Datetime.now(),
                ids=ids,
            )
        )
        return {
            row["id"]: {
                **{
                    name: float(row[name])
                    for name in ("granted", "customer", "order", "either")
                },
                "given": row["given"] or [],
            }
            for row in rows
        }

    def _get_decisive_amount(self, figures):
        """Return the amount that decides who approves.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: float
        """
        self.ensure_one()
        amount = self.amount_total + figures.get("granted", 0.0)
        if self.company_id.sudo().complaint_earlier_raises_tier:
            amount += figures.get("either", 0.0)
        return self.currency_id.round(amount)

    def _get_steps(self, figures):
        """Return who has to approve the remediation as it is now, from below.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: list[Step]
        """
        self.ensure_one()
        return self.env["customer.complaint.approval.tier"]._get_steps(
            self.company_id,
            self.complaint_id.category_id,
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
