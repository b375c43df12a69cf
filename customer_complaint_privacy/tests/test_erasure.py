from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_base.tools import job

from ..models.customer_complaint_personal import ERASED
from .test_person_request import PersonRequestCase

# Said in some text of the case: none of it may be found anywhere afterwards.
SECRETS = ("李娜", "8888 0000", "lina@example.com", "朝阳区建国路", "绝密")
# Texts that say nothing of a person, by model: numbers, codes, digests, places of
# paper, kinds; authorities and what goods are.
HARMLESS = {
    "customer.complaint": {
        "name",
        # Which file it was read in from.
        "import_name",
        "report_authority",
    },
    "customer.complaint.line": {
        "product_name",
        "specification",
        "packaging",
        "lot_name",
        "manufacturer",
    },
    "customer.complaint.approval": {"tier_name"},
    "customer.complaint.approval.delegation": {"note"},
    "customer.complaint.approval.tier": {"name"},
    "customer.complaint.archive.access": {"papers_text"},
    "customer.complaint.archive.access.log": {
        "paper",
        "res_model",
        "checksum",
        "ip_address",
    },
    "customer.complaint.archive.card": {
        "name",
        "issuing_department",
        "legacy_number",
        "room",
        "cabinet",
        "box",
        "digest",
        "previous_digest",
    },
    "customer.complaint.archive.category": {"name", "code"},
    # What was changed of the rules, and by which colleague.
    "customer.complaint.configuration.log": {
        "res_model",
        "model_name",
        "record_name",
        "field_name",
        "old_value",
        "new_value",
    },
    "customer.complaint.archive.check": {"last_digest"},
    "customer.complaint.archive.check.finding": {"card_name"},
    "customer.complaint.archive.disposal": {
        "name",
        "note",
        "method",
        "refusal_reason",
        # Units of the company and when they were told.
        "departments_told",
    },
    "customer.complaint.archive.disposal.line": {"note"},
    "customer.complaint.archive.document.type": {"name"},
    "customer.complaint.archive.legacy": {"import_name"},
    # Of a count of the shelves, not of a case.
    "customer.complaint.archive.inventory": {
        "name",
        "room",
        "cabinet",
        "box",
        "note",
        "conclusion",
    },
    "customer.complaint.archive.inventory.line": {
        "card_name",
        "place_expected",
        "place_found",
        "check_note",
    },
    # The content is destroyed with the card: what the digest covers stays.
    "customer.complaint.archive.entry": {
        "card_name",
        "content",
        "content_digest",
        "previous_digest",
        "digest",
    },
    "customer.complaint.archive.supplement": {"name"},
    "customer.complaint.category": {
        "name",
        "code",
        "parent_path",
        "complaint_properties_definition",
    },
    "customer.complaint.channel": {"name"},
    "customer.complaint.deadline": {"res_model"},
    "customer.complaint.decision.template": {
        "name",
        "decision_grounds",
        "decision_measures",
        "decision_ways_open",
    },
    # What the company's own plan says.
    "customer.complaint.emergency.task": {"name", "plan_name"},
    "customer.complaint.escalation.rule": {"name"},
    "customer.complaint.makeup.day": {"name"},
    "customer.complaint.paper.requirement": {"note"},
    "customer.complaint.person.request": {"name"},
    "customer.complaint.policy": {"name", "code", "note", "source"},
    "customer.complaint.policy.milestone": {"name", "source"},
    "customer.complaint.proceeding": {"body"},
    "customer.complaint.refusal.ground": {"name", "legal_basis"},
    # The digest tells nothing once the text is gone.
    "customer.complaint.remediation": {"name", "signed_digest"},
    # No-reason returns belong to the order and are kept and erased with it.
    "customer.complaint.return": {
        "name",
        "note",
        "acknowledged_to",
        "goods_note",
        "refund_note",
        "refusal_reason",
        "cancel_reason",
    },
    "customer.complaint.return.exception": {"name", "legal_basis"},
    "customer.complaint.tag": {"name"},
    "customer.complaint.team": {"name"},
}
TEXTS = ("char", "text", "html", "json", "properties", "properties_definition")


