import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_complaint_privacy.tests.test_person_export import (
    PersonExportCase,
)


@tagged("post_install", "-at_install")
class TestEnquiryPrivacy(PersonExportCase):
    """Somebody who only asked and grumbled, and is no contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asked = cls._record(description="孕妇能用吗?我是孟佳", phone="13700137000")
        cls.asked.message_post(body="孟佳来电 13700137000")
        cls.asked._write_unguarded({"state": "answered", "answer": "孟佳,可以用。"})
        cls.other = cls._record(customer_name="孟佳", phone="13600136000")

    @classmethod
    def _record(cls, **values):
        return (
            cls.env["customer.complaint.enquiry"]
            .with_user(cls.agent)
            .create(
                {
                    "team_id": cls.team.id,
                    "customer_name": "孟佳",
                    "description": "几点关门?",
                    **values,
                }
            )
        )

    def _register_person(self, kind, **values):
        person = {"partner_id": False, "person_name": "孟佳", "phone": "137 0013 7000"}
        return self._register(kind, **{**person, **values})

    def test_enquiries_are_found_by_what_is_known(self):
        turned = self._record(phone="13700137000")
        turned.action_turn_into_complaint()
        request = self._register_person("erasure")
        self.assertEqual(request.sudo().enquiry_ids, self.asked)
        by_name = self._register_person("erasure", phone=False)
        self.assertLessEqual(self.other, by_name.sudo().enquiry_ids)
        wild = self._register_person("erasure", phone=False, email="%")
        self.assertFalse(wild.sudo().enquiry_ids)

    def test_granted_they_are_erased_at_once(self):
        request = self._register_person("erasure")
        request.with_user(self.manager).action_grant()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(request.state, "done")
        number = self.asked.name
        self.assertRegex(number, r"^ZX/\d{4}/\d+$")
        self.assertFalse(self.asked.phone or self.asked.customer_name)
        texts = [self.asked.description, self.asked.answer]
        texts += self.asked.sudo().message_ids.mapped("body")
        for text in texts:
            self.assertNotIn("孟佳", text)
            self.assertNotIn("13700137000", text)
        self.assertIn(request.name, str(texts))
        self.assertEqual(self.other.phone, "13600136000")

    def test_what_waits_for_an_answer_is_answered_first(self):
        request = self._register_person("erasure", phone="13600136000")
        with self._refused("wait for an answer"):
            request.with_user(self.manager).action_grant()
        self.assertEqual(request.state, "registered")
        self.assertEqual(self.other.phone, "13600136000")

    def test_what_became_a_complaint_meanwhile_goes_with_it(self):
        request = self._register_person("erasure", phone="13600136000")
        self.other.action_turn_into_complaint()
        with self._refused("No case is entered", UserError):
            request.with_user(self.manager).action_grant()
        self.assertEqual(self.other.phone, "13600136000")

    def test_a_restriction_holds_nothing_of_them(self):
        request = self._register_person("restriction")
        with self._refused("No case is entered", UserError):
            request.with_user(self.manager).action_grant()

    def test_archivists_find_them_and_do_not_see_them(self):
        request = self._register_person("erasure")
        with self.assertRaises(AccessError):
            request.with_user(self.archivist).read(["enquiry_ids"])
        with self.assertRaises(AccessError):
            self.asked.with_user(self.archivist).read(["description"])
        with self.assertRaises(AccessError):
            request.with_user(self.agent).action_find_cases()

    def test_the_copy_tells_of_them(self):
        request = self._register_person("export")
        request.with_user(self.manager).action_grant()
        archive = self._unzip(request)
        data = json.loads(archive.read("data.json"))
        models = {section["model"] for section in data["sections"]}
        self.assertIn("customer.complaint.enquiry", models)
        self.assertIn("孕妇能用吗", archive.read("data.json").decode())
        self.assertNotIn("13600136000", archive.read("data.json").decode())
