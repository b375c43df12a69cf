from odoo import api, fields, models


class CustomerComplaintNotice(models.Model):
    _inherit = "customer.complaint.notice"

    kind = fields.Selection(
        selection_add=[
            ("review", "Outcome of the Review"),
            ("authority", "Reply to an Authority"),
            ("other",),
        ],
        ondelete={"review": "set other", "authority": "set other"},
    )
    proceeding_id = fields.Many2one(
        "customer.complaint.proceeding",
        index="btree_not_null",
        ondelete="restrict",
        help="The proceeding our reply belongs to.",
    )

    @api.depends("kind", "proceeding_id")
    def _compute_recipient_name(self):
        """A reply is told to the body, not to the complainant."""
        result = super()._compute_recipient_name()
        for notice in self:
            if notice.kind == "authority" and not notice.partner_id:
                notice.recipient_name = notice._get_proceeding().body
        return result

    def _get_proceeding(self):
        """Return the proceeding a reply belongs to: the named one, or what waits.

        :rtype: customer.complaint.proceeding
        """
        self.ensure_one()
        return self.proceeding_id or self.complaint_id._get_proceeding_to_answer()

    def _is_to_complainant(self):
        """A reply is told to the body."""
        return super()._is_to_complainant() and self.kind != "authority"

    def _after_told(self):
        result = super()._after_told()
        for notice in self:
            complaint = notice.complaint_id
            if notice.kind == "authority":
                proceeding = notice._get_proceeding()
                if proceeding.state == "open" and proceeding.complaint_id == complaint:
                    proceeding._set_answered(
                        complaint.company_id._complaint_date(notice.date)
                    )
            elif notice.kind == "review":
                # The notice is the proof; whoever may give it may date the telling.
                review_sudo = complaint._get_review_to_tell().sudo()
                review_sudo._write_unguarded(
                    {"state": "told", "date_told": notice.date}
                )
                complaint._sync_reviews()
        return result