@tagged("post_install", "-at_install", "slow")
class TestErasure(PersonRequestCase):
    def setUp(self):
        super().setUp()
        with freeze_time("2020-01-17 02:00:00"):
            self.old = self._make_old()
            self.other = self._close(self._new(date_received="2020-01-17 01:00:00"))

    def _make_old(self):
        """Return the sealed card of a case with a secret wherever one can be."""
        complaint = self._new(
            date_received="2020-01-17 01:00:00",
            gender="female",
            age=34,
            people_involved="绝密:店员张某",
            other_contact="微信 lina@example.com",
            demand="李娜要求赔偿",
        )
        complaint.message_post(body="李娜来电 8888 0000", subject="李娜")
        complaint.activity_schedule(
            "mail.mail_activity_data_todo", summary="回访李娜", user_id=self.agent.id
        )
        complaint.message_subscribe(self.customer.ids)
        self.env["customer.complaint.evidence"].with_user(self.agent).create(
            {
                "complaint_id": complaint.id,
                "kind": "document",
                "name": "李娜的证言",
                "note": "绝密",
            }
        )
        memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "李娜投诉核实",
                    "question": "李娜说的是否属实?绝密",
                    "recipient_id": self.colleague.id,
                    "date_due": "2020-01-20",
                }
            )
        )
        memo.message_post(body="绝密:李娜")
        self._tell(complaint, "other")
        card = self._close(complaint)
        self.env["customer.complaint.archive.supplement"].with_user(
            self.archivist
        ).create({"card_id": card.id, "reason": "李娜来信", "body": "绝密"})
        return card

    def _run_job(self):
        """Run the job as the scheduler does, within the test's transaction."""
        with self._without_commits():
            self.patch(
                self.env.registry["ir.attachment"],
                "_gc_file_store",
                lambda files: None,
            )
            self.Disposal._cron_archive_retention()
        self.env.flush_all()
        self.env.invalidate_all()

    def _dispose(self, cards):
        disposal = self._approve_disposal(cards)
        self._run_job()
        return disposal

    def _find_secrets(self, complaint):
        """Return where anything of the person is left, past the ORM."""
        self.env.flush_all()
        found = []
        for model in self.env["customer.complaint.personal"]._get_personal_models():
            Model = self.env[model].sudo().with_context(active_test=False)
            if model == self.Request._name:
                continue
            records = Model.search(Model._get_case_domain(complaint))
            found += self._grep(Model._table, "id", records.ids)
            if "message_ids" in Model._fields:
                messages = self.env["mail.message"].search(
                    [("model", "=", model), ("res_id", "in", records.ids)]
                )
                found += self._grep("mail_message", "id", messages.ids)
                for table in ("mail_mail", "mail_tracking_value", "mail_notification"):
                    found += self._grep(table, "mail_message_id", messages.ids)
                self.env.cr.execute(
                    "SELECT 1 FROM mail_activity WHERE res_model = %s AND res_id IN %s"
                    " UNION ALL SELECT 1 FROM mail_followers"
                    " WHERE res_model = %s AND res_id IN %s",
                    (model, tuple(records.ids) or (0,)) * 2,
                )
                found += self.env.cr.fetchall()
        entries = complaint.archive_card_id.entry_ids
        return found + self._grep("customer_complaint_archive_entry", "id", entries.ids)

    def _grep(self, table, column, ids):
        self.env.cr.execute(
            f"SELECT row_to_json(line)::text FROM {table} line WHERE {column} IN %s",
            (tuple(ids) or (0,),),
        )
        return [
            (table, secret, text)
            for [text] in self.env.cr.fetchall()
            for secret in SECRETS
            if secret in text
        ]

    # ------------------------------------------------------------------
    # WHAT IS PERSONAL
    # ------------------------------------------------------------------

    def test_every_text_is_personal_or_harmless(self):
        unknown = {}
        for name, model in self.env.registry.items():
            if not name.startswith("customer.complaint"):
                continue
            if model._abstract or model._transient:
                continue
            Model = self.env[name]
            personal = getattr(Model, "_get_personal_fields", frozenset)()
            texts = {
                field.name
                for field in Model._fields.values()
                if field.type in TEXTS and field.store and not field.related
            }
            left = texts - personal - HARMLESS.get(name, set())
            if left:
                unknown[name] = left
            self.assertFalse(personal - Model._fields.keys(), name)
            self.assertFalse(personal & HARMLESS.get(name, set()), name)
        self.assertFalse(unknown, "name them personal, or say why they are not")

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
