from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_list, html2plaintext

DEEDS = [("create", "Entered"), ("write", "Changed"), ("unlink", "Deleted")]
# What no log can show.
UNSHOWN_TYPES = ("binary", "json", "properties", "properties_definition")


class CustomerComplaintConfigurationLog(models.Model):
    """Who changed the rules of complaint handling, when, and what they were before.

    Written by the change itself, kept when the rule is deleted, and never changed:
    whoever asks why an amount was approved, or a limit is on that day, must find the
    ladder and the policy as they were.
    """

    _name = "customer.complaint.configuration.log"
    _inherit = "customer.complaint.append.only"
    _description = "Change of Configuration"
    _order = "id desc"
    _rec_name = "record_name"

    date = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        index="btree_not_null",
        help="Whose rule it is; empty for rules that all companies share.",
    )
    res_model = fields.Char(string="Model", required=True, readonly=True, index=True)
    model_name = fields.Char(string="Kind", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record No.", model_field="res_model", readonly=True
    )
    record_name = fields.Char(string="Record", readonly=True)
    deed = fields.Selection(DEEDS, string="What", required=True, readonly=True)
    field_name = fields.Char(string="Field", readonly=True)
    old_value = fields.Text(readonly=True)
    new_value = fields.Text(readonly=True)

    def _refuse_forgery(self):
        raise AccessError(
            self.env._(
                "The log of changes is written by changing the configuration only, and "
                "stays as it is."
            )
        )


class CustomerComplaintLogged(models.AbstractModel):
    """Configuration whose changes are told, with old and new value, for good."""

    _name = "customer.complaint.logged"
    _description = "Logged Configuration"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._log_configuration("create", {})
        return records

    def write(self, vals):
        before = self._read_logged(vals)
        result = super().write(vals)
        self._log_configuration("write", before)
        return result

    def unlink(self):
        self._log_configuration("unlink", {})
        return super().unlink()

    @api.model
    def _get_logged_fields(self, names):
        """Return those of some fields whose changes are told.

        :param names: names of fields
        :rtype: list[str]
        """
        return [
            name
            for name in names
            if (field := self._fields.get(name))
            and (field.store or (field.type == "one2many" and not field.compute))
            and field.type not in UNSHOWN_TYPES
            and name not in models.MAGIC_COLUMNS
            # Rows that tell of themselves.
            and not (
                field.type == "one2many"
                and isinstance(self.env[field.comodel_name], CustomerComplaintLogged)
            )
        ]

    def _read_logged(self, names):
        """Return what the fields say now, as text, by record.

        :param names: names of fields about to be written
        :rtype: dict[BaseModel, dict[str, str]]
        """
        names = self._get_logged_fields(names)
        if not names:
            return {}
        return {
            record: {name: record._format_logged(name) for name in names}
            # Whoever may change it need not see all that it names.
            for record in self._filter_configuration().sudo()
        }

    def _filter_configuration(self):
        """Return those of these records that are configuration of complaints. Hook."""
        return self

    def _format_logged(self, name):
        """Return a value as people read it.

        :rtype: str
        """
        value, field = self[name], self._fields[name]
        if field.relational:
            return format_list(self.env, sorted(value.mapped("display_name")))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "html":
            return html2plaintext(value or "", include_references=False)
        if field.type in ("float", "monetary"):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        if field.type == "integer":
            return str(value)
        return str(value or "")

    def _log_configuration(self, deed, before):
        """Tell what was done to these records.

        Nothing is told of what modules bring and take away themselves.

        :param str deed: one of ``DEEDS``
        :param dict before: of :meth:`_read_logged`
        """
        if not self.env.registry.ready:
            return
        vals_list = []
        for record in self._filter_configuration().sudo():
            base = record._prepare_log_vals(deed)
            if deed != "write":
                vals_list.append(base)
                continue
            for name, old in before.get(record, {}).items():
                new = record._format_logged(name)
                if new != old:
                    label = self._fields[name].get_description(self.env, ["string"])
                    vals_list.append(
                        {
                            **base,
                            "field_name": label["string"],
                            "old_value": old,
                            "new_value": new,
                        }
                    )
        self.env["customer.complaint.configuration.log"]._create_unguarded(vals_list)

    def _prepare_log_vals(self, deed):
        self.ensure_one()
        return {
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "company_id": self._get_logged_company().id,
            "res_model": self._name,
            "model_name": self.env["ir.model"]._get(self._name).name,
            "res_id": self.id,
            "record_name": self.display_name,
            "deed": deed,
            "field_name": False,
            "old_value": False,
            "new_value": False,
        }

    def _get_logged_company(self):
        """Return whose configuration it is; none when all companies share it.

        :rtype: res.company
        """
        if self._name == "res.company":
            return self
        if "company_id" in self._fields:
            return self.company_id
        return self.env["res.company"]


