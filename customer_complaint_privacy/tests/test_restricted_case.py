import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_person_request import PersonRequestCase


@tagged("post_install", "-at_install", "slow")
class TestRestrictedCase(PersonRequestCase):
    """Whatever other apps keep on a restricted case hides with it, and stays."""

    def setUp(self):
        super().setUp()
        self.todo = self.case.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="回访李娜",
            note="<p>她的电话是 8888 0000</p>",
            user_id=self.agent.id,
        )
        self._grant()

    def test_to_dos_are_hidden_from_who_must_not_know_of_the_case(self):
        for user in (self.agent, self.supervisor):
            todo = self.todo.with_user(user)
            self.assertFalse(todo.search([("id", "=", todo.id)]))
            self.assertFalse(todo.search([("summary", "ilike", "李娜")]))
            self.assertFalse(
                todo.search_read([("res_model", "=", self.case._name)], ["summary"])
            )
            for name in ("summary", "note", "res_name"):
                with self.assertRaises(AccessError, msg=name):
                    todo.read([name])
        self.assertEqual(self.todo.with_user(self.manager).summary, "回访李娜")

    def test_to_dos_are_neither_done_nor_changed_nor_added(self):
        for user in (self.agent, self.supervisor, self.manager, self.archivist):
            todo, case = self.todo.with_user(user), self.case.with_user(user)
            for deed in (
                lambda todo=todo: todo.action_feedback("已回访"),
                lambda todo=todo: todo.action_done(),
                lambda todo=todo: todo.write({"summary": "x"}),
                lambda todo=todo: todo.unlink(),
                lambda case=case, user=user: case.activity_schedule(
                    "mail.mail_activity_data_todo", summary="x", user_id=user.id
                ),
            ):
                with (
                    self.assertRaises(UserError, msg=user.login),
                    self.env.cr.savepoint(),
                ):
                    deed()
        self.assertTrue(self.todo.active)
        self.assertEqual(self.todo.summary, "回访李娜")

    def test_nothing_is_posted_by_anybody(self):
        count = len(self.case.message_ids)
        for user in (self.agent, self.supervisor, self.manager, self.archivist):
            case = self.case.with_user(user)
            for deed in (
                lambda case=case: case.message_post(body="李娜又来电"),
                lambda case=case: case.sudo().message_post(
                    body="李娜又来电", message_type="comment"
                ),
                lambda case=case: case.env["mail.message"].create(
                    {"model": case._name, "res_id": case.id, "body": "李娜又来电"}
                ),
            ):
                with (
                    self.assertRaises(UserError, msg=user.login),
                    self.env.cr.savepoint(),
                ):
                    deed()
        self.env.invalidate_all()
        self.assertEqual(len(self.case.message_ids), count)

    def test_other_to_dos_are_as_ever(self):
        other = self.customer.activity_schedule(
            "mail.mail_activity_data_todo", summary="寄样品", user_id=self.agent.id
        )
        mine = other.with_user(self.agent)
        self.assertIn(mine, mine.search([("user_id", "=", self.agent.id)]))
        mine.action_feedback("已寄")


@tagged("post_install", "-at_install", "slow")
class TestNotGrouped(PersonRequestCase):
    """A list grouped by what was told of a person is a list of persons."""

    def test_what_was_told_of_persons_is_no_group(self):
        for user in (self.agent, self.manager, self.auditor):
            Complaint = self.env["customer.complaint"].with_user(user)
            for name in (
                "complainant_name",
                "phone",
                "email",
                "address",
                "occupation",
                "description",
                "demand",
                "people_involved",
                "subject",
            ):
                for groupby, aggregates in (
                    ([name], ["__count"]),
                    (["state"], [f"{name}:array_agg"]),
                    (["state"], [f"{name}:max"]),
                    (["state"], [f"{name}:count_distinct"]),
                ):
                    with self.assertRaisesRegex(UserError, "may tell of a person"):
                        Complaint.formatted_read_group([], groupby, aggregates)
                    with self.assertRaisesRegex(UserError, "may tell of a person"):
                        Complaint._read_group([], groupby, aggregates)
                described = Complaint.fields_get([name], ["groupable"])[name]
                self.assertFalse(described["groupable"], name)

    def test_nor_by_way_of_what_hangs_on_the_case(self):
        env = self.env(user=self.manager)
        for model, groupby in (
            ("customer.complaint.line", "complaint_id.phone"),
            ("customer.complaint.archive.document", "complaint_id.address"),
        ):
            with self.assertRaisesRegex(UserError, "may tell of a person"):
                env[model].formatted_read_group([], [groupby], ["__count"])

    def test_what_counts_is_counted(self):
        Complaint = self.env["customer.complaint"].with_user(self.auditor)
        for groupby in ("state", "category_id", "partner_id", "date_received:month"):
            Complaint.formatted_read_group([], [groupby], ["__count", "age:avg"])
        self.assertTrue(Complaint.fields_get(["state"], ["groupable"]))
        described = Complaint.fields_get(["state", "partner_id"], ["groupable"])
        self.assertTrue(described["state"]["groupable"])
        self.assertTrue(described["partner_id"]["groupable"])

    def test_views_group_by_nothing_personal(self):
        views = self.env["ir.ui.view"].search(
            [("type", "=", "search"), ("model", "=like", "customer.complaint%")]
        )
        pattern = r"group_by['\"]: *['\"]([a-z_]+)"
        for view in views:
            Model = self.env[view.model]
            names = set(re.findall(pattern, view.arch))
            if hasattr(Model, "_is_told_personal"):
                told = {name for name in names if Model._is_told_personal(name)}
                self.assertFalse(told, view.xml_id)
