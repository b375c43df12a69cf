from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import MANAGER

CARD_SEQUENCE = "customer.complaint.archive.card"
COMPLAINT_SEQUENCE = "customer.complaint"


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "customer.complaint.logged"]

    complaint_team_id = fields.Many2one(
        "customer.complaint.team",
        string="Default Complaint Team",
        check_company=True,
        help="Team that receives a complaint when neither its category nor the "
        "person who opens it points to another one.",
    )
    complaint_channel_id = fields.Many2one(
        "customer.complaint.channel",
        string="Default Complaint Channel",
        help="Channel proposed when a complaint is opened from a sales order.",
    )
    complaint_issuing_department = fields.Char(
        string="Issuing Department",
        translate=True,
        help="Department printed at the head of the archive card. "
        "Left empty, the team of the complaint is printed.",
    )
    complaint_carry_out_days = fields.Integer(
        string="Days to Carry Out",
        default=7,
        required=True,
        help="Within so many days after the approval the customer receives what was "
        "approved, where the proposal names no other day; the decision says so (LAW: "
        "a refund within 7 days).",
    )

    @api.constrains("complaint_carry_out_days")
    def _check_complaint_carry_out_days(self):
        for company in self:
            if company.complaint_carry_out_days < 0:
                raise ValidationError(
                    self.env._("The days to carry out cannot be negative.")
                )

    @api.model
    def _get_logged_fields(self, names):
        return [
            name
            for name in super()._get_logged_fields(names)
            if name.startswith("complaint_")
        ]

    def _log_configuration(self, deed, before):
        # That there is a company is no matter of complaints.
        if deed != "write" or not before:
            return None
        return super()._log_configuration(deed, before)

    # ------------------------------------------------------------------
    # WHAT COMES WITH A COMPANY
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # A team comes with the company, whoever may create companies.
        companies.sudo()._complaint_set_missing_defaults()
        return companies

    @api.model
    def _complaint_init_defaults(self):
        """Give every company a first team and channel, on installation."""
        self.sudo().search([])._complaint_set_missing_defaults()

    def _complaint_set_missing_defaults(self):
        """Give these companies a team where they have none at all, and a channel."""
        counter = self.env.ref(
            "customer_complaint.channel_counter", raise_if_not_found=False
        )
        if counter:
            self.filtered(
                lambda company: not company.complaint_channel_id
            ).complaint_channel_id = counter
        Team = self.env["customer.complaint.team"]
        existing = Team.with_context(active_test=False)._read_group(
            [("company_id", "in", self.ids)], ["company_id"]
        )
        todo = self.filtered(lambda company: (company,) not in existing)
        teams = Team.create(
            [
                {"name": self.env._("Customer Service"), "company_id": company.id}
                for company in todo
            ]
        )
        unnamed = todo.filtered(lambda c: not c.complaint_issuing_department)
        # Made by code, the names are in no translation file: say them in each language.
        for code, _name in self.env["res.lang"].get_installed():
            translated = teams.with_context(lang=code)
            translated.name = translated.env._("Customer Service")
            translated = unnamed.with_context(lang=code)
            translated.complaint_issuing_department = translated.env._(
                "Marketing Department"
            )
        for team in teams:
            team.company_id.complaint_team_id = team

    @api.model
    def _get_complaint_numberings(self):
        return super()._get_complaint_numberings() | {
            COMPLAINT_SEQUENCE: (self.env._("Complaints"), "TS/%(range_year)s/"),
            CARD_SEQUENCE: (self.env._("Archive Cards"), "DA/%(range_year)s/"),
        }

    # ------------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------------

    def _get_complaint_users(self, *groups):
        """Return the active users of the company who have a complaint role.

        :param groups: external ids of the groups that give the role
        :rtype: res.users
        """
        self.ensure_one()
        xmlid_to_res_id = self.env["ir.model.data"]._xmlid_to_res_id
        # Who has which role, to ask them; nothing else of the users is read.
        users_sudo = self.env["res.users"].sudo()
        return users_sudo.search(
            [
                ("share", "=", False),
                ("all_group_ids", "in", [*map(xmlid_to_res_id, groups)]),
                ("company_ids", "in", self.ids),
            ]
        ).sudo(False)

    def _get_complaint_managers(self):
        """Return the managers of complaints who may work in this company.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        # Who they are is needed to reach them; nothing of them is shown.
        return self._get_complaint_users(MANAGER).sudo()
