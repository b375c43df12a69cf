from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .enquiry_common import EnquiryCase


@tagged("post_install", "-at_install")
class TestEnquiryAccess(EnquiryCase):
    """Who sees and answers enquiries."""

    def _sees(self, enquiry, user):
        """Return whether a user finds and may read an enquiry: both or neither."""
        own = enquiry.with_user(user)
        try:
            found = bool(own.search([("id", "=", enquiry.id)]))
        except AccessError:
            found = False
        self.assertEqual(own.has_access("read"), found)
        return found

    def test_agents_have_those_of_their_teams(self):
        enquiry = self._record(answer="可以。")
        self.assertTrue(self._sees(enquiry, self.colleague))
        enquiry.with_user(self.colleague).action_answer()
        self.assertEqual(enquiry.answered_by_id, self.colleague)

    def test_strangers_do_not_know_them(self):
        enquiry = self._record(answer="可以。").with_user(self.stranger)
        self.assertFalse(self._sees(enquiry, self.stranger))
        for deed in (
            lambda: enquiry.read(["description"]),
            lambda: enquiry.write({"answer": "不可以。"}),
            enquiry.action_answer,
            enquiry.action_turn_into_complaint,
        ):
            with self._refused("", AccessError):
                deed()

    def test_who_received_it_has_it_whatever_the_team(self):
        enquiry = self._record(
            received_by_id=self.stranger.id, team_id=self.team.id, answer="可以。"
        )
        self.assertTrue(self._sees(enquiry, self.stranger))
        enquiry.with_user(self.stranger).action_answer()

    def test_supervisors_have_those_without_team(self):
        enquiry = self._record(user=self.stranger, team_id=False)
        self.assertFalse(self._sees(enquiry, self.agent))
        self.assertTrue(self._sees(enquiry, self.supervisor))

    def test_managers_have_all_and_auditors_read_them(self):
        enquiry = self._record(team_id=self.other_team.id, user=self.stranger)
        self.assertTrue(self._sees(enquiry, self.manager))
        enquiry.with_user(self.manager).answer = "可以。"
        self.assertTrue(self._sees(enquiry, self.auditor))
        audited = enquiry.with_user(self.auditor)
        for deed in (
            lambda: audited.write({"answer": "不可以。"}),
            audited.action_answer,
            audited.action_turn_into_complaint,
            lambda: self._record(user=self.auditor),
        ):
            with self._refused("", AccessError):
                deed()

    def test_others_have_no_business_with_them(self):
        enquiry = self._record()
        complaint = self._turn(enquiry)
        for user in (self.quality_user, self.archivist, self.employee):
            with self.subTest(user=user.login):
                self.assertFalse(self._sees(enquiry, user))
                with self._refused("", AccessError):
                    self._record(user=user)
        # The complaint is theirs all the same, without where it comes from.
        complaint.category_id = self.category
        for user in (self.quality_user, self.archivist):
            fields_seen = self.env["customer.complaint"].with_user(user).get_view()
            self.assertNotIn("enquiry_id", fields_seen["arch"])
            complaint.with_user(user).read(["description"])

    def test_companies_do_not_see_each_others(self):
        enquiry = self._record()
        outsider = self._new_outsider("manager")
        self.assertFalse(self._sees(enquiry, outsider))
        theirs = self._record(user=outsider, team_id=False)
        self.assertEqual(theirs.company_id, outsider.company_id)
        self.assertRegex(theirs.name, r"^ZX/\d{4}/00001$")
        self.assertFalse(self._sees(theirs, self.manager))
        with self._refused("", (AccessError, UserError, ValidationError)):
            self._record(user=outsider)  # of our team
        with self._refused("The company stays"):
            theirs.company_id = self.company

    def test_orders_that_one_may_not_read_are_refused(self):
        salesman = self._new_user("complaint_salesman", "agent")
        salesman.group_ids += self.quick_ref("sales_team.group_sale_salesman")
        self.team.member_ids += salesman
        self.order.user_id = self.manager
        with self._refused("", AccessError):
            self._record(user=salesman, sale_order_id=self.order.id)
        own = self._record(user=salesman)
        with self._refused("", AccessError):
            own.sale_order_id = self.order
        # One of the team is turned all the same, and the order noted.
        enquiry = self._record(sale_order_id=self.order.id)
        complaint = self._turn(enquiry, salesman)
        self.assertFalse(complaint.sudo().sale_order_id)
        self.assertIn(
            self.order.name, "".join(complaint.sudo().message_ids.mapped("body"))
        )
