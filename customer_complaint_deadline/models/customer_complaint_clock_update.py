import logging

from psycopg2 import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)
# A technical bound: how many complaints are brought up to date in one transaction.
BATCH_SIZE = 200


class CustomerComplaintClockUpdate(models.Model):
    """A change after which the deadlines of many complaints are worked out anew.

    Holidays, working hours, a time zone or a policy may concern ten thousands of
    running complaints: a job goes through them in batches, and a request remembers
    how far it got.
    """

    _name = "customer.complaint.clock.update"
    _inherit = "customer.complaint.kept"
    _description = "Update of Complaint Clocks"
    _order = "id"
    _log_access = True

    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Whose complaints; all companies when empty.",
    )
    policy_id = fields.Many2one(
        "customer.complaint.policy",
        index="btree_not_null",
        ondelete="cascade",
        help="Complaints that come under this policy as it is now; empty when only "
        "their deadlines are worked out anew.",
    )
    last_id = fields.Integer(help="The complaints up to this one are done.")

    @api.model
    def _request(self, companies=None, policies=None):
        """Ask for an update of the running complaints, done in the background.

        :param res.company companies: whose; None for all
        :param policies: put the complaints under these policies as they are now
        """
        wanted = [
            {"company_id": company, "policy_id": policy}
            for company in (companies.ids if companies else [False])
            for policy in (policies.ids if policies else [False])
        ]
        # Whoever may change what the clocks depend on sets this off, and reads nothing.
        Update_sudo = self.sudo()
        # One that the job holds may be working by what was true before.
        waiting = Update_sudo.search([("last_id", "=", 0)]).try_lock_for_update()
        known = {(request.company_id.id, request.policy_id.id) for request in waiting}
        new = [
            vals
            for vals in wanted
            if (vals["company_id"], vals["policy_id"]) not in known
        ]
        Update_sudo.create(new)
        cron = self.env.ref(
            "customer_complaint_deadline.cron_update_clocks", raise_if_not_found=False
        )
        if cron:  # not there yet while the addon is being installed
            # For known ones, too: the job may have found them locked by us.
            cron.sudo()._trigger()

    def _get_domain(self):
        """Return the domain of the complaints this request still concerns.

        :rtype: list
        """
        self.ensure_one()
        domain = [("is_closed", "=", False), ("id", ">", self.last_id)]
        if self.company_id:
            domain.append(("company_id", "=", self.company_id.id))
        if self.policy_id:
            domain.append(("policy_id", "=", self.policy_id.id))
        return domain

    @api.model
    def _cron_update(self):
        """Work off the requests batch by batch; each batch is kept once it is done.

        A complaint that fails is noted in the log and does not stop the others.
        """
        while request := self.search([], limit=1).try_lock_for_update():
            complaints = self.env["customer.complaint"].search(
                request._get_domain(), order="id", limit=BATCH_SIZE
            )
            if complaints:
                request._update(complaints)
                request.last_id = complaints[-1].id
            else:
                request.unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            if not self.env["ir.cron"]._commit_progress(
                len(complaints), remaining=self.search_count([])
            ):
                break
            # Another server may have changed calendars or policies meanwhile.
            if self.pool != self.pool.check_signaling():
                break

    def _update(self, complaints):
        """Bring complaints up to date, all at once or else one by one."""
        try:
            with self.env.cr.savepoint():
                self._update_batch(complaints)
        except OperationalError:
            raise  # somebody else wrote one of them: the job is tried again
        except Exception:
            self.env.invalidate_all()
            for complaint in complaints:
                self._update_one(complaint)

    def _update_one(self, complaint):
        try:
            with self.env.cr.savepoint():
                self._update_batch(complaint)
        except OperationalError:
            raise
        except Exception:
            _logger.exception("Clocks of complaint %s not updated", complaint.id)
            self.env.invalidate_all()

    def _update_batch(self, complaints):
        # Whatever changed, rules and working hours among it.
        complaints = complaints.with_context(complaint_rules_changed=True)
        if self.policy_id:
            complaints._apply_policy()
        else:
            complaints._sync_deadlines()
