from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from .customer_complaint_graded import MIN_MAJOR_COUNT

# CBIRC-2020; the company may be stricter.
DEFAULT_MAJOR_COUNT = 20


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

    # Severity
    complaint_major_count = fields.Integer(
        string="Complainants of a Major Complaint",
        default=DEFAULT_MAJOR_COUNT,
        required=True,
        help="From how many complainants acting together on a complaint is major.",
    )

    # ------------------------------------------------------------------
    # EMERGENCY PLAN
    # ------------------------------------------------------------------

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

    @api.model
    def _complaint_init_plans(self):
        """Give every company its emergency plans, on installation."""
        self.sudo().search([])._complaint_create_missing_plans()

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

    # ------------------------------------------------------------------
    # SEVERITY
    # ------------------------------------------------------------------

    @api.constrains("complaint_major_count")
    def _check_complaint_major_count(self):
        for company in self:
            if company.complaint_major_count < MIN_MAJOR_COUNT:
                raise ValidationError(
                    self.env._(
                        "%(company)s: at least %(min)s people act together. Enter from "
                        "how many complainants on a complaint is major.",
                        company=company.name,
                        min=MIN_MAJOR_COUNT,
                    )
                )
