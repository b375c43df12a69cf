from odoo import api, fields, models
from odoo.tools import SQL

from .customer_complaint_remediation import COUNTED_STATES

# What figures and terms are read from, past the cache.
READ_FIELDS = {
    "customer.complaint": (
        "partner_id",
        "commercial_partner_id",
        "sale_order_id",
        "category_id",
        "merged_into_id",
        "split_from_id",
    ),
    "customer.complaint.line": ("sale_order_line_id",),
    "customer.complaint.remediation": (
        "complaint_id",
        "state",
        "worth_total",
        "is_partly_done",
        "round",
        "date_requested",
        "bank_id",
    ),
    "customer.complaint.remediation.line": ("remediation_id", "complaint_line_id"),
    "res.company": ("complaint_earlier_months",),
    "res.partner": ("name", "active", "commercial_partner_id"),
    "res.partner.bank": ("sanitized_acc_number", "active"),
    "sale.order": ("name",),
}


class CustomerComplaintRemediation(models.Model):
    """What counts for the approval: what was granted besides and before, and to whom.

    Complaints that were merged or split are one matter, and count together.
    """

    _inherit = "customer.complaint.remediation"

    amount_counted = fields.Monetary(
        string="Total That Counts",
        compute="_compute_figures",
        help="All that was asked for or granted on the complaint, and on those it was "
        "merged with or split from, and not cancelled; this one included, goods at "
        "their value and work at its estimated cost. It decides who approves.",
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

    @api.depends("worth_total", "state", "complaint_id")
    def _compute_figures(self):
        figures = self._read_figures()
        for remediation in self:
            own = figures.get(remediation._origin.id, {})
            remediation.amount_counted = (
                own.get("granted", 0.0) + remediation.worth_total
            )
            remediation.amount_customer_before = own.get("customer", 0.0)
            remediation.amount_order_before = own.get("order", 0.0)

    def _read_figures(self, lock=False):
        """Read what else was granted, who receives it, and who approved it so far.

        One query, however many there are. Only sums are read, and what the approval
        rests on, whatever the user sees.

        :param bool lock: keep others from deciding on remediations of these complaints,
            and of those merged with or split from them, meanwhile. It writes their
            rows: a transaction that began before fails and starts anew with what the
            other one granted. A lock alone would let it go on with the old sum.
        :return: by id of the remediation: ``granted`` besides it on the complaint and
            its family, ``customer`` and ``order`` on other complaints within the months
            of the settings, ``either`` of both counted once; ``given`` the approvals of
            this round, as pairs of step key and user id; ``terms`` what the approval
            rests on, see :meth:`_get_changed_terms`
        :rtype: dict[int, dict]
        """
        ids = self._origin.ids
        if not ids:
            return {}
        for model_name, names in READ_FIELDS.items():
            self.env[model_name].flush_model(names)
        if lock:
            self.env["customer.complaint"].invalidate_model(
                ["remediation_lock"], flush=False
            )
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH RECURSIVE family (root, id) AS (
                    SELECT r.complaint_id, r.complaint_id
                      FROM customer_complaint_remediation r
                     WHERE r.id = ANY(%(ids)s)
                     UNION
                    SELECT f.root, near.id
                      FROM family f
                      JOIN LATERAL (
                           SELECT c.id
                             FROM customer_complaint c
                            WHERE c.merged_into_id = f.id OR c.split_from_id = f.id
                            UNION ALL
                           SELECT unnest(ARRAY[c.merged_into_id, c.split_from_id])
                             FROM customer_complaint c
                            WHERE c.id = f.id
                      ) near ON near.id IS NOT NULL
                ),
                %(lock)s
                granted AS (
                    SELECT f.root, SUM(o.worth_total) AS total
                      FROM family f
                      JOIN customer_complaint_remediation o ON o.complaint_id = f.id
                     WHERE o.state IN %(counted)s OR o.is_partly_done
                     GROUP BY f.root
                ),
                earlier AS (
                    SELECT c.id AS root,
                           SUM(o.worth_total) FILTER (
                               WHERE e.commercial_partner_id = c.commercial_partner_id
                           ) AS customer,
                           SUM(o.worth_total) FILTER (
                               WHERE e.sale_order_id = c.sale_order_id
                           ) AS sale,
                           SUM(o.worth_total) AS either
                      FROM customer_complaint c
                      JOIN res_company company ON company.id = c.company_id
                      JOIN customer_complaint e
                        ON e.company_id = c.company_id
                       AND (e.commercial_partner_id = c.commercial_partner_id
                            OR e.sale_order_id = c.sale_order_id)
                      JOIN customer_complaint_remediation o ON o.complaint_id = e.id
                     WHERE c.id IN (SELECT f.root FROM family f)
                       AND (c.id, e.id) NOT IN (SELECT f.root, f.id FROM family f)
                       AND (o.state IN %(counted)s OR o.is_partly_done)
                       AND o.date_requested >= %(now)s::timestamp - make_interval(
                               months => company.complaint_earlier_months
                           )
                     GROUP BY c.id
                )
                SELECT r.id,
                       COALESCE(granted.total, 0) - CASE
                           WHEN r.state IN %(counted)s OR r.is_partly_done
                           THEN COALESCE(r.worth_total, 0) ELSE 0
                       END AS granted,
                       COALESCE(earlier.customer, 0) AS customer,
                       COALESCE(earlier.sale, 0) AS order,
                       COALESCE(earlier.either, 0) AS either,
                       (
                           SELECT json_agg(json_build_array(a.step_key, a.user_id))
                             FROM customer_complaint_approval a
                            WHERE a.remediation_id = r.id
                              AND a.round = r.round
                              AND a.decision = 'approved'
                       ) AS given,
                       json_build_object(
                           'partner_id', partner.id,
                           'partner', partner.name,
                           'is_active', COALESCE(partner.active, TRUE),
                           'commercial_partner_id', partner.commercial_partner_id,
                           'bank_id', bank.id,
                           'bank', bank.sanitized_acc_number,
                           'order_id', sale.id,
                           'order', sale.name,
                           'category_id', c.category_id,
                           'sold', (
                               SELECT json_object_agg(
                                          l.id, COALESCE(about.sale_order_line_id, 0)
                                      )
                                 FROM customer_complaint_remediation_line l
                                 LEFT JOIN customer_complaint_line about
                                   ON about.id = l.complaint_line_id
                                WHERE l.remediation_id = r.id
                           )
                       ) AS terms
                  FROM customer_complaint_remediation r
                  JOIN customer_complaint c ON c.id = r.complaint_id
                  LEFT JOIN granted ON granted.root = c.id
                  LEFT JOIN earlier ON earlier.root = c.id
                  LEFT JOIN res_partner partner ON partner.id = c.partner_id
                  LEFT JOIN res_partner_bank bank
                    ON bank.id = r.bank_id AND bank.active
                  LEFT JOIN sale_order sale ON sale.id = c.sale_order_id
                 WHERE r.id = ANY(%(ids)s)
                """,
                lock=SQL(
                    """
                    locked AS (
                        UPDATE customer_complaint
                           SET remediation_lock = COALESCE(remediation_lock, 0) + 1
                         WHERE id IN (
                               SELECT c.id FROM customer_complaint c
                                WHERE c.id IN (SELECT f.id FROM family f)
                                ORDER BY c.id
                                  FOR NO KEY UPDATE
                         )
                    ),
                    """
                )
                if lock
                else SQL(),
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
                "terms": row["terms"],
            }
            for row in rows
        }

    def _get_decisive_amount(self, figures):
        """Return the amount that decides who approves.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: float
        """
        self.ensure_one()
        amount = self.worth_total + figures.get("granted", 0.0)
        if self.company_id.sudo().complaint_earlier_raises_tier:
            amount += figures.get("either", 0.0)
        return self.currency_id.round(amount)

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
