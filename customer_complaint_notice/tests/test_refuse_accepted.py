from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestRefuseAccepted(CustomerComplaintCommon):
    """Accepted, and then found not to be the complainant's (CBIRC-2020 art. 18(4))."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ground = cls.quick_ref("customer_complaint.refusal_ground_not_entitled")
        cls.not_ours = cls.quick_ref("customer_complaint.refusal_ground_not_ours")

    def _refuse_it(self, complaint, user=None, **values):
        self._refuse(
            complaint,
            user or self.supervisor,
            **{
                "refusal_ground_id": self.ground,
                "refusal_note": "经核实，投诉人并非消费者本人，也未受其委托。",
                **values,
            },
        )

    def test_a_supervisor_refuses_it_on_that_ground(self):
        for state in ("accepted", "investigating", "remediation"):
            complaint = self._take_to(self._create_complaint(line_ids=[]), state)
            self._refuse_it(complaint)
            self.assertRecordValues(
                complaint,
                [
                    {
                        "state": "refused",
                        "refusal_ground_id": self.ground.id,
                        "conclusion": False,
                        "closed_by_id": self.supervisor.id,
                    }
                ],
            )
            # Its card holds what there is, and is sealed like any other.
            self.assertEqual(complaint.archive_card_id.state, "sealed")
            self.assertFalse(complaint.missing_sealing_note)

    def test_agents_do_not(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        with self._refused("Ask a supervisor", AccessError):
            self._refuse_it(complaint, self.agent)
        with self._refused("Ask a supervisor", AccessError):
            complaint.write(
                {
                    "state": "refused",
                    "refusal_ground_id": self.ground.id,
                    "refusal_note": "x",
                }
            )
        with self._refused("", AccessError):
            complaint.with_user(self.stranger).write({"state": "refused"})

    def test_other_grounds_hold_before_acceptance_only(self):
        complaint = self._take_to(self._create_complaint(), "investigating")
        with self._refused("is no ground to refuse it after that"):
            complaint.with_user(self.supervisor).write(
                {
                    "state": "refused",
                    "refusal_ground_id": self.not_ours.id,
                    "refusal_note": "x",
                }
            )
        # House rules are data: the company may say that it holds.
        self.not_ours.is_for_accepted = True
        self._refuse_it(complaint, refusal_ground_id=self.not_ours)
        self.assertEqual(complaint.state, "refused")

    def test_the_dialog_offers_what_holds(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        dialog = self._ask(
            "refuse",
            complaint,
            self.supervisor,
            refusal_ground_id=self.ground,
            refusal_note="x",
        )
        self.assertTrue(dialog.is_accepted)
        registered = self._create_complaint(line_ids=[])
        action = registered.action_refuse()
        form = Form(self._follow(action, registered.env.user))
        self.assertFalse(form.is_accepted)

    def test_a_told_decision_is_not_turned_into_a_refusal(self):
        complaint = self._take_to(self._create_complaint(), "remediation")
        self._write_decision(complaint)
        self._record_notice(complaint)
        with self._refused("was told the decision"):
            self._refuse_it(complaint)
        followed = self._take_to(self._create_complaint(line_ids=[]), "followup")
        with self._refused("cannot become"):
            self._refuse_it(followed)

    def test_the_letter_says_that_it_had_been_accepted(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        self._refuse_it(complaint)
        text = complaint._get_notice_content("refusal")
        self.assertIn("We had accepted your complaint", text)
        self.assertIn(self.ground.name, text)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "customer_complaint_notice.report_refusal_letter", complaint.ids
        )[0]
        self.assertIn(b"after_acceptance", html)
        self._record_notice(complaint, "refusal", self.agent)
        registered = self._create_complaint(line_ids=[])
        self._refuse(registered)
        self.assertIn("cannot accept", registered._get_notice_content("refusal"))

    def test_reopened_it_is_investigated(self):
        complaint = self._take_to(self._create_complaint(), "investigating")
        self._refuse_it(complaint)
        self._reopen(complaint)
        self.assertRecordValues(
            complaint, [{"state": "investigating", "refusal_ground_id": False}]
        )
        registered = self._create_complaint(line_ids=[])
        self._refuse(registered)
        self._reopen(registered)
        self.assertEqual(registered.state, "registered")

    def test_granted_money_is_not_lost_on_the_way(self):
        complaint = self._take_to(self._create_complaint(), "remediation")
        remediation = self.env["customer.complaint.remediation"].create(
            {
                "complaint_id": complaint.id,
                "note": "误工",
                "line_ids": [Command.create({"kind": "lost_wages", "amount": 50})],
            }
        )
        remediation._write_unguarded({"state": "approved"})
        with self._refused("not carried out yet"):
            self._refuse_it(complaint)