class CustomerComplaintShared(models.AbstractModel):
    """Configuration that all companies share is changed by whoever has all of them.

    A row without company rules the cases of every company: who answers for one of them
    only makes a row of that company instead.
    """

    _name = "customer.complaint.shared"
    _inherit = "customer.complaint.logged"
    _description = "Shared Configuration"

    @api.model_create_multi
    def create(self, vals_list):
        """:raise AccessError: for rows of all companies, unless the user has all"""
        records = super().create(vals_list)
        records._check_may_share()
        return records

    def write(self, vals):
        """:raise AccessError: for rows of all companies, unless the user has all"""
        self._check_may_share()
        result = super().write(vals)
        self._check_may_share()
        return result

    def unlink(self):
        """:raise AccessError: for rows of all companies, unless the user has all"""
        self._check_may_share()
        return super().unlink()

    def _check_may_share(self):
        if self.env.su:
            return
        shared = self._filter_configuration().filtered(
            lambda record: not record.sudo()._get_logged_company()
        )
        if not shared or self.env.user._has_all_companies():
            return
        self.check_access("read")
        raise AccessError(
            self.env._(
                "All companies share this: %(names)s. Whoever has all companies "
                "changes it; for your company alone, make one of its own where that is "
                "possible.",
                names=format_list(self.env, shared.mapped("display_name")),
            )
        )


class CustomerComplaintApprovalTier(models.Model):
    _name = "customer.complaint.approval.tier"
    _inherit = ["customer.complaint.approval.tier", "customer.complaint.shared"]


class CustomerComplaintPolicy(models.Model):
    _name = "customer.complaint.policy"
    _inherit = ["customer.complaint.policy", "customer.complaint.shared"]


class CustomerComplaintPolicyMilestone(models.Model):
    _name = "customer.complaint.policy.milestone"
    _inherit = ["customer.complaint.policy.milestone", "customer.complaint.shared"]


class CustomerComplaintCategory(models.Model):
    _name = "customer.complaint.category"
    _inherit = ["customer.complaint.category", "customer.complaint.shared"]


class CustomerComplaintChannel(models.Model):
    _name = "customer.complaint.channel"
    _inherit = ["customer.complaint.channel", "customer.complaint.shared"]


class CustomerComplaintEscalationRule(models.Model):
    _name = "customer.complaint.escalation.rule"
    _inherit = ["customer.complaint.escalation.rule", "customer.complaint.shared"]


class CustomerComplaintArchiveDocumentType(models.Model):
    _name = "customer.complaint.archive.document.type"
    _inherit = ["customer.complaint.archive.document.type", "customer.complaint.shared"]


class CustomerComplaintRefusalGround(models.Model):
    _name = "customer.complaint.refusal.ground"
    _inherit = ["customer.complaint.refusal.ground", "customer.complaint.shared"]


class CustomerComplaintDecisionTemplate(models.Model):
    _name = "customer.complaint.decision.template"
    _inherit = ["customer.complaint.decision.template", "customer.complaint.shared"]


class CustomerComplaintArchiveCategory(models.Model):
    _name = "customer.complaint.archive.category"
    _inherit = ["customer.complaint.archive.category", "customer.complaint.shared"]


class CustomerComplaintPaperRequirement(models.Model):
    _name = "customer.complaint.paper.requirement"
    _inherit = ["customer.complaint.paper.requirement", "customer.complaint.shared"]


class CustomerComplaintReturnException(models.Model):
    _name = "customer.complaint.return.exception"
    _inherit = ["customer.complaint.return.exception", "customer.complaint.shared"]


class CustomerComplaintMakeupDay(models.Model):
    _name = "customer.complaint.makeup.day"
    _inherit = ["customer.complaint.makeup.day", "customer.complaint.shared"]


class CustomerComplaintTeam(models.Model):
    """A team belongs to a company; who leads and who belongs to it is told."""

    _name = "customer.complaint.team"
    _inherit = ["customer.complaint.team", "customer.complaint.logged"]


class ResCompany(models.Model):
    """Of a company, what it decided about complaint handling is told."""

    _name = "res.company"
    _inherit = ["res.company", "customer.complaint.logged"]

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


class MailActivityPlan(models.Model):
    """Emergency plans belong to mail, and are configuration of complaints too."""

    _name = "mail.activity.plan"
    _inherit = ["mail.activity.plan", "customer.complaint.shared"]

    def _filter_configuration(self):
        return self.filtered(lambda plan: plan.res_model == "customer.complaint")


class MailActivityPlanTemplate(models.Model):
    _name = "mail.activity.plan.template"
    _inherit = ["mail.activity.plan.template", "customer.complaint.shared"]

    def _filter_configuration(self):
        return self.filtered(
            lambda template: template.plan_id.res_model == "customer.complaint"
        )
