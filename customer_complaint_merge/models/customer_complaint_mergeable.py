from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import clean_context, format_list

from odoo.addons.customer_complaint.const import AGENT, COMPLAINANT_FIELDS

# Messages that arrive from outside, or are written to somebody there.
ARRIVING_TYPES = ("email", "comment")
# What the new complaint takes over: who complains, of which sale, and how it arrived.
TAKEN_OVER_FIELDS = (
    "company_id",
    *COMPLAINANT_FIELDS,
    "channel_id",
    "way_in",
    "received_by_id",
    "date_received",
)


class CustomerComplaintMergeable(models.AbstractModel):
    """Merging: the same person complains of the same matter again.

    The source ends, keeps all it holds and points to its target; what arrives on it
    later lands on the target. The clock of the customer is the target's.
    """

    _name = "customer.complaint.mergeable"
    _inherit = "customer.complaint.sealed"
    _description = "Merging and Splitting Complaints"

    merged_ids = fields.One2many(
        "customer.complaint",
        "merged_into_id",
        string="Merged Complaints",
        system=True,
    )
    merged_count = fields.Integer(
        string="Merged",
        readonly=True,
        copy=False,
        help="How many complaints were merged into this one.",
        sealed=False,
        system=True,
    )
    date_merged = fields.Datetime(
        string="Merged On", readonly=True, copy=False, system=True
    )
    merge_reason = fields.Text(
        string="Why Merged",
        readonly=True,
        copy=False,
        help="Why both are about the same matter.",
        personal=True,
        frozen=True,
    )

    # Splitting
    split_ids = fields.One2many(
        "customer.complaint",
        "split_from_id",
        string="Complaints Split Off",
        system=True,
    )
    split_count = fields.Integer(
        string="Split Off",
        readonly=True,
        copy=False,
        help="How many complaints were split off this one.",
        sealed=False,
        system=True,
    )

    @api.model
    def _check_new_vals(self, vals):
        if vals.get("merged_into_id") or vals.get("merge_reason"):
            raise UserError(
                self.env._("Register the complaint first, then merge it with another.")
            )
        return super()._check_new_vals(vals)

    def _check_vals(self, vals):
        if vals.keys() & {"merged_into_id", "merge_reason"}:
            if vals.get("state") != "merged":
                raise UserError(
                    self.env._(
                        "Target and reason are entered when complaints are merged, and "
                        "stay. Use “Merge”."
                    )
                )
            self.browse(vals.get("merged_into_id") or [])._lock_to_merge()
        return super()._check_vals(vals)

    def _lock_to_merge(self):
        """Keep others from ending the target while complaints are merged into it.

        :raise UserError: if somebody is changing it at this moment
        """
        if self and not self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "The complaint to merge into is gone, or somebody is changing it "
                    "right now. Try again in a moment."
                )
            )

    def _check_step_rights(self, target):
        result = super()._check_step_rights(target)
        # The targets take over work: whoever merges must be able to do it there.
        if target == "merged" and self.merged_into_id and not self.env.su:
            self.merged_into_id.check_access("write")
            self.merged_into_id._check_may_work()
        return result

    def _get_missing_fields(self, target):
        missing = super()._get_missing_fields(target)
        if target == "merged" and not (self.merge_reason or "").strip():
            missing.append("merge_reason")
        return missing

    def _get_cannot_move_reason(self, target):
        reason = super()._get_cannot_move_reason(target)
        if reason or target != "merged":
            return reason
        return self._get_cannot_merge_reason(self.merged_into_id)

    def _get_cannot_merge_reason(self, main):
        """Return why this complaint cannot be merged into another, or False.

        Whether both are about the same matter is the judgement of who merges.

        :param customer.complaint main: the complaint to merge into
        :rtype: str or bool
        """
        self.ensure_one()
        if main == self:
            return self.env._("it cannot be merged into itself. Choose another one.")
        if main.company_id != self.company_id:
            return self.env._(
                "%(target)s belongs to another company. Complaints are merged within "
                "%(company)s only.",
                target=main.name,
                company=self.company_id.display_name,
            )
        if main._has_ended():
            return self._get_ended_target_reason(main)
        if main.representation == "group":
            return False
        customer = self.commercial_partner_id
        if not customer or customer != main.commercial_partner_id:
            return self.env._(
                "%(target)s is not a complaint of the same customer. Complaints of "
                "different customers are merged into one of a group only.",
                target=main.name,
            )
        return False

    def _get_ended_target_reason(self, main):
        """Say why nothing is merged into a complaint that has ended.

        :rtype: str
        """
        final = main._get_final_complaint()
        if final == self:
            return self.env._("%(target)s was merged into it.", target=main.name)
        if final != main:
            return self.env._(
                "%(target)s was merged itself. Choose %(final)s: it goes on.",
                target=main.name,
                final=final.name,
            )
        return self.env._(
            "%(target)s has ended. Choose a complaint that is still open.",
            target=main.name,
        )

    def _get_final_complaint(self):
        """Return the complaint that goes on with this one: itself if not merged.

        :return: in the environment of this one; the user may not be able to read it
        :rtype: customer.complaint
        """
        self.ensure_one()
        final_sudo = self.sudo()  # which one it is; nothing is shown here
        seen = set()
        while final_sudo.state == "merged" and final_sudo.id not in seen:
            seen.add(final_sudo.id)
            final_sudo = final_sudo.merged_into_id or final_sudo
        return self.browse(final_sudo.id)

    def _prepare_merged_vals(self):
        return {**self._prepare_ended_vals(), "date_merged": fields.Datetime.now()}

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        if target == "merged":
            for main, sources in self.grouped("merged_into_id").items():
                main._take_over(sources)
            # What was granted on one of them counts for what waits on another.
            self.sudo().remediation_ids._update_others()
        return result

    def _take_over(self, sources):
        """Count the complaints merged into this one, and tell all concerned.

        :param customer.complaint sources: the complaints that ended here
        """
        self.ensure_one()
        self._write_unguarded({"merged_count": self.merged_count + len(sources)})
        self._take_over_recusals(sources)
        lines = [
            self.env._(
                "Merged into this complaint: %(links)s", links=sources._get_html_links()
            )
        ]
        added = self._add_complainants(sources)
        if added:
            lines.append(
                self.env._(
                    "People who complain together: %(count)s (%(added)s more)",
                    count=self.complainant_count,
                    added=added,
                )
            )
        reason = sources[0].merge_reason
        body = Markup("<br/>").join([*lines, reason])
        self._message_log(body=Markup("<p>%s</p>") % body)
        text = self.env._("Merged into %(link)s", link=self._get_html_links())
        sources._message_log_batch(
            bodies={
                source.id: Markup("<p>%s<br/>%s</p>") % (text, reason)
                for source in sources
            }
        )
        self._tell_about_merging(sources, body)

    def _get_html_links(self):
        """Return links to these complaints under their numbers.

        :rtype: Markup
        """
        return Markup(", ").join(
            complaint._get_html_link(title=complaint.name) for complaint in self
        )

    def _get_family(self):
        """Also return those they were merged with or split from."""
        family = todo = super()._get_family()
        while todo:
            linked = todo.merged_into_id | todo.split_from_id
            linked |= todo.filtered("merged_count").merged_ids
            linked |= todo.filtered("split_count").split_ids
            todo = linked - family
            family |= todo
        return family

    def _add_complainants(self, sources):
        """Add the people of other customers to a group complaint.

        :return: how many people were added
        :rtype: int
        """
        if self.representation != "group":
            return 0
        others = sources.filtered(
            lambda source: source.commercial_partner_id != self.commercial_partner_id
        )
        added = sum(others.mapped("complainant_count"))
        if added:
            self.write({"complainant_count": self.complainant_count + added})
        return added

    def _tell_about_merging(self, sources, body):
        """Tell handlers and internal followers of all these complaints.

        Followers of the sources follow on here, where they may see it.

        :param customer.complaint sources: the complaints merged into this one
        :param Markup body: what is told
        """
        # Colleagues on these cases; of the others nothing is told.
        both_sudo = (self | sources).sudo()
        followers_sudo = both_sudo.message_partner_ids.user_ids
        users_sudo = (both_sudo.user_id | followers_sudo).filtered(
            lambda user: user.active and not user.share and user != self.env.user
        )
        readers_sudo = users_sudo.filtered(
            lambda user: self.with_user(user).has_access("read")
        )
        if not readers_sudo:
            return
        self.message_subscribe(partner_ids=readers_sudo.partner_id.ids)
        self.message_notify(
            subject=self.env._(
                "Complaints merged into %(complaint)s", complaint=self.display_name
            ),
            body=Markup("<p>%s</p>") % body,
            partner_ids=readers_sudo.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            force_send=False,
        )

    def action_merge(self):
        """Ask into which complaint these are merged, and why.

        :rtype: dict
        """
        return self._action_ask("customer.complaint.merge", self.env._("Merge"))

    def action_open_merged(self):
        """List the complaints that were merged into this one.

        :rtype: dict
        """
        self.ensure_one()
        action = self._action_list_for([("merged_into_id", "=", self.id)])
        action["context"] = {"create": False}
        return action

    def message_post(self, **kwargs):
        """Post, but what arrives on a merged complaint lands on its target.

        Mail, and what people write in the chatter or the portal; the merged complaint
        only notes where it went.
        """
        if len(self) == 1 and kwargs.get("message_type") in ARRIVING_TYPES:
            final = self._get_final_complaint()
            if final != self:
                return self._post_on(final, kwargs)
        return super().message_post(**kwargs)

    def _post_on(self, final, kwargs):
        """Post on the target what arrived on this complaint.

        :param customer.complaint final: the complaint that goes on
        :param dict kwargs: arguments of ``message_post``
        :rtype: mail.message
        """
        # What it answers to stands on this complaint, not on the target.
        kwargs = {**kwargs, "parent_id": False}
        kwargs["attachment_ids"] = self._get_files_for(
            final, kwargs.get("attachment_ids") or []
        )
        if not self.env.su:
            # Whoever may write here may not see the target, as a customer who mails;
            # so they write in their own name only.
            self.check_access("write")
            kwargs.pop("author_id", None)
            kwargs.pop("email_from", None)
        # It is no notice that a step asked for: that stands on the target itself.
        final_sudo = final.sudo().with_context(complaint_notice_kind=False)
        message = final_sudo.message_post(**kwargs)
        final_sudo._message_log(
            body=Markup("<p>%s</p>")
            % self.env._(
                "The last message arrived on %(link)s, merged into this one",
                link=self.sudo()._get_html_links(),
            )
        )
        self.sudo()._message_log(
            body=Markup("<p>%s</p>")
            % self.env._(
                "A message arrived here; it stands on %(link)s",
                link=final_sudo._get_html_links(),
            )
        )
        return self.env["mail.message"].browse(message.id)

    def _get_files_for(self, final, attachment_ids):
        """Return the files of a message for the target.

        Files of this complaint stay with it: the target gets copies.

        :param customer.complaint final: the complaint that goes on
        :param list attachment_ids: as given to ``message_post``
        :rtype: list[int]
        """
        files = self.env["ir.attachment"].browse(attachment_ids)
        if not self.env.su:
            files.check_access("read")
        # They may be read; to the target the user may have no right.
        own_sudo = files.sudo().filtered(
            lambda file: file.res_model == self._name and file.res_id == self.id
        )
        copies_sudo = own_sudo.browse()
        for file_sudo in own_sudo:
            copies_sudo += file_sudo.copy({"res_id": final.id})
        return (files - own_sudo).ids + copies_sudo.ids

    # ------------------------------------------------------------------
    # SPLITTING
    #
    # Splitting: chosen products and papers go to a new complaint of their own.
    #
    # Both are linked; the clocks of the new one run from the original receipt.
    # ------------------------------------------------------------------

    def action_split(self):
        """Ask what goes to a complaint of its own.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_ask(
            "customer.complaint.split", self.env._("Split"), complaint_id=self.id
        )

    def action_open_split(self):
        """List the complaints that were split off this one.

        :rtype: dict
        """
        self.ensure_one()
        action = self._action_list_for([("split_from_id", "=", self.id)])
        action["context"] = {"create": False}
        return action

    def _split_off(self, lines, documents, vals):
        """Move products and papers to a new complaint of the same customer.

        :param customer.complaint.line lines: what moves
        :param customer.complaint.archive.document documents: what moves; the user
            must be able to change them
        :param dict vals: subject, description, category and team of the new complaint
        :return: the new complaint, registered
        :rtype: customer.complaint
        :raise AccessError: if the user may not work on the complaint or a paper
        :raise UserError: if the complaint has ended, or nothing moves or stays
        """
        self.ensure_one()
        self._check_may_split(lines, documents)
        # Checked above. Of the sale it says what this one says, which the user who
        # splits may not be able to choose anew.
        clean_sudo = self.sudo().with_context(clean_context(self.env.context))
        new_sudo = clean_sudo.create([{**self._prepare_split_vals(), **vals}])
        new_sudo._write_unguarded({"split_from_id": self.id})
        self._write_unguarded({"split_count": self.split_count + 1})
        self._move_content(lines, documents, new_sudo)
        new_sudo._take_over_recusals(self)
        new = self.browse(new_sudo.id)
        self._log_split(new, lines, documents)
        return new

    def _check_may_split(self, lines, documents):
        """Check rights and what is to move.

        :raise AccessError: if the user may not work on the complaint or a paper
        :raise UserError: if the complaint has ended, nothing moves or stays, or what
            moves has a remediation
        """
        self.check_access("write")
        self._check_may_change()
        if not self.env.su and not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("Agents and supervisors split complaints."))
        for records in (lines, documents):
            if records:
                records.check_access("write")
            if records.complaint_id - self:
                raise UserError(
                    self.env._(
                        "%(number)s: choose only its own products and papers.",
                        number=self.name,
                    )
                )
        moving = len(lines) + len(documents)
        if not moving:
            raise UserError(
                self.env._(
                    "%(number)s: choose a product or paper that goes to a complaint of "
                    "its own.",
                    number=self.name,
                )
            )
        # Papers the user may not see stay, and count.
        complaint_sudo = self.sudo()
        if moving == len(complaint_sudo.line_ids) + len(complaint_sudo.document_ids):
            raise UserError(
                self.env._(
                    "%(number)s would keep neither product nor paper. Leave something "
                    "with it, or change the complaint itself.",
                    number=self.name,
                )
            )
        if self.remediation_count and lines:
            self._check_no_remediation(lines)

    def _check_no_remediation(self, lines):
        """Refuse to move products of which the customer receives something here.

        :raise UserError: naming the remediations
        """
        # Products the user sees; which remediation names them is no secret.
        used_sudo = self.sudo().remediation_ids.line_ids.filtered(
            lambda line: (
                line.complaint_line_id in lines
                and line.remediation_id.state != "cancelled"
            )
        )
        if used_sudo:
            raise UserError(
                self.env._(
                    "%(number)s: these products have a remediation here: "
                    "%(remediations)s. Cancel it first.",
                    number=self.name,
                    remediations=format_list(
                        self.env, used_sudo.remediation_id.mapped("name")
                    ),
                )
            )

    def _prepare_split_vals(self):
        vals = super()._prepare_split_vals()
        for name in TAKEN_OVER_FIELDS:
            value = self[name]
            kind = self._fields[name].type
            if kind == "many2many":
                value = [Command.set(value.ids)]
            elif kind == "many2one":
                value = value.id
            vals[name] = value
        return vals

    def _move_content(self, lines, documents, new):
        """Move products and papers, with their files, to the new complaint."""
        if lines:
            lines._move_to_complaint(new)
            self._after_products_left()
        if documents:
            documents._move_to_complaint(new)

    def _log_split(self, new, lines, documents):
        """Say in both chatters what went where."""
        names = [*lines.mapped("product_name"), *documents._get_shown_names()]
        moved = Markup("<br/>").join(names)
        # The new one may belong to a team the user is not in.
        complaint_sudo, new_sudo = self.sudo(), new.sudo()
        complaint_sudo._message_log(
            body=Markup("<p>%s<br/>%s</p>")
            % (
                self.env._("Split off to %(link)s:", link=new_sudo._get_html_links()),
                moved,
            )
        )
        new_sudo._message_log(
            body=Markup("<p>%s<br/>%s</p>")
            % (
                self.env._(
                    "Split off from %(link)s:", link=complaint_sudo._get_html_links()
                ),
                moved,
            )
        )
