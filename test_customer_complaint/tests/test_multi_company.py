import re
from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

ROLES = ("agent", "supervisor", "manager", "quality", "archivist", "auditor")


class MultiCompanyCase(CustomerComplaintCommon):
    """The company of the other tests and a branch with people of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {"name": "上海康美有限公司", "currency_id": cls.company.currency_id.id}
        )
        cls.branch.complaint_tz = "Asia/Shanghai"
        cls.branch_team = cls.branch.complaint_team_id
        cls.branch_users = {
            role: cls._new_user(
                f"branch_{role}",
                role,
                company_id=cls.branch.id,
            )
            for role in ROLES
        }
        cls.branch_agent = cls.branch_users["agent"]
        cls.branch_team.member_ids = cls.branch_agent
        cls.both = cls._new_user(
            "complaint_both",
            "manager",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.branch).ids)],
        )
        cls.branch_order = cls._create_confirmed_order(company_id=cls.branch.id)

    def _new(self, user=None, company=None, **values):
        """Create a complaint without order in a company."""
        company = company or self.company
        return (
            self.env["customer.complaint"]
            .with_user(user or self.env.user)
            .with_company(company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "category_id": self.category.id,
                    "channel_id": self.channel.id,
                    "description": "收货时包装已破损。",
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestMultiCompany(MultiCompanyCase):
    # ------------------------------------------------------------------
    # NOBODY SEES ACROSS
    # ------------------------------------------------------------------

    def test_no_role_sees_the_other_company(self):
        complaint = self._create_complaint()
        complaint.action_accept()
        paper = self._create_document(complaint)
        self.env.flush_all()
        hidden = (
            complaint,
            complaint.line_ids,
            complaint.archive_card_id,
            paper,
            self.team,
        )
        for role, user in self.branch_users.items():
            for record in hidden:
                with self.subTest(role=role, model=record._name):
                    self.env.invalidate_all()
                    as_user = record.with_user(user)
                    self.assertFalse(as_user.search([("id", "in", record.ids)]))
                    with self.assertRaises(AccessError):
                        as_user.read(["display_name"])
                    with self.assertRaises(AccessError):
                        as_user.check_access("write")

    def test_member_of_a_team_elsewhere_sees_nothing(self):
        """Neither team nor being handler opens what the company closes."""
        complaint = self._new(company=self.company)
        self.env.cr.execute(
            "INSERT INTO customer_complaint_team_member_rel (team_id, user_id)"
            " VALUES (%s, %s)",
            [self.team.id, self.branch_agent.id],
        )
        self.env.cr.execute(
            "UPDATE customer_complaint SET user_id = %s, team_id = %s WHERE id = %s",
            [self.branch_agent.id, self.team.id, complaint.id],
        )
        self.env.invalidate_all()
        Complaint = self.env["customer.complaint"].with_user(self.branch_agent)
        self.assertFalse(Complaint.search([("id", "=", complaint.id)]))
        with self.assertRaises(AccessError):
            Complaint.browse(complaint.id).read(["description"])

    def test_who_works_for_both_sees_the_companies_switched_on(self):
        here, there = self._new(), self._new(company=self.branch)
        Complaint = self.env["customer.complaint"].with_user(self.both)
        domain = [("id", "in", (here | there).ids)]
        for companies, expected in (
            (self.company, here),
            (self.branch, there),
            (self.company | self.branch, here | there),
        ):
            found = Complaint.with_context(allowed_company_ids=companies.ids).search(
                domain
            )
            self.assertEqual(found, expected)

    def test_counts_stay_in_the_company(self):
        self._new()
        self._new(company=self.branch)
        self._new(company=self.branch)
        self.env.flush_all()
        for user, companies, expected in (
            (self.manager, self.company, 1),
            (self.branch_users["manager"], self.branch, 2),
            (self.both, self.company | self.branch, 3),
        ):
            self.env.invalidate_all()
            customer = self.customer.with_user(user).with_context(
                allowed_company_ids=companies.ids
            )
            self.assertEqual(customer.complaint_count, expected)

    def test_category_of_the_other_company_is_hidden_and_refused(self):
        category = self.env["customer.complaint.category"].create(
            {"name": "上海专用类别", "company_id": self.branch.id}
        )
        Category = self.env["customer.complaint.category"]
        domain = [("id", "in", (category | self.category).ids)]
        self.assertEqual(Category.with_user(self.agent).search(domain), self.category)
        self.assertEqual(
            Category.with_user(self.branch_agent).search(domain),
            category | self.category,
        )
        with self.assertRaises(UserError):
            self._new(category_id=category.id)
        self.assertTrue(self._new(company=self.branch, category_id=category.id))

    def test_category_has_a_team_in_each_company(self):
        self.category.with_company(self.company).team_id = self.other_team
        self.category.with_company(self.branch).team_id = self.branch_team
        self.assertEqual(self._new().team_id, self.other_team)
        self.assertEqual(self._new(company=self.branch).team_id, self.branch_team)
        # Whatever company the user works in at the moment.
        complaint = (
            self.env["customer.complaint"]
            .with_user(self.both)
            .with_context(allowed_company_ids=(self.company | self.branch).ids)
            .create({"company_id": self.branch.id, "category_id": self.category.id})
        )
        self.assertEqual(complaint.team_id, self.branch_team)

    # ------------------------------------------------------------------
    # NOTHING MIXES
    # ------------------------------------------------------------------

    def test_order_of_the_other_company_is_refused(self):
        message = re.escape(
            f"Order {self.branch_order.name} belongs to another company than this "
            f"complaint ({self.company.name})"
        )
        both = self.company | self.branch
        for user, companies in (
            (self.agent, self.company),
            (self.both, both),
            (self.env.user, both),
        ):
            with self.subTest(user=user.login):
                with (
                    self.assertRaisesRegex(ValidationError, message),
                    self.env.cr.savepoint(),
                ):
                    self.env["customer.complaint"].with_user(user).with_context(
                        allowed_company_ids=companies.ids
                    ).create(
                        self._prepare_complaint_vals(
                            company_id=self.company.id,
                            sale_order_id=self.branch_order.id,
                            line_ids=[],
                        )
                    )

    def test_team_and_handler_of_the_other_company_are_refused(self):
        complaint = self._new()
        for name, value in (
            ("team_id", self.branch_team),
            ("user_id", self.branch_agent),
        ):
            with self.subTest(field=name):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    complaint.write({name: value.id})
                self.env.invalidate_all()
                self.assertNotEqual(complaint[name], value)

    def test_team_takes_no_members_of_the_other_company(self):
        with self.assertRaises(UserError):
            self.team.member_ids += self.branch_agent

    def test_team_with_complaints_stays_in_its_company(self):
        complaint = self._new()
        with self.assertRaisesRegex(UserError, self.team.name):
            complaint.team_id.write({"company_id": self.branch.id})

    def test_company_of_a_complaint_does_not_change(self):
        complaint = self._new().with_user(self.both)
        with self.assertRaisesRegex(UserError, "keeps the company under which"):
            complaint.write({"company_id": self.branch.id})
        complaint.write({"company_id": self.company.id})
        self.assertEqual(complaint.company_id, self.company)

    def test_card_line_and_paper_stay_in_the_company(self):
        complaint = self._create_complaint()
        complaint.action_accept()
        paper = self._create_document(complaint)
        self.agent.company_ids += self.branch
        for record in (complaint.archive_card_id, complaint.line_ids, paper):
            with self.subTest(model=record._name):
                try:
                    with self.env.cr.savepoint():
                        record.write({"company_id": self.branch.id})
                        self.env.flush_all()
                except UserError:
                    self.env.invalidate_all()
                self.assertEqual(record.company_id, self.company)

    def test_dialog_of_an_order_opens_in_the_company_of_the_order(self):
        order = self.branch_order.with_user(self.both).with_context(
            allowed_company_ids=(self.company | self.branch).ids
        )
        action = order.action_open_complaint()
        dialog = Form(order.env[action["res_model"]].with_context(**action["context"]))
        dialog.category_id = self.category
        dialog.channel_id = self.channel
        dialog.description = "少发了一瓶。"
        before = self._get_next_numbers()
        complaint = self._open(dialog.save())
        self.assertRecordValues(
            complaint,
            [{"company_id": self.branch.id, "team_id": self.branch_team.id}],
        )
        self.assertEqual(
            self._get_next_numbers(), [before[0], before[1] + 1], complaint.name
        )

    def _open(self, dialog):
        return self.env["customer.complaint"].browse(dialog.action_open()["res_id"])

    def _get_next_numbers(self):
        """Return the next number of this year in the company and the branch."""
        numbers = []
        for company in self.company | self.branch:
            ranges = self.env["ir.sequence.date_range"].search(
                [
                    ("sequence_id.code", "=", "customer.complaint"),
                    ("sequence_id.company_id", "=", company.id),
                    ("date_from", "<=", company._complaint_today()),
                    ("date_to", ">=", company._complaint_today()),
                ]
            )
            ranges.invalidate_recordset()
            numbers.append(ranges.number_next or 1)
        return numbers

    def test_withdrawal_is_dated_in_the_time_zone_of_the_complaint(self):
        self.branch.complaint_tz = "America/New_York"
        complaint = self._new(company=self.branch)
        with freeze_time("2031-05-10 02:00:00"):
            dialog = self._ask(
                "withdraw",
                complaint.with_context(
                    allowed_company_ids=(self.company | self.branch).ids
                ),
                self.both,
                withdrawal_reason="顾客撤诉",
            )
            self.assertEqual(str(dialog.date_withdrawn), "2031-05-09")
            dialog.action_withdraw()
        self.assertEqual(complaint.state, "withdrawn")

    # ------------------------------------------------------------------
    # NEW COMPANIES
    # ------------------------------------------------------------------

    def test_new_company_is_ready_for_complaints(self):
        """Even when it is created by somebody without any complaint role."""
        administrator = new_test_user(
            self.env, "company_admin", groups="base.group_system", lang="en_US"
        )
        company = (
            self.env["res.company"]
            .with_user(administrator)
            .create({"name": "广州康美有限公司"})
            .sudo()
        )
        sequences = self.env["ir.sequence"].search([("company_id", "=", company.id)])
        self.assertCountEqual(
            sequences.filtered(
                lambda s: (s.code or "").startswith("customer.complaint")
            ).mapped("code"),
            [
                "customer.complaint",
                "customer.complaint.archive.card",
                "customer.complaint.archive.disposal",
                "customer.complaint.archive.inventory",
                "customer.complaint.enquiry",
                "customer.complaint.person.request",
                "customer.complaint.return",
            ],
        )
        self.assertRecordValues(company.complaint_team_id, [{"company_id": company.id}])
        self.assertTrue(company.complaint_tz)
        complaint = self._new(company=company)
        self.assertRecordValues(
            complaint,
            [{"company_id": company.id, "team_id": company.complaint_team_id.id}],
        )
        self.assertTrue(complaint.name.endswith("/00001"))

    def test_update_creates_no_second_numbering_or_team(self):
        Sequence = self.env["ir.sequence"].with_context(active_test=False)
        Team = self.env["customer.complaint.team"].with_context(active_test=False)
        before = Sequence.search_count([]), Team.search_count([])
        self.env["res.company"]._complaint_init_companies()
        self.env["res.company"]._complaint_init_defaults()
        self.assertEqual((Sequence.search_count([]), Team.search_count([])), before)

    def test_lost_numbering_comes_back_with_an_update(self):
        self._get_sequence(self.branch).unlink()
        self.env["res.company"]._complaint_init_companies()
        self.assertTrue(self._new(company=self.branch).name)

    def _get_sequence(self, company, code="customer.complaint"):
        return self.env["ir.sequence"].search(
            [("company_id", "=", company.id), ("code", "=", code)]
        )


@tagged("post_install", "-at_install")
class TestNumbering(MultiCompanyCase):
    """One numbering per company, restarted each year, without gap or reuse."""

    def test_companies_number_apart(self):
        with freeze_time("2031-03-01 04:00:00"):
            names = [
                self._new(company=company).name
                for company in (self.company, self.branch, self.branch, self.company)
            ]
        self.assertEqual(
            names,
            ["TS/2031/00001", "TS/2031/00001", "TS/2031/00002", "TS/2031/00002"],
        )

    def test_company_may_come_from_the_context(self):
        """As from the buttons of other apps, which propose the company."""
        with freeze_time("2031-03-01 04:00:00"):
            self._new(company=self.company)
            complaint = (
                self.env["customer.complaint"]
                .with_user(self.both)
                .with_context(
                    default_company_id=self.branch.id,
                    allowed_company_ids=(self.company | self.branch).ids,
                )
                .create({"description": "网上留言"})
            )
            self.assertRecordValues(
                complaint, [{"company_id": self.branch.id, "name": "TS/2031/00001"}]
            )
            self.assertEqual(self._new(company=self.branch).name, "TS/2031/00002")
            self.assertEqual(self._new(company=self.company).name, "TS/2031/00002")

    def test_year_begins_at_midnight_of_the_company(self):
        """16:00 UTC is midnight in Shanghai, where the new year has its number 1."""
        self.branch.complaint_tz = "America/New_York"
        expected = (
            # moment (UTC), number in Shanghai, number in New York
            ("2031-12-31 15:59:59", "TS/2031/00001", "TS/2031/00001"),
            ("2031-12-31 16:00:00", "TS/2032/00001", "TS/2031/00002"),
            ("2032-01-01 04:59:59", "TS/2032/00002", "TS/2031/00003"),
            ("2032-01-01 05:00:00", "TS/2032/00003", "TS/2032/00001"),
        )
        for moment, here, there in expected:
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(self._new(company=self.company).name, here)
                self.assertEqual(self._new(company=self.branch).name, there)

    def test_time_zone_of_the_user_does_not_matter(self):
        self.agent.tz = "Pacific/Honolulu"
        self.branch_agent.tz = "Pacific/Auckland"
        with freeze_time("2031-12-31 16:00:00"):
            self.assertEqual(self._new(self.agent).name, "TS/2032/00001")
            self.branch.complaint_tz = "UTC"
            complaint = self._new(self.branch_agent, self.branch)
            self.assertEqual(complaint.name, "TS/2031/00001")

    def test_cards_number_by_the_year_of_sealing(self):
        with freeze_time("2031-12-31 15:00:00"):
            old, late = self._new(), self._new()
            (old | late).action_accept()
            self._withdraw(old)
        with freeze_time("2031-12-31 16:00:00"):
            self._withdraw(late)
        self.assertRecordValues(
            old.archive_card_id | late.archive_card_id,
            [
                {"name": "DA/2031/YB/00001", "date_filled": date(2031, 12, 31)},
                {"name": "DA/2032/YB/00001", "date_filled": date(2031, 12, 31)},
            ],
        )

    def test_late_entry_of_last_year_continues_it(self):
        """A clock that is set back, or a range that exists already, makes no double."""
        with freeze_time("2031-06-01 04:00:00"):
            self._new()
        with freeze_time("2032-06-01 04:00:00"):
            self._new()
        with freeze_time("2031-06-02 04:00:00"):
            self.assertEqual(self._new().name, "TS/2031/00002")

    def test_batch_is_consecutive_and_in_order(self):
        with freeze_time("2031-03-01 04:00:00"):
            companies = [self.company, self.branch] * 3
            complaints = self.env["customer.complaint"].create(
                [
                    {"company_id": company.id, "description": str(index)}
                    for index, company in enumerate(companies)
                ]
            )
        self.assertEqual(
            complaints.mapped("name"),
            [f"TS/2031/0000{n}" for n in (1, 1, 2, 2, 3, 3)],
        )
        self.assertEqual(complaints.mapped("description"), list("012345"))

    def test_rolled_back_numbers_leave_no_gap(self):
        with freeze_time("2031-03-01 04:00:00"):
            self._new()
            savepoint = self.env.cr.savepoint()
            self.assertEqual(self._new().name, "TS/2031/00002")
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.assertEqual(self._new().name, "TS/2031/00002")

    def test_refused_creation_uses_no_number_of_the_other_company(self):
        with freeze_time("2031-03-01 04:00:00"):
            with self.assertRaises(AccessError):
                self._new(self.agent, company_id=self.branch.id)
            self.env.invalidate_all()
            self.assertEqual(self._new(company=self.branch).name, "TS/2031/00001")

    def test_ended_complaints_keep_their_number(self):
        with freeze_time("2031-03-01 04:00:00"):
            complaint = self._new()
            self._withdraw(complaint, self.manager)
            self.assertEqual(complaint.name, "TS/2031/00001")
            self.assertEqual(self._new().name, "TS/2031/00002")
            self.assertEqual(complaint.copy().name, "TS/2031/00003")

    @mute_logger("odoo.sql_db")
    def test_database_refuses_a_number_twice(self):
        first, second = self._new(), self._new()
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            second._write_unguarded({"name": first.name})
            self.env.flush_all()

    def test_same_number_in_two_companies(self):
        first, second = self._new(), self._new(company=self.branch)
        second._write_unguarded({"name": first.name})
        self.env.flush_all()
        self.assertEqual(second.name, first.name)

    def test_numbers_beyond_the_padding(self):
        with freeze_time("2031-03-01 04:00:00"):
            self._new()
            self._get_range().number_next = 99999
            self.assertEqual(self._new().name, "TS/2031/99999")
            self.assertEqual(self._new().name, "TS/2031/100000")

    def _get_range(self):
        return self.env["ir.sequence.date_range"].search(
            [
                ("sequence_id.code", "=", "customer.complaint"),
                ("sequence_id.company_id", "=", self.company.id),
                ("date_from", "=", "2031-01-01"),
            ]
        )

    def test_prefix_may_be_changed(self):
        sequence = self.env["ir.sequence"].search(
            [
                ("company_id", "=", self.branch.id),
                ("code", "=", "customer.complaint"),
            ]
        )
        sequence.write({"prefix": "沪诉-%(range_year)s-", "padding": 3})
        with freeze_time("2031-03-01 04:00:00"):
            self.assertEqual(self._new(company=self.branch).name, "沪诉-2031-001")

    def test_archived_numbering_is_named(self):
        sequence = self.env["ir.sequence"].search(
            [
                ("company_id", "=", self.branch.id),
                ("code", "=", "customer.complaint"),
            ]
        )
        sequence.active = False
        with self.assertRaisesRegex(
            UserError, f"{self.branch.name} has no number sequence.*customer.complaint"
        ):
            self._new(company=self.branch)

    def test_numbers_are_found_by_name_search(self):
        complaint = self._new()
        found = self.env["customer.complaint"].name_search(complaint.name)
        self.assertIn(complaint.id, [id_ for id_, _name in found])
