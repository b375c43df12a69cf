from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tests import freeze_time, tagged

from .clock_common import PauseCase, at

NOW = "2026-03-02 16:00"


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestDue(PauseCase):
    """Late, due today, within seven days and later, on the 2nd of March."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action = cls.env.ref(
            "customer_complaint_deadline.customer_complaint_action_due"
        )

    def setUp(self):
        super().setUp()
        now = fields.Datetime.now()
        self.due = {}
        for name, hours in (("later", 200), ("week", 120), ("today", 2), ("late", -3)):
            complaint = self._receive("2026-03-02 10:00", self.cbirc)
            complaint._write_unguarded({"date_deadline": now + timedelta(hours=hours)})
            self.due[name] = complaint
        self.complaints = self.env["customer.complaint"].union(*self.due.values())

    def _get_list(self):
        """Return the list of the due complaints as its menu opens it."""
        complaints = self.env["customer.complaint"].with_user(self.agent)
        view_ids = dict((mode, view) for view, mode in self.action.views)
        order = etree.fromstring(complaints.get_view(view_ids["list"])["arch"])
        search = etree.fromstring(complaints.get_view(False, "search")["arch"])
        chosen = {
            key.removeprefix("search_default_")
            for key in literal_eval(self.action.context)
        }
        groups = [[]]
        for node in search:
            if node.tag == "separator" or "group_by" in node.get("context", ""):
                groups.append([])
            elif node.get("name") in chosen:
                groups[-1].append(Domain(literal_eval(node.get("domain"))))
        # Those that stand together are joined by “or”.
        [filters] = filter(None, groups)
        self.assertEqual(len(filters), len(chosen))
        return complaints.search(
            Domain(literal_eval(self.action.domain)) & Domain.OR(filters),
            order=order.get("default_order"),
        )

    def test_what_is_due_is_listed_at_once_the_most_urgent_first(self):
        listed = self._get_list() & self.complaints
        self.assertEqual(
            listed.ids, [self.due[name].id for name in ("late", "today", "week")]
        )

    def test_figures_of_the_overview(self):
        figures = {
            figure.name: figure
            for figure in self.env["customer.complaint.team"]
            .with_user(self.agent)
            ._get_overview_figures()
        }
        late = self.due["late"]
        for name, expected in (
            ("late", late),
            ("due_today", self.due["today"]),
            ("my_late", late),
            ("my_due_today", self.due["today"]),
        ):
            found = self.env["customer.complaint"].search(figures[name].domain)
            self.assertEqual(found & self.complaints, expected, name)
        late.user_id = self.colleague
        found = self.env["customer.complaint"].search(figures["my_late"].domain)
        self.assertFalse(found & self.complaints)

    def test_acknowledgement_on_its_way_is_not_proposed_again(self):
        complaint = self._receive("2026-03-02 15:00", self.cbirc)
        complaint.action_accept()
        self.assertEqual(complaint.next_due_event, "acknowledged")
        values = {"way": "post", "state": "pending", "date": at(NOW)}
        notice = self._record_notice(complaint, "receipt", self.agent, **values)
        self.assertFalse(complaint.next_due_event)
        notice._settle("succeeded", date_told=at(NOW))
        self.assertEqual(complaint.next_due_event, "told")

    def test_who_waits_for_the_customer(self):
        figure = next(
            figure
            for figure in self.env["customer.complaint.team"]._get_overview_figures()
            if figure.name == "waiting_for_customer"
        )

        def get_waiting():
            found = self.env["customer.complaint"].search(figure.domain)
            return found & self.complaints

        complaint = self.due["week"]
        self._enter(self.due["later"])  # waits for a test
        self.assertFalse(get_waiting())
        pause = self._enter(complaint, kind="customer")
        self.assertEqual(get_waiting(), complaint)
        self._resume(pause)
        self.assertFalse(get_waiting())
