import time
from contextlib import contextmanager

from psycopg2 import OperationalError

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

CARD = "customer.complaint.archive.card"
PAPER = "customer.complaint.archive.document"
EVIDENCE = "customer.complaint.evidence"
NOTICE = "customer.complaint.notice"
# Cases that nobody accepted yet.
FRESH = 2
# Of what hangs on the cases, those before that others refer to.
TABLES = (
    "archive_disposal_line",
    "archive_check_finding",
    "archive_check",
    "archive_entry",
    "archive_chain",
    "archive_card",
    "archive_document",
    "evidence",
    "notice",
    "deadline",
    "archive_disposal",
)


@tagged("post_install", "-at_install", "slow")
class TestClosingRaces(BaseCase):
    """Who adds to a case, and who closes it in the same moment, each in a transaction.

    Both begin before the other has ended, so neither sees the other. The later one
    must start anew, or the seal would lack what is there. What is committed is a
    company with its cases, removed at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.ways = {
            "a paper filed": cls._add_paper,
            "a paper taken away": lambda case: case.document_ids.unlink(),
            "a paper's text": lambda case: case.document_ids.write({"note": "改"}),
            "evidence": cls._add_evidence,
            "a file of evidence": cls._add_file,
            "a file taken away": lambda case: case.evidence_ids.write(
                {
                    "attachment_ids": [
                        Command.unlink(case.evidence_ids.attachment_ids.id)
                    ]
                }
            ),
            "a message": lambda case: case.message_post(body="顾客来电"),
            "a message with a file": lambda case: case.message_post(
                body="见附件", attachments=[("信.txt", b"letter")]
            ),
            "a message on evidence": lambda case: case.evidence_ids.message_post(
                body="看过"
            ),
            "a notice": cls._add_notice,
        }
        with cls._transaction() as env:
            cls.company_id = (
                env["res.company"].create({"name": f"并发归档 {time.time_ns()}"}).id
            )
            cls.cases = iter(cls._create_cases(env).ids)
        cls.addClassCleanup(cls._remove_cases)

    @classmethod
    @contextmanager
    def _transaction(cls):
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": False})

    @classmethod
    def _create_cases(cls, env):
        partner = env["res.partner"].create({"name": "并发"})
        category = env.ref("customer_complaint.category_service_attitude")
        cases = env["customer.complaint"].create(
            [
                {
                    "company_id": cls.company_id,
                    "partner_id": partner.id,
                    "category_id": category.id,
                    "channel_id": env.ref("customer_complaint.channel_counter").id,
                    "description": "等待超过一小时。",
                }
                # Both orders of each way, and what the other tests take.
                for _n in range(2 * len(cls.ways) + 3 + FRESH)
            ]
        )
        cls.fresh_ids = cases[-FRESH:].ids
        for case in cases[:-FRESH]:
            case.action_accept()
            cls._add_paper(case)
            cls._add_evidence(case)
        return cases

    @staticmethod
    def _add_paper(case):
        kind = case.env.ref("customer_complaint.document_type_photo")
        file = Command.create({"name": "照片.txt", "raw": f"{time.time_ns()}".encode()})
        case.env[PAPER].create(
            {"complaint_id": case.id, "type_id": kind.id, "attachment_ids": [file]}
        )

    @staticmethod
    def _add_evidence(case):
        file = Command.create({"name": "录音.mp3", "raw": f"{time.time_ns()}".encode()})
        case.env[EVIDENCE].create(
            {"complaint_id": case.id, "name": "录音", "attachment_ids": [file]}
        )

    @staticmethod
    def _add_file(case):
        case.evidence_ids.write(
            {"attachment_ids": [Command.create({"name": "b.txt", "raw": b"b"})]}
        )

    @staticmethod
    def _add_notice(case):
        case.env[NOTICE].create(
            {
                "complaint_id": case.id,
                "kind": "other",
                "way": "phone",
                "partner_id": case.partner_id.id,
                "proof_ref": "10:05",
            }
        )

    @staticmethod
    def _close(case):
        case.write(
            {
                "state": "withdrawn",
                "date_withdrawn": case.company_id._complaint_today(),
                "withdrawal_reason": "已和解",
            }
        )

    @classmethod
    def _remove_cases(cls):
        with cls._transaction() as env:
            cr = env.cr
            cr.execute("SET session_replication_role = replica")
            cr.execute(
                "DELETE FROM ir_attachment WHERE res_model LIKE 'customer.complaint%%'"
                " AND company_id = %s",
                (cls.company_id,),
            )
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'customer.complaint'"
                " AND res_id IN (SELECT id FROM customer_complaint"
                " WHERE company_id = %s)",
                (cls.company_id,),
            )
            for table in TABLES:
                cr.execute(
                    f"DELETE FROM customer_complaint_{table} WHERE company_id = %s",
                    (cls.company_id,),
                )
            cr.execute(
                "DELETE FROM customer_complaint WHERE company_id = %s",
                (cls.company_id,),
            )
            cr.execute("SET session_replication_role = DEFAULT")
            env.invalidate_all(flush=False)
            company = env["res.company"].browse(cls.company_id)
            company.complaint_team_id = False
            env["customer.complaint.team"].search(
                [("company_id", "=", company.id)]
            ).unlink()
            company.active = False

    # ------------------------------------------------------------------
    # RACES
    # ------------------------------------------------------------------

    def _race(self, case_id, first, second):
        """Do two things, the second with the eyes of before the first.

        :return: the error that the second one met, if any
        """
        with self._transaction() as early, self._transaction() as late:
            for env in (early, late):
                env.cr.execute("SELECT count(*) FROM customer_complaint")
            first(early["customer.complaint"].browse(case_id))
            early.cr.commit()
            try:
                second(late["customer.complaint"].browse(case_id))
                late.cr.commit()
            except OperationalError as error:
                late.cr.rollback()
                return error

    @mute_logger("odoo.sql_db")
    def test_whoever_comes_late_starts_anew(self):
        for name, add in self.ways.items():
            for first, second in ((self._close, add), (add, self._close)):
                is_closing = second == self._close
                with self.subTest(way=name, late="closing" if is_closing else "adding"):
                    case_id = next(self.cases)
                    error = self._race(case_id, first, second)
                    self.assertIsInstance(error, OperationalError)
                    # Anew, as the server does it.
                    with self._transaction() as env:
                        case = env["customer.complaint"].browse(case_id)
                        if is_closing:
                            second(case)
                            self.assertEqual(case.archive_card_id.state, "sealed")
                        elif name.startswith(("a message", "a notice")):
                            second(case)  # cases are written about after the end
                        else:
                            with self.assertRaises(UserError), env.cr.savepoint():
                                second(case)
        self._check()

    def _check(self):
        with self._transaction() as env:
            company = env["res.company"].browse(self.company_id)
            check = env["customer.complaint.archive.check"]._start(company)
            while check._run_batch():
                pass
            found = [(f.kind, f.detail) for f in check.finding_ids]
            self.assertEqual((check.state, found), ("passed", []))

    @mute_logger("odoo.sql_db")
    def test_who_adds_does_not_hinder_who_works(self):
        """The row that both write is the card's, and not the complaint's."""
        case_id = next(self.cases)
        error = self._race(
            case_id,
            lambda case: case.write({"demand": "道歉"}),
            lambda case: case.message_post(body="顾客来电"),
        )
        self.assertIsNone(error)

    @mute_logger("odoo.sql_db")
    def test_who_accepts_too_late_is_told_so(self):
        """No raw word of an index: the late one starts anew, and sees who was first."""
        for case_id in self.fresh_ids:
            error = self._race(
                case_id,
                lambda case: case.action_accept(),
                lambda case: case.action_accept(),
            )
            self.assertIsInstance(error, OperationalError)
            with self._transaction() as env:
                case = env["customer.complaint"].browse(case_id)
                with self.assertRaisesRegex(UserError, "already"):
                    case.action_accept()

    @mute_logger("odoo.sql_db")
    def test_a_card_is_destroyed_once_by_two_servers(self):
        """Both find it on their list; one destroys it, and the chain says so once."""
        case_id, other_id = next(self.cases), next(self.cases)
        first, second = (
            self._approve_disposal(case_id),
            self._approve_disposal(other_id),
        )
        with self._transaction() as early, self._transaction() as late:
            for env in (early, late):
                env.cr.execute("SELECT count(*) FROM customer_complaint")
            self._destroy(early, first)
            early.flush_all()
            # While the other one has not ended yet, the line is left alone.
            self._destroy(late, first)
            late.cr.commit()
            early.cr.commit()
        # With the eyes of before: it starts anew, and finds nothing to do.
        error = self._race(
            other_id,
            lambda case: self._destroy(case.env, second),
            lambda case: self._destroy(case.env, second),
        )
        self.assertIsInstance(error, OperationalError)
        with self._transaction() as env:
            self._destroy(env, second)
            env.cr.execute(
                "SELECT count(*) FROM customer_complaint_archive_entry"
                " WHERE company_id = %s AND kind = 'disposal'",
                (self.company_id,),
            )
            self.assertEqual(env.cr.fetchall(), [(2,)])

    @staticmethod
    def _destroy(env, line_id):
        env["customer.complaint.archive.disposal.line"].browse(line_id)._destroy()

    def _approve_disposal(self, case_id):
        """Return the line of an approved disposal of a case that is closed for it."""
        with self._transaction() as env:
            case = env["customer.complaint"].browse(case_id)
            self._close(case)
            card = case.archive_card_id
            env.flush_all()
            env.cr.execute(
                "UPDATE customer_complaint_archive_card"
                " SET retention_until = '2020-01-01' WHERE id = %s",
                (card.id,),
            )
            env.invalidate_all()
            [user, other] = env["res.users"].search(
                [("share", "=", False)], order="id", limit=2
            )
            disposal = env["customer.complaint.archive.disposal"].create(
                {
                    "company_id": self.company_id,
                    "line_ids": [Command.create({"card_id": card.id})],
                }
            )
            disposal._write_unguarded(
                {
                    "state": "approved",
                    "proposed_by_id": user.id,
                    "date_proposed": "2026-01-01",
                    "decided_by_id": other.id,
                    "date_decided": "2026-01-02",
                }
            )
            return disposal.line_ids.id
