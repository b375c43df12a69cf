"""What is done to many complaints at once: functions for the clock."""

import json
from unittest.mock import Mock

from odoo.fields import Command
from odoo.http import _request_stack

from odoo.addons.customer_complaint_base.controllers.export import ComplaintExcelExport

BATCH = 5000
REGISTER_ROWS = 1000
REGISTER = {
    "date_received": "2024年3月5日 9:30",
    "complainant_name": "李娜",
    "phone": "138-1234 5678",
    "channel_id": "Counter or shelf",
    "category_id": "Product quality",
    "line_ids/product_name": "保湿面霜",
    "line_ids/quantity": "２",
    "description": "打开后有异味。",
    "demand": "退货",
}
# The columns of the list.
COLUMNS = (
    *("priority", "name", "subject", "partner_id", "category_id", "severity"),
    *("date_received", "team_id", "user_id", "state"),
)
BARE_MODEL = "x_bench_bare"


class Load:
    """Much work at once."""

    def __init__(self, env):
        self.env = env(context={"lang": "en_US", "tz": "Asia/Shanghai"})
        self.make_bare_model()

    def make_bare_model(self):
        """Make a model that has a name and messages, and nothing else."""
        self.env["ir.model"].create(
            {"name": "Bench", "model": BARE_MODEL, "is_mail_thread": True}
        )

    def open_one(self):
        self.open_many(1)

    def open_batch(self):
        self.open_many(BATCH)

    def create_bare(self):
        self.env[BARE_MODEL].create([{"x_name": f"{n}"} for n in range(BATCH)])

    def open_many(self, number):
        category = self.env.ref("customer_complaint.category_service_attitude")
        channel = self.env.ref("customer_complaint.channel_counter")
        self.env["customer.complaint"].create(
            [
                {
                    "category_id": category.id,
                    "channel_id": channel.id,
                    "description": "等待超过一小时。",
                    "line_ids": [Command.create({"product_name": "面霜"})],
                }
                for _number in range(number)
            ]
        )

    def read_register(self):
        result = self.env["customer.complaint"].load(
            list(REGISTER), [list(REGISTER.values())] * REGISTER_ROWS
        )
        assert result["ids"], result["messages"]

    def export_list(self):
        """Export all complaints as the button above the list does it."""
        data = {
            "model": "customer.complaint",
            "fields": [{"name": n, "label": n, "type": "char"} for n in COLUMNS],
            "ids": False,
            "domain": [],
            "import_compat": False,
            "context": {},
        }
        _request_stack.push(Mock(env=self.env, params={"data": json.dumps(data)}))
        ComplaintExcelExport().base(json.dumps(data))
        _request_stack.pop()

    def export_catalogue(self):
        cards = self.env["customer.complaint.archive.card"].search(
            [("state", "=", "sealed")]
        )
        cards._make_catalogue_xlsx()

    def export_register(self):
        manager = self.env["res.users"].search([("login", "=", "bench_manager")])
        complaints = self.env["customer.complaint"].with_user(manager)
        complaints.search([], order="date_received, id")._make_register_xlsx()

    def print_card(self):
        card = self.env["customer.complaint.archive.card"].search(
            [("state", "=", "sealed")], limit=1
        )
        report = "customer_complaint.archive_card"
        self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf(report, card.ids)
