from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from .enquiry_common import EnquiryCase

# Shortly before midnight in Shanghai.
FIRST = "2026-03-04 15:30:00"


@tagged("post_install", "-at_install")
class TestGrumble(EnquiryCase):
    """When a grumble proposes a complaint (OPINION-FORM)."""

    def _twice(self, second, first=None, moment=FIRST, **values):
        """Return the second of two grumbles, which was received at a moment."""
        values = values or {"partner_id": self.customer.id}
        self._grumble(date_received=moment, **(first or values))
        return self._grumble(date_received=second, **values)

    def _todos(self, enquiry):
        todo = self.quick_ref("customer_complaint_enquiry.mail_act_turn_enquiry")
        return enquiry.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == todo
        )

    def test_the_second_within_48_hours_proposes_a_complaint(self):
        for second, proposal in (
            ("2026-03-06 14:30:00", "repeated"),  # 47 hours, over two midnights
            ("2026-03-06 15:30:00", "repeated"),  # 48 hours to the second
            ("2026-03-06 16:30:00", False),  # 49 hours
        ):
            customer = self.customer.copy({"phone": False})
            with self.subTest(second=second):
                grumble = self._twice(second, partner_id=customer.id)
                self.assertEqual(grumble.proposal, proposal)
                self.assertEqual(bool(grumble.proposal_note), bool(proposal))
                self.assertEqual(len(self._todos(grumble)), bool(proposal))
                self.assertEqual(grumble.state, "open")
                self.assertFalse(grumble.complaint_id)

    def test_the_alert_names_the_other_one_and_the_to_do_asks_who_received_it(self):
        first = self._grumble(partner_id=self.customer.id, date_received=FIRST)
        self.assertFalse(first.proposal)
        self.assertFalse(self._todos(first))
        second = self._grumble(
            partner_id=self.customer.id,
            date_received="2026-03-05 03:00:00",
            received_by_id=self.colleague.id,
        )
        self.assertIn(first.name, second.proposal_note)
        self.assertIn("Asia/Shanghai", second.proposal_note)
        todo = self._todos(second)
        self.assertEqual(todo.user_id, self.colleague)
        self.assertIn(first.name, todo.note)
        complaint = self._turn(second, self.colleague)
        self.assertFalse(self._todos(second))
        self.assertIn(first.name, "".join(complaint.message_ids.mapped("body")))

    def test_the_form_says_so_before_it_is_saved(self):
        self._grumble(partner_id=self.customer.id)
        form = Form(self.env["customer.complaint.enquiry"].with_user(self.agent))
        form.partner_id = self.customer
        self.assertFalse(form.proposal_note)
        form.kind = "grumble"
        self.assertIn("more than once within 48 hours", form.proposal_note)

    def test_same_telephone_in_any_notation(self):
        for phone in ("13812345678", "１３８ １２３４ ５６７８", "+86 (138) 1234-5678"):
            with self.subTest(phone=phone):
                second = self._twice(
                    "2026-03-05 03:00:00",
                    {"phone": "138-1234-5678", "customer_name": "孙女士"},
                    phone=phone,
                )
                self.assertEqual(second.proposal, "repeated")
        other = self._grumble(phone="13812345679", date_received=FIRST)
        self.assertFalse(other.proposal)

    def test_a_contact_and_the_company_it_belongs_to_are_one_customer(self):
        company, other = self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("康民大药房", "长江电缆")]
        )
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": company.id} for name in ("许文", "高红")]
        )
        first, second = people
        grumble = self._twice(
            "2026-03-05 03:00:00", {"partner_id": first.id}, partner_id=second.id
        )
        self.assertEqual(grumble.proposal, "repeated")
        self.assertFalse(
            self._grumble(partner_id=other.id, date_received=FIRST).proposal
        )

    def test_nobody_known_is_nobody_twice(self):
        for _n in range(2):
            self.assertFalse(self._grumble().proposal)

    def test_only_grumbles_count(self):
        for kind in ("enquiry", "suggestion"):
            self._record(kind, partner_id=self.customer.id, date_received=FIRST)
        grumble = self._grumble(partner_id=self.customer.id, date_received=FIRST)
        self.assertFalse(grumble.proposal)
        enquiry = self._record(partner_id=self.customer.id, date_received=FIRST)
        self.assertFalse(enquiry.proposal)
        # It was a grumble after all; and then it was none.
        enquiry.kind = "grumble"
        self.assertEqual(enquiry.proposal, "repeated")
        self.assertEqual(len(self._todos(enquiry)), 1)
        enquiry.kind = "suggestion"
        self.assertFalse(enquiry.proposal)
        self.assertFalse(self._todos(enquiry))

    def test_one_that_is_entered_late_counts_when_it_was_received(self):
        self._grumble(partner_id=self.customer.id, date_received="2026-03-06 01:00:00")
        late = self._grumble(partner_id=self.customer.id, date_received=FIRST)
        self.assertEqual(late.proposal, "repeated")

    def test_those_of_other_teams_count_by_number_only(self):
        first = self._grumble(
            user=self.stranger,
            team_id=self.other_team.id,
            partner_id=self.customer.id,
            description="绝密",
        )
        second = self._grumble(partner_id=self.customer.id)
        self.assertFalse(first.with_user(self.agent).has_access("read"))
        self.assertIn(first.name, second.proposal_note)
        self.assertNotIn("绝密", second.proposal_note)

    def test_not_those_of_other_companies(self):
        outsider = self._new_outsider("agent")
        self._grumble(user=outsider, team_id=False, phone="13812345678")
        self.assertFalse(self._grumble(phone="13812345678").proposal)

    def test_the_hours_are_a_setting(self):
        self.company.complaint_grumble_hours = 24
        self.assertFalse(self._twice("2026-03-05 16:00:00").proposal)
        self.company.complaint_grumble_hours = 0
        self.assertFalse(self._twice("2026-03-05 16:00:00").proposal)
        with self._refused("cannot be negative", ValidationError):
            self.company.complaint_grumble_hours = -1

    def test_each_grumble_of_a_key_customer(self):
        tag = self.env["res.partner.category"].create({"name": "重点客户"})
        self.assertFalse(self._grumble(partner_id=self.customer.id).proposal)
        self.company.complaint_key_customer_tag_id = tag
        customer = self.env["res.partner"].create({"name": "康民大药房"})
        self.assertFalse(self._grumble(partner_id=customer.id).proposal)
        key = self.env["res.partner"].create(
            {"name": "长江电缆", "is_company": True, "category_id": tag.ids}
        )
        person = self.env["res.partner"].create({"name": "高红", "parent_id": key.id})
        self.assertFalse(self._record(partner_id=person.id).proposal)
        grumble = self._grumble(partner_id=person.id)
        self.assertEqual(grumble.proposal, "key_customer")
        self.assertIn("A key customer grumbles", grumble.proposal_note)
        self.assertEqual(self._todos(grumble).user_id, self.agent)

    def test_the_leader_is_asked_where_who_received_it_does_not_see_it(self):
        grumble = self._twice(
            "2026-03-05 03:00:00",
            partner_id=self.customer.id,
            received_by_id=self.employee.id,
        )
        self.assertEqual(self._todos(grumble).user_id, self.supervisor)

    def test_answered_it_stays_proposed(self):
        with freeze_time("2026-03-05 04:00:00"):
            grumble = self._twice("2026-03-05 03:00:00")
            grumble.answer = "已致歉。"
            grumble.action_answer()
        self.assertEqual(grumble.state, "answered")
        self.assertTrue(grumble.proposal_note)
        self.assertTrue(self._todos(grumble))
