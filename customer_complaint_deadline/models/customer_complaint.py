from odoo import api, models


class CustomerComplaint(models.Model):
    """A complaint whose time limits start, pause and escalate.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    pass to quality                 A - S M Q - - - -
    choose another policy           - - S M - - - - -
    pause the clock                 A - S M Q - - - -
    void a pause                    - - S M - - - - -
    restart the clock               - - S M - - - - -
    enter agreed terms              A - S M Q - - - -
    void agreed terms               - - S M - - - - -
    ==============================  =================
    """

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.escalated",
        "customer.complaint.pausable",
        "customer.complaint.timed",
        "customer.complaint",
    ]

    @api.model
    def _get_case_sections(self):
        sections = super()._get_case_sections()
        sections["approvals"]["customer.complaint.agreed.terms"] = (
            "date",
            "date_due",
            "way",
            "content",
            "document_id",
            "notice_id",
            "user_id",
            "void_reason",
        )
        sections["approvals"]["customer.complaint.pause"] = (
            "kind",
            "reason",
            "date_from",
            "date_to",
            "state",
            "user_id",
            "void_reason",
        )
        return sections

    def _prepare_split_vals(self):
        vals = {**super()._prepare_split_vals(), "complexity": self.complexity}
        if self.is_policy_forced:
            vals["policy_id"] = self.policy_id.id
        return vals

    @api.model
    def _create_todos(self, entries):
        """Create activities for many complaints and people at once.

        :param entries: tuples of complaint, user (or none: left out), summary and
            further values of the activity
        """
        model_id = self.env["ir.model"]._get_id(self._name)
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_todo"
        )
        # The case calls for them, whoever brought it in; what they say is ours. Those
        # concerned are told of the case itself, not once more of each activity.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": type_id,
                    "automated": True,
                    "date_deadline": complaint.company_id._complaint_today(),
                    **values,
                    "res_model_id": model_id,
                    "res_id": complaint.id,
                    "summary": summary,
                    "user_id": user.id,
                }
                for complaint, user, summary, values in entries
                if user
            ]
        )
