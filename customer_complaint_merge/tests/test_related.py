from odoo.fields import Command
from odoo.tests import Form, tagged, users

from odoo.addons.customer_complaint.tests.test_open_from_order import OpenCase
from odoo.addons.customer_complaint.tests.test_phone import NOTATIONS, PhoneCase


@tagged("post_install", "-at_install")
class TestRelated(OpenCase):
    """Earlier complaints of the customer or the goods are seen while one is written."""

    @users("complaint_agent")
    def test_dialog_shows_those_of_the_customer(self):
        earlier = self._create_complaint()
        hidden = self._create_complaint(
            self.stranger, team_id=self.other_team.id, line_ids=[]
        )
        self.env.invalidate_all()
        dialog = self._fill_in()
        self.assertEqual(dialog.earlier_complaint_ids[:], earlier)
        self.assertNotIn(hidden, dialog.earlier_complaint_ids[:])

    @users("complaint_agent")
    def test_dialog_shows_those_of_the_product(self):
        """Of another customer as well, once the product is ticked."""
        partner = self.env["res.partner"].create({"name": "王五"})
        earlier = self._create_complaint(
            partner_id=partner.id,
            sale_order_id=False,
            line_ids=[Command.create({"product_id": self.syrup.id})],
        )
        dialog = self._fill_in()
        self.assertNotIn(earlier, dialog.earlier_complaint_ids[:])
        self._tick(dialog, 1)
        self.assertIn(earlier, dialog.earlier_complaint_ids[:])

    @users("complaint_agent")
    def test_form_counts_them_while_it_is_written(self):
        earlier = self._create_complaint()
        form = Form(self.env["customer.complaint"])
        self.assertEqual(form.earlier_complaint_count, 0)
        form.partner_id = self.customer.with_env(self.env)
        self.assertEqual(form.earlier_complaint_count, 1)
        complaint = form.save()
        self.assertEqual(complaint.earlier_complaint_ids, earlier)

    def test_only_what_one_may_see(self):
        hidden = self._create_complaint(
            self.stranger, team_id=self.other_team.id, line_ids=[]
        )
        visible = self._create_complaint(self.colleague, line_ids=[])
        complaint = self._create_complaint()
        self.env.invalidate_all()
        earlier = complaint.earlier_complaint_ids
        self.assertIn(visible, earlier)
        self.assertNotIn(hidden, earlier)

    def test_what_is_kept_only_is_no_history(self):
        earlier = self._create_complaint(self.manager, line_ids=[])
        complaint = self._create_complaint(self.manager, line_ids=[])
        self.assertIn(earlier, complaint.earlier_complaint_ids)
        earlier.sudo()._write_unguarded({"is_restricted": True})
        self.env.invalidate_all()
        self.assertNotIn(earlier, complaint.earlier_complaint_ids)


@tagged("post_install", "-at_install")
class TestRelatedByPhone(PhoneCase):
    """A telephone finds earlier complaints, however it was written."""

    def test_same_telephone(self):
        for text in NOTATIONS[:5]:
            complaint = (
                self.env["customer.complaint"]
                .with_user(self.agent)
                .new({"phone": text, "company_id": self.company.id})
            )
            self.assertEqual(complaint.earlier_complaint_ids._origin, self.complaints)
