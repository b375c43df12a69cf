from odoo.addons.customer_complaint_deadline.tests.clock_common import PauseCase


class MoreTimeCase(PauseCase):
    """Asks for more time as a handler does, and grants it as a superior does."""

    def _request(self, deadline, user=None, **values):
        """Ask for more time by the dialog."""
        complaint = deadline.complaint_id.with_user(user or self.agent)
        action = complaint.action_request_extension()
        record = self._save_form(
            self._follow(action, complaint.env.user),
            deadline_id=deadline.with_user(complaint.env.user),
            **{"reason": "供应商检验报告下周才到。", **values},
        )
        record.action_request()
        return record.extension_id

    def _extend(self, deadline, approver=None, **values):
        """Ask for more time, have it approved and tell the complainant."""
        extension = self._request(deadline, **values)
        extension.with_user(approver or self.manager).action_approve()
        self._tell(deadline.complaint_id.with_user(self.agent), "extension")
        return extension
