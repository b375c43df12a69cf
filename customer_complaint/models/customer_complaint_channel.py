from odoo import api, fields, models

CARD_CHANNEL_BOXES = [
    ("head_office", "Head office"),
    ("counter", "Counter or shelf"),
    ("outlet", "Other outlet"),
    ("dealer", "Dealer"),
    ("association", "Consumer association"),
    ("wholesale", "Wholesale market"),
    ("other", "Others"),
]
WAYS_IN = [
    ("in_person", "In person"),
    ("phone", "By phone"),
    ("email", "By e-mail"),
    ("letter", "By letter"),
    ("message", "By text or instant message"),
    ("online", "Online"),
    ("transfer", "Passed on by an authority"),
]


class CustomerComplaintChannel(models.Model):
    """Through whom or where a complaint arrives (投诉渠道)."""

    _name = "customer.complaint.channel"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Complaint Channel"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    card_box = fields.Selection(
        CARD_CHANNEL_BOXES,
        string="Box on the Archive Card",
        required=True,
        default="other",
        help="Tick box of the printed archive card that complaints of this "
        "channel tick.",
    )
    default_way_in = fields.Selection(
        WAYS_IN,
        string="Usual Way In",
        help="How complaints of this channel usually arrive; proposed on a new "
        "complaint.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self.env["customer.complaint"]._check_not_in_use(self, "channel_id")
