from odoo import api, fields, models

# Nobody follows what happened years ago, and nothing of it is news.
SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class CustomerComplaint(models.Model):
    """Complaints of past years, of which there is a paper card only.

    They are closed when they are entered: no clock runs, nobody is alerted, they have
    no customer record and stand in no list of complaints, only in the archive.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    undo an import                  - - - M - - R - -
    take an inventory               - - - - - - R - -
    read an inventory               - - - M - L R U -
    ==============================  =================
    """

    _inherit = "customer.complaint"

    legacy_handler = fields.Char(
        string="Handled By (Paper Card)",
        readonly=True,
        copy=False,
        help="Who handled the complaint, as the paper card says.",
        personal=True,
        system=True,
        frozen=True,
    )

    @api.model
    def _create_legacy(self, vals_list):
        """Create complaints of past years, past all that follows from a new one.

        What a complaint may say is checked as ever; numbers, clocks, assignment,
        alerts and the like belong to complaints that are being handled, and stand in
        the ``create`` of this model's parts: none of them is called.

        :param list[dict] vals_list: with the number as ``name``
        :return: with all rights and silent, still to be closed
        :rtype: customer.complaint
        """
        # Who may enter paper cards is asked where they are entered.
        silent_sudo = self.sudo().with_context(**SILENT)
        return models.BaseModel.create(
            silent_sudo, [{**vals, "is_legacy": True} for vals in vals_list]
        )

    def _get_cannot_move_reason(self, target):
        self.ensure_one()
        if self.is_legacy:
            return self.env._(
                "it was entered from a paper card of past years and stays closed. "
                "Open a new complaint instead."
            )
        return super()._get_cannot_move_reason(target)
