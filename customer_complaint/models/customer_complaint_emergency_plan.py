from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class CustomerComplaint(models.Model):
    """The emergency plan of a major complaint: a checklist of activities."""

    _inherit = "customer.complaint"

    def _start_emergency_plan(self, managers_sudo):
        """Schedule the activities of the company's emergency plan.

        :param res.users managers_sudo: the managers of the company, who step in where
            a complaint has neither handler nor team leader
        """
        # The plan is configuration: everybody's complaint may start it.
        plan_sudo = self.company_id.complaint_emergency_plan_id.sudo()
        templates_sudo = plan_sudo.template_ids
        if not plan_sudo.active or not templates_sudo:
            return
        todo = []
        today = self.company_id._complaint_today()
        for complaint in self.with_context(complaint_managers=managers_sudo.ids):
            for template_sudo in templates_sudo:
                person_sudo = template_sudo._determine_responsible(
                    self.env.user, complaint
                )["responsible"]
                values = {
                    "activity_type_id": template_sudo.activity_type_id.id,
                    "date_deadline": template_sudo._get_date_deadline(today),
                    "note": template_sudo.note,
                }
                todo.append((complaint, person_sudo, template_sudo.summary, values))
        self._create_todos(todo)
        text = self.env._("Started: %(plan)s", plan=plan_sudo.name)
        self._message_log_batch(bodies={complaint.id: text for complaint in self})

    def _get_responsible(self, role):
        """Return who does an activity of a plan for the complaint.

        The handler and the leader of the team stand in for each other, then the
        managers; nobody who is recused.

        :param str role: ``"handler"`` or ``"leader"``
        :return: one user or none, readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        complaint_sudo = self.sudo()  # only who it is, to give them the to-do
        people_sudo = complaint_sudo.user_id + complaint_sudo.team_id.leader_id
        if role == "leader":
            people_sudo = complaint_sudo.team_id.leader_id + complaint_sudo.user_id
        manager_ids = self.env.context.get("complaint_managers")
        if manager_ids is None:
            manager_ids = self.company_id._get_complaint_managers().ids
        people_sudo += people_sudo.browse(manager_ids)
        return people_sudo.filtered(
            lambda user: user.active and not self._is_recused_from(user.partner_id)
        )[:1]


class MailActivityPlanTemplate(models.Model):
    """Activities of a plan for those who work on the complaint."""

    _inherit = "mail.activity.plan.template"

    responsible_type = fields.Selection(
        selection_add=[
            ("complaint_handler", "Handler of the complaint"),
            ("complaint_leader", "Leader of the complaint's team"),
        ],
        ondelete={"complaint_handler": "cascade", "complaint_leader": "cascade"},
    )

    @api.constrains("responsible_type", "plan_id")
    def _check_complaint_responsible(self):
        for template in self:
            if (
                template._get_complaint_role()
                and template.plan_id.res_model != "customer.complaint"
            ):
                raise ValidationError(
                    self.env._(
                        "Only plans for complaints know a handler and a team leader. "
                        "Choose another assignment in “%(plan)s”.",
                        plan=template.plan_id.name,
                    )
                )

    def _get_complaint_role(self):
        """Return ``"handler"``, ``"leader"``, or False for anybody else."""
        prefix, _separator, role = self.responsible_type.partition("_")
        return prefix == "complaint" and role

    def _determine_responsible(self, on_demand_responsible, applied_on_record):
        role = self._get_complaint_role()
        if not role:
            return super()._determine_responsible(
                on_demand_responsible, applied_on_record
            )
        responsible = applied_on_record._get_responsible(role)
        error = not responsible and self.env._(
            "%(complaint)s has neither a handler nor a team leader.",
            complaint=applied_on_record.display_name,
        )
        return {"responsible": responsible, "error": error, "warning": False}


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_emergency_plan_id = fields.Many2one(
        "mail.activity.plan",
        string="Emergency Plan",
        check_company=True,
        domain="[('res_model', '=', 'customer.complaint'),"
        " ('company_id', 'in', (False, id))]",
        help="Its activities are scheduled the moment a complaint becomes major.",
    )

    @api.constrains("complaint_emergency_plan_id")
    def _check_complaint_emergency_plan_id(self):
        for company in self:
            plan_sudo = company.complaint_emergency_plan_id.sudo()  # model, company
            if plan_sudo and (
                plan_sudo.res_model != "customer.complaint"
                or plan_sudo.company_id not in (company, company.browse())
            ):
                raise ValidationError(
                    self.env._(
                        "“%(plan)s” is no plan for complaints of %(company)s. Choose "
                        "another one.",
                        plan=plan_sudo.name,
                        company=company.name,
                    )
                )

    def _complaint_set_missing_defaults(self):
        result = super()._complaint_set_missing_defaults()
        self._complaint_create_missing_plans()
        return result

    def _complaint_create_missing_plans(self):
        """Give these companies an emergency plan, in their own language.

        Plans are not translated by Odoo; each company edits its own.
        """
        for company in self:
            if company.complaint_emergency_plan_id:
                continue
            local = company.with_context(
                lang=company.partner_id.lang or self.env.context.get("lang")
            )
            vals = local._prepare_complaint_emergency_plan_vals()
            company.complaint_emergency_plan_id = self.env["mail.activity.plan"].create(
                vals
            )

    def _prepare_complaint_emergency_plan_vals(self):
        """Return the values of the company's first emergency plan.

        :rtype: dict
        """
        self.ensure_one()
        activities = [
            (self.env._("Name one person in charge and report upwards"), "leader", 0),
            (self.env._("See to the people hurt and their families"), "handler", 0),
            (self.env._("Secure goods, lot, recordings and photographs"), "handler", 0),
            (self.env._("Stop sale or service of what may do more harm"), "leader", 0),
            (
                self.env._("Decide which authorities to tell, and by when"),
                "leader",
                0,
            ),
            (
                self.env._("Name one spokesperson for press and authorities"),
                "leader",
                1,
            ),
            (self.env._("Check what was done and what is still open"), "leader", 3),
        ]
        todo_type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_todo"
        )
        return {
            "name": self.env._("Emergency plan for major complaints"),
            "res_model": "customer.complaint",
            "company_id": self.id,
            "template_ids": [
                Command.create(
                    {
                        "sequence": sequence,
                        "activity_type_id": todo_type_id,
                        "summary": summary,
                        "responsible_type": f"complaint_{role}",
                        "delay_count": days,
                        "delay_unit": "days",
                        "delay_from": "after_plan_date",
                    }
                )
                for sequence, (summary, role, days) in enumerate(activities, start=1)
            ],
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_emergency_plan_id = fields.Many2one(
        related="company_id.complaint_emergency_plan_id", readonly=False
    )
