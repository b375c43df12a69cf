from odoo import fields, models

NOTICE_KINDS = [
    ("receipt", "Acknowledgement of Receipt"),
    ("papers", "Request for Papers"),
    ("refusal", "Refusal"),
    ("progress", "State of Things"),
    ("extension", "Extension of Time"),
    ("decision", "Decision"),
    ("review", "Outcome of the Review"),
    ("authority", "Reply to an Authority"),
    ("other", "Other"),
]
NOTICE_WAYS = [
    ("hand", "By Hand"),
    ("post", "Post"),
    ("sms", "SMS"),
    ("email", "E-mail"),
    ("phone", "Telephone"),
    ("messenger", "Messenger"),
    ("portal", "Portal"),
]
NOTICE_STATES = [
    ("pending", "On Its Way"),
    ("succeeded", "Told"),
    ("failed", "Not Reached"),
    ("void", "Void"),
]


class CustomerComplaintNotice(models.Model):
    """What was told about a complaint, to whom, how, when, and the proof of it."""

    _name = "customer.complaint.notice"
    _description = "Complaint Notice"

    complaint_id = fields.Many2one(
        "customer.complaint", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(NOTICE_KINDS, required=True, default="other", index=True)
    way = fields.Selection(NOTICE_WAYS, required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    state = fields.Selection(NOTICE_STATES, required=True, default="succeeded")

    def _after_told(self):
        """Do what follows from telling, once per notice that succeeded.

        Extensions add what their kind of notice dates.
        """


class CustomerComplaint(models.Model):
    """What is told of the complaint."""

    _inherit = "customer.complaint"

    notice_ids = fields.One2many(
        "customer.complaint.notice", "complaint_id", string="Notices"
    )

    def _get_cannot_tell_reason(self, kind):
        """Return why a notice of this kind cannot be given now, or False.

        Extensions add their conditions.

        :param str kind: one of ``NOTICE_KINDS``
        :rtype: str or bool
        """
        self.ensure_one()
        return False

    def _get_notice_content(self, kind):
        """Return the text that a notice of this kind tells, as plain text.

        It is proposed in the dialog and kept with the notice as it was told.

        :param str kind: one of ``NOTICE_KINDS``
        :rtype: str
        """
        self.ensure_one()
        return ""

    def _get_notice_report(self, kind):
        """Return the external id of the letter that goes with a notice, or False.

        :param str kind: one of ``NOTICE_KINDS``
        :rtype: str or bool
        """
        self.ensure_one()
        return False
