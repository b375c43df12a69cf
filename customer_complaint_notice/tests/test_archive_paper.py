from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_history.tests.history_common import FileCase


class ArchivePaperCase(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allergy = cls.quick_ref("customer_complaint.category_allergy")
        cls.receipt = cls.quick_ref("customer_complaint.document_type_receipt")
        cls.medical = cls.quick_ref("customer_complaint.document_type_medical")

    def _paid(self, complaint):
        complaint._write_unguarded({"has_compensation": True, "compensation_total": 80})
        return complaint

    def _missing(self, complaint):
        missing = complaint.archive_card_id._get_missing_papers()
        return missing.get(complaint.archive_card_id, self.receipt.browse())


@tagged("post_install", "-at_install")
class TestRequiredPapers(ArchivePaperCase):
    """Papers that the archive card needs: missing, filed, waived."""

    def test_a_receipt_when_money_was_paid(self):
        complaint = self._new()
        self.assertFalse(self._missing(complaint))
        self._paid(complaint)
        self.assertEqual(self._missing(complaint), self.receipt)
        self.assertEqual(complaint.missing_sealing_note, self.receipt.name)
        self.assertEqual(
            complaint.archive_card_id.missing_sealing_note, self.receipt.name
        )
        reasons = complaint.archive_card_id._get_cannot_seal_reasons()
        self.assertIn(self.receipt.name, " ".join(reasons))
        self._create_document(complaint, "receipt")
        self.env.invalidate_all()
        self.assertFalse(self._missing(complaint))
        self.assertNotIn(
            self.receipt.name,
            " ".join(complaint.archive_card_id._get_cannot_seal_reasons()),
        )

    def test_a_diagnosis_for_an_allergy_and_what_lies_below(self):
        below = self.env["customer.complaint.category"].create(
            {"name": "皮肤过敏", "parent_id": self.allergy.id, "card_box": "allergy"}
        )
        self.assertEqual(self._missing(self._new(category_id=below.id)), self.medical)
        # The tree is looked at anew when it changes.
        below.parent_id = False
        self.assertFalse(self._missing(self._new(category_id=below.id)))

    def test_confidential_papers_count_though_not_seen(self):
        complaint = self._new(category_id=self.allergy.id, received_by_id=self.agent.id)
        self._create_document(complaint, "medical")
        self.env.invalidate_all()
        self.assertFalse(self._missing(complaint.with_user(self.colleague)))

    def test_conditions_add_up(self):
        self.env["customer.complaint.paper.requirement"].create(
            {
                "needed_for": "sealing",
                "representation": "agent",
                "category_id": self.allergy.id,
                "measure": "has_travel",
                "type_id": self.quick_ref(
                    "customer_complaint.document_type_other_written"
                ).id,
            }
        )
        complaint = self._new(category_id=self.allergy.id)
        self.assertEqual(self._missing(complaint), self.medical)
        complaint._write_unguarded({"has_travel": True})
        self.assertEqual(self._missing(complaint), self.medical)
        complaint._write_unguarded({"representation": "agent"})
        self.assertIn("Other written material", self._missing(complaint).mapped("name"))

    def test_requirements_that_make_no_sense(self):
        Requirement = self.env["customer.complaint.paper.requirement"].with_user(
            self.manager
        )
        vals = {"type_id": self.receipt.id}
        for values, text in (
            ({}, "depend on who acts"),
            ({"representation": "heir", "measure": "money"}, "counts for sealing only"),
            (
                {"representation": "heir", "category_id": self.allergy.id},
                "counts for sealing only",
            ),
        ):
            with self._refused(text, ValidationError):
                Requirement.create({**vals, **values})
        with self._refused("", AccessError):
            Requirement.with_user(self.agent).create({**vals, "needed_for": "sealing"})

    def test_withdrawn_cases_need_no_more_papers(self):
        complaint = self._paid(self._new(category_id=self.allergy.id))
        self._withdraw(complaint)
        self.assertFalse(self._missing(complaint))

    def test_an_earlier_waiver_before_the_acceptance_counts(self):
        complaint = self._new()
        complaint._write_unguarded({"representation": "heir"})
        self.assertEqual(len(self._missing(complaint)), 2)
        complaint._write_unguarded({"papers_waived_by_id": self.agent.id})
        self.assertFalse(self._missing(complaint))

    def test_waiving_with_a_reason_and_a_person(self):
        complaint = self._paid(self._new(category_id=self.allergy.id))
        dialog = self._ask(
            "waive_sealing_papers",
            complaint,
            self.supervisor,
            reason="顾客已出国。<script>alert(1)</script>",
        )
        self.assertEqual(dialog.type_ids, self.receipt | self.medical)
        dialog.type_ids = self.receipt
        dialog.action_waive()
        self.assertEqual(self._missing(complaint), self.medical)
        waiver = complaint.paper_waiver_ids
        self.assertRecordValues(
            waiver,
            [{"type_id": self.receipt.id, "waived_by_id": self.supervisor.id}],
        )
        self.assertTrue(waiver.date_waived)
        self.assertIn("&lt;script&gt;", complaint.message_ids[:1].body)
        with self._refused("not missing"):
            dialog.action_waive()

    def test_who_may_waive(self):
        complaint = self._paid(self._new())
        vals = {
            "complaint_id": complaint.id,
            "type_id": self.receipt.id,
            "reason": "顾客已出国。",
        }
        Waiver = self.env["customer.complaint.paper.waiver"]
        for user in (
            self.agent,
            self.stranger,
            self.quality_user,
            self.auditor,
            self.employee,
            self._new_user("other_supervisor", "supervisor"),
        ):
            with self.subTest(user=user.login), self._refused("", AccessError):
                Waiver.with_user(user).create(vals)
        with self._refused("say why", ValidationError):
            Waiver.with_user(self.archivist).create({**vals, "reason": " "})
        waiver = Waiver.with_user(self.archivist).create(
            {**vals, "waived_by_id": self.manager.id}
        )
        self.assertEqual(waiver.waived_by_id, self.archivist)
        for user in (self.archivist, self.supervisor, self.env.user):
            with self._refused("", (AccessError, UserError)):
                waiver.with_user(user).write({"reason": "x"})
            with self._refused("", (AccessError, UserError)):
                waiver.with_user(user).unlink()
        with self._refused("", (AccessError, UserError)):
            complaint.with_user(self.supervisor).write(
                {"paper_waiver_ids": [Command.delete(waiver.id)]}
            )

    def test_no_waiver_once_sealed(self):
        complaint = self._paid(self._new())
        complaint.archive_card_id._write_unguarded({"state": "sealed"})
        with self._refused("no longer changes"):
            self.env["customer.complaint.paper.waiver"].with_user(
                self.archivist
            ).create(
                {
                    "complaint_id": complaint.id,
                    "type_id": self.receipt.id,
                    "reason": "迟了。",
                }
            )

    def test_the_archivist_files_late_papers_while_the_card_is_open(self):
        complaint = self._paid(self._new())
        complaint._write_unguarded({"state": "closed"})
        # Who neither handles the case nor leads its team does not.
        with self._refused("has ended"):
            self._create_document(complaint, "receipt", user=self.colleague)
        self._file_with(
            complaint,
            ("收条.txt", b"receipt"),
            paper_type="receipt",
            user=self.archivist,
        )
        self.env.invalidate_all()
        self.assertFalse(self._missing(complaint))
        complaint.archive_card_id._write_unguarded({"state": "sealed"})
        with self._refused("has ended"):
            self._create_document(complaint, "receipt", user=self.archivist)


@tagged("post_install", "-at_install")
class TestDuplicates(ArchivePaperCase):
    """The same file is not filed twice unseen."""

    def test_the_same_file_twice_is_noticed(self):
        complaint = self._new()
        first = self._file_with(complaint, ("a.txt", b"same"), name="照片一")
        self.assertFalse(first.has_duplicate_file or complaint.duplicate_note)
        second = self._file_with(complaint, ("b.txt", b"same"), name="照片二")
        self.assertTrue(first.has_duplicate_file and second.has_duplicate_file)
        self.env.invalidate_all()
        self.assertIn("照片二", complaint.duplicate_note)
        self.assertEqual(
            complaint.archive_card_id.duplicate_note, complaint.duplicate_note
        )
        # Another case may hold the same bytes.
        other = self._file_with(self._new(), ("c.txt", b"same"))
        self.assertFalse(other.has_duplicate_file)
        # A call does not take the mark away.
        second.write({"has_duplicate_file": False})
        self.assertTrue(second.has_duplicate_file)
        second.unlink()
        self.assertFalse(first.has_duplicate_file)
