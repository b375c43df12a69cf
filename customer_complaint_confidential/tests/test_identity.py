from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint_confidential.models.customer_complaint import MASK

NUMBER = "11010119900307421X"


class IdentityCase(CustomerComplaintCommon):
    """Complaints of a customer whose identity card was seen."""

    def _new(self, **values):
        return self._create_complaint(
            identity_number=NUMBER, user_id=self.agent.id, **values
        )


@tagged("post_install", "-at_install")
class TestIdentity(IdentityCase):
    """Who complains by law: confidential, and proved by originals."""

    # ------------------------------------------------------------------
    # CONFIDENTIAL FIELDS
    # ------------------------------------------------------------------

    def test_seen_by_who_handles_the_case_and_masked_for_others(self):
        complaint = self._new()
        for user, shown in (
            (self.agent, NUMBER),
            (self.supervisor, NUMBER),
            (self.archivist, NUMBER),
            (self.colleague, MASK),
            (self.quality_user, MASK),
            (self.manager, MASK),
            (self.auditor, MASK),
        ):
            own = complaint.with_user(user)
            own.invalidate_recordset()
            self.assertEqual(own.identity_number, shown, user.login)
            [values] = own.read(["identity_number", "credit_code"])
            self.assertEqual(values["identity_number"], shown)
            self.assertFalse(values["credit_code"])

    def test_nobody_searches_groups_or_reads_the_column(self):
        self._new()
        Complaint = self.env["customer.complaint"].with_user(self.manager)
        with self._refused("", Exception):
            Complaint.search([("identity_number", "=", NUMBER)])
        with self._refused("", Exception):
            Complaint.formatted_read_group([], ["identity_number"], ["__count"])
        for call in (
            lambda: Complaint.search([("identity_data", "!=", False)]),
            lambda: Complaint.search([], limit=1).read(["identity_data"]),
            lambda: Complaint.search([], limit=1).write({"identity_data": {}}),
            lambda: Complaint.search([], order="identity_data"),
        ):
            with self._refused("", Exception):
                call()
        self.assertNotIn("identity_data", Complaint.fields_get())

    def test_what_is_masked_is_not_overwritten(self):
        complaint = self._new()
        own = complaint.with_user(self.colleague)
        own.write({"identity_number": MASK, "demand": "退款"})
        self.assertEqual(complaint.identity_number, NUMBER)
        with self._refused("who handles the case changes", AccessError):
            own.identity_number = "2"
        with self._refused("who handles the case changes", AccessError):
            own.identity_number = False
        # The first to learn it enters it, whoever that is.
        own.credit_code = "91110000MA01ABCD0X"
        self.assertEqual(
            complaint.with_user(self.agent).credit_code, "91110000MA01ABCD0X"
        )
        own.invalidate_recordset()
        self.assertEqual(own.credit_code, MASK)

    def test_a_handler_who_let_themselves_in_does_not_see_it(self):
        complaint = self._new()
        self._create_document(complaint, "identity", self.agent)
        complaint.with_user(self.colleague).user_id = self.colleague
        self.assertTrue(complaint.is_handler_unconfirmed)
        complaint.invalidate_recordset()
        self.assertEqual(complaint.with_user(self.colleague).identity_number, MASK)
        complaint.with_user(self.supervisor).action_confirm_handler()
        complaint.invalidate_recordset()
        self.assertEqual(complaint.with_user(self.colleague).identity_number, NUMBER)

    def test_the_form_enters_it(self):
        with Form(self.env["customer.complaint"].with_user(self.agent)) as form:
            form.partner_id = self.customer
            form.category_id = self.category_service
            form.identity_number = NUMBER
        self.assertEqual(form.record.identity_number, NUMBER)
        self.assertEqual(form.record.sudo().identity_data, {"identity_number": NUMBER})
        with self._refused("at most", ValidationError):
            form.record.legal_representative = "张" * 200

    # ------------------------------------------------------------------
    # SIGNED
    # ------------------------------------------------------------------

    def test_that_the_application_was_signed_is_recorded(self):
        today = self._today()
        complaint = self._new()
        with self._refused("who signed the application and on which", ValidationError):
            complaint.date_application_signed = today
        stranger = self.env["res.partner"].create({"name": "路人"})
        for vals, text in (
            ({"application_signed_by_id": stranger.id}, "not by"),
            ({"date_application_signed": today + timedelta(days=1)}, "future"),
        ):
            with self._refused(text, ValidationError):
                complaint.write(
                    {
                        "date_application_signed": today,
                        "application_signed_by_id": self.customer.id,
                        **vals,
                    }
                )
        complaint.write(
            {
                "date_application_signed": today,
                "application_signed_by_id": self.customer.id,
            }
        )
        with self._refused("signed by", ValidationError):
            complaint.partner_id = stranger
