from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_base.tools import job

from ..models.customer_complaint_personal import ERASED
from .erasure_common import ErasureCase


@tagged("post_install", "-at_install", "slow")
class TestErasure(ErasureCase):
    # ------------------------------------------------------------------
    # DISPOSAL
    # ------------------------------------------------------------------

    def test_nothing_is_left_after_the_disposal(self):
        case = self.old.complaint_id
        self.assertTrue(self._find_secrets(case))
        self._dispose(self.old)
        self.assertEqual(self.old.state, "disposed")
        self.assertEqual(self._find_secrets(case), [])
        self.assertRecordValues(
            case,
            [
                {
                    "partner_id": False,
                    "commercial_partner_id": False,
                    "complainant_name": False,
                    "phone": False,
                    "gender": False,
                    "age": 0,
                    "description": ERASED,
                    # What statistics count stays.
                    "category_id": self.category_service.id,
                    "state": "closed",
                    "conclusion": "established",
                    "user_id": case.user_id.id,
                }
            ],
        )
        self.assertTrue(case.name and case.date_closed and case.date_erased)
        self.assertFalse(
            self.env["ir.attachment"]
            .search(
                [
                    ("res_model", "=like", "customer.complaint%"),
                    ("res_model", "!=", "customer.complaint.archive.disposal"),
                    ("res_id", "in", case.ids + self.old.ids),
                ]
            )
            .filtered(
                lambda file: (
                    (file.res_model, file.res_id)
                    in (("customer.complaint", case.id), (self.old._name, self.old.id))
                )
            )
        )
        # The customer is still the customer.
        self.assertEqual(self.customer.name, "李娜")
        # Others are as they were.
        self.assertEqual(self.other.complaint_id.complainant_name, "李娜")

    def test_chain_still_verifies(self):
        self._dispose(self.old)
        check = self._run_check()
        self.assertEqual(check.state, "passed", check.finding_ids.mapped("detail"))

    def test_colleagues_stay_authors(self):
        case = self.old.complaint_id
        count = len(case.message_ids)
        self._dispose(self.old)
        # The messages stay as a trail; one more says that the data are gone.
        self.assertEqual(len(case.message_ids), count + 1)
        authors = case.message_ids.author_id
        self.assertIn(self.agent.partner_id, authors)
        self.assertNotIn(self.customer, authors)

    def test_erased_case_is_not_reopened(self):
        self._dispose(self.old)
        case = self.old.complaint_id
        with self._refused("were erased"):
            self._reopen(case, self.manager)
        case.invalidate_recordset()
        views = self.env["customer.complaint"].get_views([(False, "form")])
        names = list(views["models"]["customer.complaint"]["fields"])
        self.assertTrue(
            case.with_user(self.manager).read(
                [name for name in names if name in case._fields]
            )
        )

    def test_one_bad_card_never_stops_the_rest(self):
        bad = self.old
        erase = type(bad.complaint_id)._erase

        def fail(complaints, ground):
            if bad.complaint_id in complaints:
                raise ValueError("broken")
            return erase(complaints, ground)

        with (
            patch.object(type(bad.complaint_id), "_erase", fail),
            mute_logger(job.__name__),
        ):
            self._dispose(bad | self.other)
        self.assertEqual(self.other.state, "disposed")
        self.assertTrue(self.other.complaint_id.date_erased)
        self.assertEqual(bad.state, "sealed")
        self.assertTrue(bad.document_ids.attachment_ids)
        self._run_job()
        self.assertEqual(bad.state, "disposed")

    def test_left_from_before(self):
        """Cards destroyed by an older version: the job erases what was left."""
        case = self.other.complaint_id
        self._sql(
            "UPDATE customer_complaint_archive_card SET state = 'disposed'"
            " WHERE id = %s",
            self.other.id,
        )
        self._run_job()
        self.assertTrue(case.date_erased)
        self.assertEqual(case.description, ERASED)

    # ------------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------------

    def test_erased_when_due_and_restricted_until_then(self):
        young, old = self.case, self.old.complaint_id
        request = self._grant(
            "erasure",
            find=False,
            complaint_ids=[Command.set((young | old).ids)],
            reason="绝密",
        )
        self._run_job()
        self.assertTrue(old.date_erased)
        self.assertFalse(old.is_restricted)
        self.assertFalse(young.date_erased)
        self.assertTrue(young.is_restricted)
        self.assertEqual(young.complainant_name, "李娜")
        self.assertRecordValues(
            self.old.disposal_id,
            [
                {
                    "state": "done",
                    "proposed_by_id": self.archivist.id,
                    "decided_by_id": self.manager.id,
                }
            ],
        )
        # It is in force until the last case is gone; then its own data go, too.
        self.assertRecordValues(request, [{"state": "granted", "reason": "绝密"}])
        later = fields.Datetime.now() + timedelta(days=365 * 31)
        # The date itself is sealed.
        self.env.cr.execute(
            "UPDATE customer_complaint_archive_card SET retention_until = %s"
            " WHERE id = %s",
            [self._today() - timedelta(days=1), self.card.id],
        )
        self.card.invalidate_recordset(["retention_until"])
        self.assertLess(fields.Datetime.now(), later)
        self._run_job()
        self.assertTrue(young.date_erased)
        self.assertEqual(self._find_secrets(young), [])
        self.assertRecordValues(
            request,
            [
                {
                    "state": "done",
                    "partner_id": False,
                    "reason": ERASED,
                    "asked_by": ERASED,
                    "decided_by_id": self.manager.id,
                }
            ],
        )

    def test_legal_hold_keeps_it(self):
        self.old.with_user(self.archivist)._hold("诉讼未决")
        self._grant(
            "erasure",
            find=False,
            complaint_ids=[Command.set(self.old.complaint_id.ids)],
        )
        self._run_job()
        self.assertEqual(self.old.state, "sealed")
        self.assertTrue(self.old.complaint_id.is_restricted)

    def test_restriction_alone_erases_nothing(self):
        self._grant(find=False, complaint_ids=[Command.set(self.old.complaint_id.ids)])
        self._run_job()
        self.assertEqual(self.old.state, "sealed")

    def test_no_second_disposal(self):
        request = self._grant(
            "erasure",
            find=False,
            complaint_ids=[Command.set(self.old.complaint_id.ids)],
        )
        request._approve_due_disposal()
        request._approve_due_disposal()
        lines = self.env["customer.complaint.archive.disposal.line"].search(
            [("card_id", "=", self.old.id)]
        )
        self.assertEqual(len(lines), 1)

    def test_refused_complaint_without_card(self):
        """Nothing keeps it: it is erased at once, and only when that was asked."""
        asked, kept = self._new(), self._new()
        self._refuse(asked | kept)
        self.assertFalse(asked.archive_card_id)
        self._grant("erasure", find=False, complaint_ids=[Command.set(asked.ids)])
        self._run_job()
        self.assertTrue(asked.date_erased)
        self.assertFalse(kept.date_erased)
        self.assertEqual(self._find_secrets(asked.sudo()), [])

    def test_lifted_in_time(self):
        request = self._grant(
            "erasure",
            find=False,
            complaint_ids=[Command.set(self.old.complaint_id.ids)],
        )
        self._lift(request)
        self._run_job()
        self.assertEqual(self.old.state, "sealed")
        self.assertFalse(self.old.complaint_id.date_erased)
