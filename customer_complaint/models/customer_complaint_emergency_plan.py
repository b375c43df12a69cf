from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class CustomerComplaint(models.Model):
    """The emergency plan of a major complaint: a checklist, a to-do for each task."""

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
        today = self.company_id._complaint_today()
        pairs = [
            (complaint, template_sudo)
            for complaint in self.with_context(complaint_managers=managers_sudo.ids)
            for template_sudo in templates_sudo
        ]
        # The case calls for them, whoever brought it in.
        tasks_sudo = (
            self.env["customer.complaint.emergency.task"]
            .sudo()
            .create(
                [
                    {
                        "complaint_id": complaint.id,
                        "name": template_sudo.summary
                        or template_sudo.activity_type_id.name,
                        "plan_name": plan_sudo.name,
                        "date_due": template_sudo._get_date_deadline(today),
                    }
                    for complaint, template_sudo in pairs
                ]
            )
        )
        todo = []
        for (complaint, template_sudo), task_sudo in zip(
            pairs, tasks_sudo, strict=True
        ):
            person_sudo = template_sudo._determine_responsible(
                self.env.user, complaint
            )["responsible"]
            values = {
                "activity_type_id": template_sudo.activity_type_id.id,
                "date_deadline": task_sudo.date_due,
                "note": template_sudo.note,
                "complaint_task_id": task_sudo.id,
            }
            todo.append((complaint, person_sudo, task_sudo.name, values))
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
        """Give these companies emergency plans, in their own language.

        One for any trade, which is chosen, and one for each of the usual trades to
        choose instead. Plans are not translated by Odoo; each company edits its own.
        """
        for company in self:
            if company.complaint_emergency_plan_id:
                continue
            local = company.with_context(
                lang=company.partner_id.lang or self.env.context.get("lang")
            )
            plans = self.env["mail.activity.plan"].create(
                [
                    local._prepare_complaint_emergency_plan_vals(name, tasks)
                    for name, tasks in local._get_complaint_emergency_plans()
                ]
            )
            company.complaint_emergency_plan_id = plans[0]

    def _get_complaint_emergency_plans(self):
        """Return the shipped emergency plans; the first one is for any trade.

        :return: name of each, and its tasks: summary, ``"handler"`` or ``"leader"``,
            and days after the complaint became major
        :rtype: list[tuple[str, list[tuple[str, str, int]]]]
        """
        in_charge = (
            self.env._("Name one person in charge and report upwards"),
            "leader",
            0,
        )
        hurt = (self.env._("See to the people hurt and their families"), "handler", 0)
        authorities = (
            self.env._("Decide which authorities to tell, and by when"),
            "leader",
            0,
        )
        speaker = (
            self.env._("Name one spokesperson for press and authorities"),
            "leader",
            1,
        )
        look_back = (
            self.env._("Check what was done and what is still open"),
            "leader",
            3,
        )
        return [
            (
                self.env._("Emergency plan for major complaints"),
                [
                    in_charge,
                    hurt,
                    (
                        self.env._("Secure goods, lot, recordings and photographs"),
                        "handler",
                        0,
                    ),
                    (
                        self.env._("Stop sale or service of what may do more harm"),
                        "leader",
                        0,
                    ),
                    authorities,
                    speaker,
                    look_back,
                ],
            ),
            (
                self.env._("Emergency plan: shop"),
                [
                    in_charge,
                    hurt,
                    (
                        self.env._("Close off the spot and take photographs of it"),
                        "handler",
                        0,
                    ),
                    (self.env._("Secure the recordings of the cameras"), "handler", 0),
                    (
                        self.env._("Take the goods off the shelves of all shops"),
                        "leader",
                        0,
                    ),
                    authorities,
                    (self.env._("Tell the insurer"), "leader", 1),
                    speaker,
                    look_back,
                ],
            ),
            (
                self.env._("Emergency plan: pharmacy"),
                [
                    in_charge,
                    hurt,
                    (
                        self.env._("Stop sale of the lot and lock what is in stock"),
                        "leader",
                        0,
                    ),
                    (self.env._("Report the serious adverse reaction"), "leader", 0),
                    (
                        self.env._("Tell the holder of the marketing authorisation"),
                        "handler",
                        0,
                    ),
                    (
                        self.env._("List who received the lot, for a recall"),
                        "handler",
                        1,
                    ),
                    authorities,
                    speaker,
                    look_back,
                ],
            ),
            (
                self.env._("Emergency plan: maker"),
                [
                    in_charge,
                    hurt,
                    (
                        self.env._("Hold the lot in stock and at the dealers"),
                        "leader",
                        0,
                    ),
                    (
                        self.env._("Secure retained samples and production records"),
                        "handler",
                        0,
                    ),
                    (self.env._("Stop production on the line concerned"), "leader", 0),
                    (self.env._("Decide on a recall"), "leader", 1),
                    authorities,
                    speaker,
                    look_back,
                ],
            ),
            (
                self.env._("Emergency plan: bank"),
                [
                    in_charge,
                    (
                        self.env._(
                            "Receive those who came together, and name speakers"
                        ),
                        "leader",
                        0,
                    ),
                    (
                        self.env._("Secure contracts, recordings of the sale and logs"),
                        "handler",
                        0,
                    ),
                    (self.env._("Stop selling the product concerned"), "leader", 0),
                    (
                        self.env._("Report the major complaint to the regulator"),
                        "leader",
                        0,
                    ),
                    (self.env._("Watch liquidity and public opinion"), "leader", 1),
                    speaker,
                    look_back,
                ],
            ),
        ]

    def _prepare_complaint_emergency_plan_vals(self, name, tasks):
        """Return the values of an emergency plan of the company.

        :param str name: of the plan
        :param list tasks: as in :meth:`_get_complaint_emergency_plans`
        :rtype: dict
        """
        self.ensure_one()
        todo_type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_todo"
        )
        return {
            "name": name,
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
                for sequence, (summary, role, days) in enumerate(tasks, start=1)
            ],
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_emergency_plan_id = fields.Many2one(
        related="company_id.complaint_emergency_plan_id", readonly=False
    )
